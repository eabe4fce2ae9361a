//! The table layer over the embedded DynamoDB: what a store may rely on.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends where something is not as it must be"
)]

use std::sync::Arc;

use kernel::{Random, SeededRandom};
use platform::Cloud;
use platform::table::{Condition, Key, Table, Transaction};
use platform::telemetry::{self, InvocationContext, Outcome};
use serde::{Deserialize, Serialize};
use testing::{FaultKind, Handler, Host, Plan, World, handler};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Row {
    pk: String,
    sk: String,
    count: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

fn row(sk: &str, count: i64) -> Row {
    Row {
        pk: "p".into(),
        sk: sk.into(),
        count,
        note: None,
    }
}

/// A table of a fresh world, reached through the real SDK.
fn table() -> (Arc<World>, Table) {
    let world = Arc::new(World::new().unwrap());
    let table = testing::cloud(&world, "orders-create").table("orders");
    (world, table)
}

#[tokio::test(start_paused = true)]
async fn a_second_insert_is_refused_and_shows_what_is_there() {
    let (_world, table) = table();
    table.put(&row("a", 1)).only_if_absent().send().await.unwrap();
    let error = table.put(&row("a", 2)).only_if_absent().send().await.unwrap_err();
    assert!(error.is_condition_failed());
    assert_eq!(error.old_item::<Row>(), Some(row("a", 1)));
    assert_eq!(
        table.get_consistent::<Row>(Key::new("p", "a")).await.unwrap(),
        Some(row("a", 1))
    );
    assert_eq!(table.get::<Row>(Key::new("p", "b")).await.unwrap(), None);
}

#[tokio::test(start_paused = true)]
async fn an_update_sets_adds_removes_and_answers_with_the_new_item() {
    let (_world, table) = table();
    table.put(&row("a", 1)).send().await.unwrap();
    let at_least_one = Condition::ge("count", 1).and(Condition::attr_absent("note"));
    let new: Row = table
        .update(Key::new("p", "a"))
        .add("count", 4)
        .set("note", "hi")
        .only_if(at_least_one)
        .send_for_new()
        .await
        .unwrap();
    assert_eq!((new.count, new.note.as_deref()), (5, Some("hi")));
    let refused = table
        .update(Key::new("p", "a"))
        .add("count", -9)
        .only_if(Condition::ge("count", 9))
        .send()
        .await;
    assert!(refused.unwrap_err().is_condition_failed());
    let new: Row = table
        .update(Key::new("p", "a"))
        .remove("note")
        .send_for_new()
        .await
        .unwrap();
    assert_eq!(new.note, None);
}

#[tokio::test(start_paused = true)]
async fn a_transaction_is_all_or_nothing_and_names_the_write_that_failed() {
    let (_world, table) = table();
    table.put(&row("b", 1)).send().await.unwrap();
    let error = Transaction::new()
        .with(table.put(&row("a", 1)).only_if_absent())
        .with(table.put(&row("b", 2)).only_if_absent())
        .commit()
        .await
        .unwrap_err();
    assert!(error.condition_failed_at(1) && !error.condition_failed_at(0) && !error.is_conflict());
    assert_eq!(error.old_item::<Row>(1), Some(row("b", 1)));
    assert_eq!(
        table.get_consistent::<Row>(Key::new("p", "a")).await.unwrap(),
        None
    );
}

#[tokio::test(start_paused = true)]
async fn pages_go_on_where_the_last_one_ended() {
    let (_world, table) = table();
    for index in 0..7 {
        table
            .put(&row(&format!("item#{index}"), index))
            .send()
            .await
            .unwrap();
    }
    table.put(&row("other", 0)).send().await.unwrap();
    let mut seen = Vec::new();
    let mut position = None;
    loop {
        let page = table
            .query("p")
            .begins_with("item#")
            .descending()
            .limit(3)
            .after(position)
            .page::<Row>()
            .await
            .unwrap();
        seen.extend(page.items.into_iter().map(|row| row.count));
        position = page.next;
        if position.is_none() {
            break;
        }
    }
    assert_eq!(seen, [6, 5, 4, 3, 2, 1, 0]);
}

#[tokio::test(start_paused = true)]
async fn a_batch_read_takes_any_number_of_keys_and_leaves_out_the_absent() {
    let (_world, table) = table();
    for index in 0..130 {
        table
            .put(&row(&format!("{index:03}"), index))
            .send()
            .await
            .unwrap();
    }
    let keys = (0..140)
        .map(|index| Key::new("p", format!("{index:03}")))
        .chain([Key::new("p", "000")])
        .collect();
    let rows: Vec<Row> = table.get_many_consistent(keys).await.unwrap();
    assert_eq!(rows.len(), 130);
}

#[tokio::test(start_paused = true)]
async fn a_throttled_call_is_tried_again_and_a_lost_answer_is_not_a_lost_write() {
    let (world, table) = table();
    world.faults.arm(
        Plan::calm()
            .with(0, FaultKind::Throttle)
            .with(2, FaultKind::LostAnswer),
    );
    table.put(&row("a", 1)).send().await.unwrap();
    assert_eq!(world.faults.calls(), 2, "once throttled, once done");
    // The first attempt wrote, its answer was lost, and the SDK's second attempt met our own row.
    let error = table.put(&row("b", 1)).only_if_absent().send().await.unwrap_err();
    assert_eq!(error.old_item::<Row>(), Some(row("b", 1)));
    let conflict = Plan::calm()
        .with(0, FaultKind::Conflict)
        .with(1, FaultKind::Conflict)
        .with(2, FaultKind::Conflict);
    world.faults.arm(conflict);
    let error = Transaction::new()
        .with(table.put(&row("c", 1)))
        .commit()
        .await
        .unwrap_err();
    assert!(error.is_busy() && error.is_conflict(), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn request_units_are_counted_per_invocation() {
    let (world, table) = table();
    let clock = Arc::clone(&world.clock);
    let costs = telemetry::in_invocation(InvocationContext::default(), &*clock, async {
        table.put(&row("a", 1)).send().await.unwrap();
        table.get::<Row>(Key::new("p", "a")).await.unwrap();
        Transaction::new()
            .with(table.put(&row("b", 1)))
            .commit()
            .await
            .unwrap();
        (telemetry::costs(), Outcome::ok("done"))
    })
    .await;
    assert_eq!(
        (costs.calls, costs.read.halves(), costs.write.halves()),
        (3, 1, 2 + 4)
    );
}

#[tokio::test(start_paused = true)]
async fn a_crash_after_a_write_ends_the_handler_and_leaves_the_write() {
    fn build(cloud: &Cloud) -> Handler {
        let table = cloud.table("orders");
        handler(move |_| {
            let table = table.clone();
            async move {
                table.put(&row("a", 1)).send().await?;
                table.put(&row("b", 1)).send().await?;
                Ok(serde_json::Value::Null)
            }
        })
    }
    let world = Arc::new(World::new().unwrap());
    world.faults.arm(Plan::calm().with(0, FaultKind::CrashAfter));
    let host = Host::start(&world, "orders-create", build, 1);
    assert!(host.run(serde_json::Value::Null).await.has_crashed());
    let keys: Vec<_> = world
        .rows("orders")
        .unwrap()
        .into_iter()
        .map(|row| row["sk"].clone())
        .collect();
    assert_eq!(keys, ["a"]);
}

#[test]
fn seeded_randomness_is_not_constant() {
    let (random, mut first, mut second) = (SeededRandom::new(1), [0_u8; 16], [0_u8; 16]);
    random.fill(&mut first);
    random.fill(&mut second);
    assert_ne!(first, second);
}
