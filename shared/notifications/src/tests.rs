//! Notifications over a real (embedded) table and a mail service that keeps what it accepts.

use std::sync::Arc;

use kernel::{Duration, Fault};
use platform::Cloud;
use serde_json::{Value, json};
use testing::{Ended, FaultKind, Handler, Host, Plan, World, handler};

use crate::Notifications;
use crate::heard::{OrderCanceled, OrderConfirmed, OrderShipped};

fn fact<F: serde::de::DeserializeOwned>(text: &str) -> F {
    serde_json::from_str(text).unwrap()
}

fn confirmed() -> OrderConfirmed {
    fact(include_str!("../../../events/facts/OrderConfirmed.v1.json"))
}

fn build(cloud: &Cloud) -> Handler {
    let notifications = Arc::new(Notifications::new(cloud));
    handler(move |_: Value| {
        let notifications = Arc::clone(&notifications);
        async move {
            notifications.confirmed(&confirmed()).await?;
            Ok::<_, Fault>(json!({}))
        }
    })
}

async fn run(world: &Arc<World>, seed: u64) -> Ended {
    Host::start(world, "notifications-on-order-confirmed", build, seed)
        .run(json!({}))
        .await
}

#[tokio::test(start_paused = true)]
async fn each_letter_goes_out_once_however_often_its_fact_comes() {
    let world = Arc::new(World::new().unwrap());
    let notifications = Notifications::new(&testing::cloud(&world, "notifications-on-order-confirmed"));
    let canceled: OrderCanceled = fact(include_str!("../../../events/facts/OrderCanceled.v1.json"));
    let shipped: OrderShipped = fact(include_str!("../../../events/facts/OrderShipped.v1.json"));
    for _ in 0..2 {
        notifications.confirmed(&confirmed()).await.unwrap();
        notifications.canceled(&canceled).await.unwrap();
        notifications.shipped(&shipped).await.unwrap();
    }
    let subjects: Vec<_> = world
        .mails()
        .iter()
        .map(|mail| mail["subject"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        subjects,
        [
            "Your order CW-100123",
            "Your order was canceled",
            "Your order CW-100123 is on its way"
        ]
    );
    assert_eq!(world.mails()[0]["to"], "anna@example.com");
    let rows = serde_json::to_string(&world.rows("notifications").unwrap()).unwrap();
    assert!(!rows.contains("anna"), "no address is kept");
}

#[tokio::test(start_paused = true)]
async fn nobody_is_told_without_an_address() {
    let world = Arc::new(World::new().unwrap());
    let notifications = Notifications::new(&testing::cloud(&world, "notifications-on-order-confirmed"));
    notifications
        .confirmed(&OrderConfirmed {
            email: None,
            ..confirmed()
        })
        .await
        .unwrap();
    assert!(world.mails().is_empty() && world.rows("notifications").unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_letter_goes_out_whatever_happens_to_any_call_and_twice_only_when_nobody_could_know() {
    for kind in FaultKind::ALL {
        for call in 0..3 {
            let world = Arc::new(World::new().unwrap());
            world.faults.arm(Plan::calm().with(call, kind));
            drop(run(&world, 1).await);
            world.faults.disarm();
            world.clock.advance(Duration::minutes(1));
            for seed in 2..4 {
                assert!(
                    matches!(run(&world, seed).await, Ended::Answered(Ok(_))),
                    "{call} {kind:?}"
                );
            }
            let unknowable = matches!(
                (call, kind),
                (1, FaultKind::CrashAfter | FaultKind::LostAnswer) | (2, FaultKind::CrashBefore)
            );
            let most = if unknowable { 2 } else { 1 };
            assert!(
                (1..=most).contains(&world.mails().len()),
                "{call} {kind:?}: {}",
                world.mails().len()
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_letter_that_is_being_sent_is_not_sent_by_another() {
    let world = Arc::new(World::new().unwrap());
    world.faults.arm(Plan::calm().with(1, FaultKind::CrashBefore));
    assert!(run(&world, 1).await.has_crashed());
    world.faults.disarm();
    let waits = run(&world, 2).await;
    assert!(matches!(waits, Ended::Answered(Err(fault)) if fault.is_busy()));
    assert!(world.mails().is_empty());
}
