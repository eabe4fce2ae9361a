//! Staff find what they look for, newest first, page after page.

use std::sync::Arc;

use kernel::{Fault, Limit, Page};
use platform::trail::EntryRow;
use testing::World;
use trail::{Day, Filter, ListError, Trail};

use super::{append, appender, entries, midday, world};

fn trail(world: &Arc<World>) -> Trail {
    Trail::new(&testing::cloud(world, "trail-list"))
}

/// Every page of a list; each holds at most `limit`.
async fn all(world: &Arc<World>, filter: &Filter, limit: u8) -> Vec<EntryRow> {
    let (trail, mut position, mut found) = (trail(world), None, Vec::new());
    for _ in 0..200 {
        let limit = Limit::new(limit).unwrap();
        let page: Page<EntryRow> = trail.list(filter, limit, position, world.now()).await.unwrap();
        assert!(page.items.len() <= usize::from(limit.get()));
        found.extend(page.items);
        position = page.next;
        if position.is_none() {
            return found;
        }
    }
    unreachable!("the list does not end")
}

fn newest_first(mut rows: Vec<EntryRow>) -> Vec<EntryRow> {
    rows.sort_by(|one, other| other.sk.cmp(&one.sk));
    rows
}

#[tokio::test(start_paused = true)]
async fn pages_join_into_the_whole_trail() {
    let world = world();
    append(&world, 25).await;
    let expected = newest_first(entries(&world));
    for limit in [1, 7, 25, 100] {
        assert_eq!(all(&world, &Filter::default(), limit).await, expected, "{limit}");
    }
}

#[tokio::test(start_paused = true)]
async fn days_are_gone_through_backwards_within_their_bounds() {
    let world = world();
    for day in ["2026-01-01", "2026-01-20", "2026-01-31"] {
        world.clock.advance(midday(day).since(world.now()));
        append(&world, 3).await;
    }
    assert_eq!(all(&world, &Filter::default(), 4).await.len(), 9);
    let between = |from: &str, to: &str| Filter {
        from: Some(Day::parse(from).unwrap()),
        to: Some(Day::parse(to).unwrap()),
        ..Filter::default()
    };
    assert_eq!(
        all(&world, &between("2026-01-02", "2026-01-20"), 2).await.len(),
        3
    );
    assert_eq!(
        all(&world, &between("2026-01-21", "2026-01-30"), 2).await.len(),
        0
    );
    let reversed = trail(&world)
        .list(
            &between("2026-01-02", "2026-01-01"),
            Limit::default(),
            None,
            world.now(),
        )
        .await
        .unwrap_err();
    assert!(matches!(reversed, ListError::DaysReversed));
    assert_eq!(Fault::from(reversed).code(), "invalid_request");
}

#[tokio::test(start_paused = true)]
async fn an_actor_and_a_subject_are_found_by_their_indexes() {
    let world = world();
    append(&world, 12).await;
    let entry = platform::trail::Entry::new("session.started", "usr_1", world.now());
    appender(&world).append(&entry).await.unwrap();

    let of_actor = Filter {
        actor: Some("usr_1".into()),
        ..Filter::default()
    };
    let found = all(&world, &of_actor, 3).await;
    assert_eq!(found.len(), 5);
    assert!(found.windows(2).all(|pair| pair[0].at >= pair[1].at));

    let about = Filter {
        subject: Some("order_4".into()),
        ..Filter::default()
    };
    assert_eq!(all(&world, &about, 3).await.len(), 1);

    let both = Filter {
        subject: Some("order_5".into()),
        ..of_actor.clone()
    };
    assert_eq!(all(&world, &both, 3).await.len(), 0);

    let started = Filter {
        action: Some("session.started".into()),
        ..of_actor
    };
    assert_eq!(all(&world, &started, 3).await.len(), 1);
}
