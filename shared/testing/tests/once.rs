//! A listener that is served once: what it may rely on.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends where something is not as it must be"
)]

use std::cell::Cell;
use std::sync::Arc;

use kernel::{Duration, Fault};
use platform::queue::Once;
use testing::{FaultKind, Plan, World};

fn open() -> (Arc<World>, Once) {
    let world = Arc::new(World::new().unwrap());
    // Any function that is granted the table will do.
    let once = Once::new(&testing::cloud(&world, "orders-create"));
    (world, once)
}

#[tokio::test(start_paused = true)]
async fn a_second_delivery_does_not_reach_the_handler_and_another_fact_does() {
    let (_world, once) = open();
    let runs = Cell::new(0);
    for fact in ["a", "a", "b"] {
        let work = async {
            runs.set(runs.get() + 1);
            Ok(())
        };
        once.run(fact, work).await.unwrap();
    }
    assert_eq!(runs.get(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_failed_handler_gives_its_claim_back() {
    let (_world, once) = open();
    assert!(
        once.run("a", async { Err(Fault::busy("not now")) })
            .await
            .unwrap_err()
            .is_busy()
    );
    once.run("a", async { Ok(()) }).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_claim_whose_answer_was_lost_is_its_own() {
    let (world, once) = open();
    world.faults.arm(Plan::calm().with(0, FaultKind::LostAnswer));
    let ran = Cell::new(false);
    let work = async {
        ran.set(true);
        Ok(())
    };
    once.run("a", work).await.unwrap();
    assert!(ran.get());
}

#[tokio::test(start_paused = true)]
async fn while_one_delivery_is_handled_another_is_busy_and_takes_over_when_the_first_died() {
    let (world, once) = open();
    let dead = once.run("a", std::future::pending());
    assert!(
        tokio::time::timeout(std::time::Duration::from_secs(1), dead)
            .await
            .is_err(),
        "it never ends"
    );
    assert!(once.run("a", async { Ok(()) }).await.unwrap_err().is_busy());
    world.clock.advance(Duration::seconds(121));
    once.run("a", async { Ok(()) }).await.unwrap();
}
