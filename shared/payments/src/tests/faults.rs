//! A crash, a lost answer, a throttle or a conflict at every single call: whoever repeats the step,
//! or nobody but the reconciler, ends with both books the same.

use std::sync::Arc;

use kernel::Fault;
use platform::Cloud;
use serde_json::{Value, json};
use testing::{Ended, FaultKind, Handler, Host, Plan, handler};

use super::{Shop, ask, capture_id, eur, order, refund_id};
use crate::Payments;

/// The function under test: one step, named by the event.
fn build(cloud: &Cloud) -> Handler {
    let payments = Arc::new(Payments::new(cloud));
    handler(move |event: Value| {
        let payments = Arc::clone(&payments);
        async move {
            match event["step"].as_str().unwrap_or_default() {
                "authorize" => payments.authorize(ask(1, "tok_approve")).await?,
                "capture" => drop(payments.capture(&order(1), capture_id(1), Some(eur(60))).await?),
                "ship" => payments.capture_shipped(&order(1)).await?,
                "refund" => drop(
                    payments
                        .refund(&order(1), refund_id(1), Some(eur(30)), "broken")
                        .await?,
                ),
                _ => payments.cancel(&order(1)).await?,
            }
            Ok::<_, Fault>(json!({}))
        }
    })
}

async fn run(shop: &Shop, step: &str, seed: u64) -> Ended {
    let host = Host::start(&shop.world, "payments-reconcile", build, seed);
    Box::pin(host.run(json!({ "step": step }))).await
}

/// Runs the steps, the last of them with a fault at one call. Afterwards it is repeated, or left to
/// the reconciler. Says whether the fault came.
async fn history(steps: &[&str], call: u64, kind: FaultKind, repeated: bool) -> (bool, Shop) {
    let shop = Shop::open();
    let (faulty, before) = steps.split_last().unwrap();
    for (seed, step) in (1..).zip(before) {
        assert!(
            matches!(run(&shop, step, seed).await, Ended::Answered(Ok(_))),
            "{step}"
        );
    }
    shop.world.faults.arm(Plan::calm().with(call, kind));
    drop(run(&shop, faulty, 50).await);
    let reached = shop.world.faults.calls() > call;
    shop.world.faults.disarm();
    if repeated {
        let again = run(&shop, faulty, 60).await;
        assert!(
            matches!(again, Ended::Answered(Ok(_))),
            "{faulty} {call} {kind:?}: {again:?}"
        );
    }
    shop.reconcile().await;
    (reached, shop)
}

/// What must be at the provider after the step, and whether it may also be as before the step,
/// since nothing of it was ever written.
async fn every_call(steps: &[&str], after: (i64, i64, i64), before: (i64, i64, i64)) {
    for kind in FaultKind::ALL {
        for repeated in [true, false] {
            let mut call = 0;
            loop {
                let (reached, shop) = history(steps, call, kind, repeated).await;
                let found = shop.at_provider(1).await;
                let expected = found == after || (!repeated && found == before);
                assert!(
                    expected,
                    "{steps:?} {call} {kind:?} repeated: {repeated}: {found:?}"
                );
                if shop.statements.of_order(&order(1)).await.is_ok() {
                    shop.assert_books_agree(1).await;
                    let (payment, _) = shop.statement(1).await;
                    assert_eq!(
                        (payment.intents.len(), payment.due_at),
                        (0, None),
                        "{steps:?} {call} {kind:?}"
                    );
                }
                if !reached {
                    break;
                }
                call += 1;
            }
            assert!(call >= 3, "{steps:?} made only {call} calls");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn money_is_set_aside_once_whatever_happens_to_any_call() {
    every_call(&["authorize"], (100, 0, 0), (0, 0, 0)).await;
}

#[tokio::test(start_paused = true)]
async fn staff_capture_once_whatever_happens_to_any_call() {
    every_call(&["authorize", "capture"], (40, 60, 0), (100, 0, 0)).await;
}

#[tokio::test(start_paused = true)]
async fn shipping_captures_once_whatever_happens_to_any_call() {
    every_call(&["authorize", "capture", "ship"], (0, 100, 0), (40, 60, 0)).await;
}

#[tokio::test(start_paused = true)]
async fn a_refund_is_given_once_whatever_happens_to_any_call() {
    every_call(&["authorize", "ship", "refund"], (0, 100, 30), (0, 100, 0)).await;
}

#[tokio::test(start_paused = true)]
async fn a_cancelation_gives_everything_back_whatever_happens_to_any_call() {
    every_call(
        &["authorize", "capture", "refund", "cancel"],
        (0, 60, 60),
        (40, 60, 30),
    )
    .await;
}
