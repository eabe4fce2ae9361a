//! A crash, a lost answer, a throttle or a conflict at every single call of a staged write: what
//! is offered is always what the product says, and repeating the request completes it.

use std::sync::Arc;

use kernel::Fault;
use platform::Cloud;
use serde_json::{Value, json};
use testing::{FaultKind, Handler, Host, Plan, handler};

use super::many::{assert_offers_are_true, many};
use super::{Shop, ids, patch, seeded};
use crate::Catalog;
use crate::product::ProductId;

/// Enough variants that marks, and rows to be settled, need two transactions each.
const COUNT: usize = 110;

/// The function under test: request 2, always the same.
fn build(cloud: &Cloud) -> Handler {
    let catalog = Arc::new(Catalog::new(cloud));
    handler(move |event: Value| {
        let catalog = Arc::clone(&catalog);
        async move {
            let product_id: ProductId =
                serde_json::from_value(event["product_id"].clone()).map_err(Fault::broken)?;
            let random = seeded(2);
            let change = patch(event["patch"].clone());
            catalog
                .update(&ids(2, &random), &product_id, None, change)
                .await?;
            Ok(json!({}))
        }
    })
}

async fn history(call: u64, kind: FaultKind) -> bool {
    let shop = Shop::open();
    let before = shop.create(1, many("shirt", COUNT, 500)).await.unwrap();
    let mut changed = many("shirt", COUNT - 1, 400);
    changed.as_object_mut().unwrap().remove("title");
    let event = json!({"product_id": before.product_id, "patch": changed});
    let names: Vec<String> = (0..COUNT).map(|number| format!("shirt-{number}")).collect();

    shop.world.faults.arm(Plan::calm().with(call, kind));
    let ended = Host::start(&shop.world, "catalog-update-product", build, 7)
        .run(event.clone())
        .await;
    let reached = shop.world.faults.calls() > call;
    shop.world.faults.disarm();
    let now = shop.catalog.inspect(&before.product_id).await.unwrap();
    assert_offers_are_true(&shop, &now, &names).await;

    let again = Host::start(&shop.world, "catalog-update-product", build, 8)
        .run(event)
        .await;
    assert!(!again.has_crashed());
    let after = shop.catalog.inspect(&before.product_id).await.unwrap();
    assert_eq!(
        after.version, 2,
        "one change, whatever happened: {call} {kind:?} {ended:?}"
    );
    assert_eq!(after.variants.len(), COUNT - 1);
    assert_offers_are_true(&shop, &after, &names).await;
    reached
}

async fn every_call(kind: FaultKind) {
    let mut call = 0;
    while history(call, kind).await {
        call += 1;
    }
    assert!(
        call >= 7,
        "read, intent, 2 × marks, commit, 2 × settle; only {call} calls"
    );
}

#[tokio::test(start_paused = true)]
async fn a_crash_before_any_call_of_a_staged_write_is_never_seen() {
    every_call(FaultKind::CrashBefore).await;
}

#[tokio::test(start_paused = true)]
async fn a_crash_after_any_call_of_a_staged_write_is_never_seen() {
    every_call(FaultKind::CrashAfter).await;
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_to_any_call_of_a_staged_write_is_never_seen() {
    every_call(FaultKind::LostAnswer).await;
}

#[tokio::test(start_paused = true)]
async fn a_throttle_at_any_call_of_a_staged_write_is_never_seen() {
    every_call(FaultKind::Throttle).await;
}

#[tokio::test(start_paused = true)]
async fn a_conflict_at_any_call_of_a_staged_write_is_never_seen() {
    every_call(FaultKind::Conflict).await;
}
