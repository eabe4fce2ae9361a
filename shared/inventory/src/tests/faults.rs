//! A crash, a lost answer, a throttle or a conflict at every single call: whoever repeats the step
//! ends with the same books.

use std::sync::Arc;

use kernel::Fault;
use platform::Cloud;
use serde_json::{Value, json};
use testing::{FaultKind, Handler, Host, Plan, handler};

use super::{Shop, adjust, demand, need, order, states};
use crate::{Inventory, Need, Reason};

/// More levels than one step of shipping holds.
const SKUS: usize = 34;

/// One SKU that is there, and many that an order can wait for.
fn lines() -> Vec<Need> {
    let waiting = |number| Need {
        allow_backorder: number > 0,
        ..need(&format!("sku-{number}"), 1)
    };
    (0..SKUS).map(waiting).collect()
}

/// The function under test: one step, named by the event.
fn build(cloud: &Cloud) -> Handler {
    let inventory = Arc::new(Inventory::new(cloud));
    handler(move |event: Value| {
        let inventory = Arc::clone(&inventory);
        async move {
            match event["step"].as_str().unwrap_or_default() {
                "reserve" => {
                    let batch = vec![
                        demand(1, lines()),
                        demand(2, lines()),
                        demand(3, vec![need("sku-0", 9)]),
                    ];
                    for outcome in inventory.reserve(batch).await {
                        outcome.map_err(Fault::from)?;
                    }
                }
                "release" => inventory.release(&order(1)).await?,
                "ship" => inventory.ship(&order(2)).await?,
                _ => drop(
                    inventory
                        .adjust(adjust(77, "sku-0", 0, Reason::Damaged, -3))
                        .await?,
                ),
            }
            Ok(json!({}))
        }
    })
}

/// Runs the steps, one of them with a fault at one call and then again. Says whether the fault came.
async fn history(faulty: &str, call: u64, kind: FaultKind) -> bool {
    let shop = Shop::open(1).await;
    shop.receive("sku-0", 0, 5).await;
    let mut reached = false;
    for (seed, step) in (1..).zip(["reserve", "release", "ship", "adjust"]) {
        if step == faulty {
            shop.world.faults.arm(Plan::calm().with(call, kind));
            drop(
                Host::start(&shop.world, "inventory-on-order-placed", build, seed)
                    .run(json!({ "step": step }))
                    .await,
            );
            reached = shop.world.faults.calls() > call;
            shop.world.faults.disarm();
            shop.assert_books_agree();
        }
        let again = Host::start(&shop.world, "inventory-on-order-placed", build, seed + 10);
        let ended = again.run(json!({ "step": step })).await;
        assert!(
            matches!(ended, testing::Ended::Answered(Ok(_))),
            "{step}, {faulty} {call} {kind:?}: {ended:?}"
        );
        shop.assert_books_agree();
    }
    assert_eq!(
        shop.states(),
        states(&[("committed", 1), ("rejected", 1), ("released", 1)]),
        "{faulty} {call} {kind:?}"
    );
    let reasons = |reason: &str| {
        shop.rows("adjustment#")
            .iter()
            .filter(|row| row["reason"] == reason)
            .count()
    };
    assert_eq!(
        (reasons("sold"), reasons("damaged")),
        (SKUS, 1),
        "{faulty} {call} {kind:?}"
    );
    reached
}

async fn every_call(step: &str, calls_min: u64) {
    for kind in FaultKind::ALL {
        let mut call = 0;
        while history(step, call, kind).await {
            call += 1;
        }
        assert!(call >= calls_min, "{step} made only {call} calls");
    }
}

#[tokio::test(start_paused = true)]
async fn a_batch_is_decided_once_whatever_happens_to_any_call() {
    every_call("reserve", 3).await;
}

#[tokio::test(start_paused = true)]
async fn stock_is_released_once_whatever_happens_to_any_call() {
    every_call("release", 2).await;
}

#[tokio::test(start_paused = true)]
async fn goods_leave_once_whatever_happens_to_any_call() {
    every_call("ship", 7).await;
}

#[tokio::test(start_paused = true)]
async fn stock_is_adjusted_once_whatever_happens_to_any_call() {
    every_call("adjust", 2).await;
}
