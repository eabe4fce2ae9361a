//! Each move of an order is told once, in a shape that never breaks a listener.

use kernel::Time;
use platform::stream::{Announcement, Change, Fact};
use serde_json::Value;

use super::*;
use crate::order::tests::{NOW, order_at};
use crate::order::{self as rules, Moved};

fn told(old: Option<&Order>, new: Option<&Order>) -> Vec<Announcement> {
    let (old, new) = (old.map(OrderRow::from), new.map(OrderRow::from));
    let change = Change::between(old.as_ref(), new.as_ref(), NOW).unwrap();
    from_change(&change).unwrap()
}

#[test]
fn each_new_status_is_told_as_its_fact() {
    let check = |status, fact: Option<&str>| {
        let before = if status == Status::Pending {
            None
        } else {
            Some(order_at(Status::Pending))
        };
        let told = told(before.as_ref(), Some(&order_at(status)));
        assert_eq!(told.first().map(Announcement::name), fact, "{status}");
        assert!(told.len() <= 1);
    };
    check(Status::Pending, Some("OrderPlaced"));
    check(Status::Reserved, Some("OrderReserved"));
    check(Status::Confirmed, Some("OrderConfirmed"));
    check(Status::Canceled, Some("OrderCanceled"));
    check(Status::Fulfilled, Some("OrderShipped"));
    check(Status::Completed, None);
}

#[test]
fn a_change_that_leaves_the_status_is_told_to_nobody() {
    for &status in Status::ALL {
        let order = order_at(status);
        assert_eq!(told(Some(&order), Some(&order)), []);
        assert_eq!(told(Some(&order), None), []);
    }
}

#[test]
fn the_counter_of_numbers_is_no_order() {
    let counter = serde_json::json!({ "pk": "numbers", "sk": "counter", "allocated": 20 });
    let change = Change::between(None, Some(&counter), NOW).unwrap();
    assert_eq!(from_change(&change).unwrap(), []);
}

#[test]
fn a_canceled_order_tells_whether_the_cart_opens_again() {
    let sold_out = OrderCanceled::from(&order_at(Status::Canceled));
    assert_eq!(
        (sold_out.reason.as_str(), sold_out.reopen_cart, sold_out.number),
        ("sold_out", true, None)
    );
    let mut regretted = order_at(Status::Confirmed);
    regretted.cancel(rules::Actor::Buyer, None, NOW).unwrap();
    let regretted = OrderCanceled::from(&regretted);
    assert_eq!(
        (regretted.reason.as_str(), regretted.reopen_cart),
        ("buyer", false)
    );
    assert_eq!(regretted.number.as_deref(), Some("CW-100123"));
}

/// Reads the kept sample of a version, and expects nothing to be lost on the way back.
fn decodes<F: Fact>(sample: &str) -> F {
    let sample: Value = serde_json::from_str(sample).unwrap();
    let fact: F = serde_json::from_value(sample.clone()).unwrap();
    assert_eq!(serde_json::to_value(&fact).unwrap(), sample, "{}", F::NAME);
    fact
}

#[test]
fn every_version_ever_announced_still_decodes() {
    decodes::<OrderPlaced>(include_str!("../../../../events/facts/OrderPlaced.v1.json"));
    decodes::<OrderReserved>(include_str!("../../../../events/facts/OrderReserved.v1.json"));
    decodes::<OrderConfirmed>(include_str!("../../../../events/facts/OrderConfirmed.v1.json"));
    decodes::<OrderCanceled>(include_str!("../../../../events/facts/OrderCanceled.v1.json"));
    decodes::<OrderShipped>(include_str!("../../../../events/facts/OrderShipped.v1.json"));
}

#[test]
fn what_other_contexts_announce_is_understood() {
    let rejected = r#"{"order_id":"order_01h455vb4pex5vsknk084sn02q","outcome":"rejected","sku":"tea","available":-1,"later":1}"#;
    let rejected: StockDecided = serde_json::from_str(rejected).unwrap();
    let outcome = rules::StockOutcome::from(rejected);
    assert_eq!(
        outcome,
        rules::StockOutcome::Rejected {
            detail: Some("tea, 0 left".into())
        }
    );

    let failed = r#"{"order_id":"order_01h455vb4pex5vsknk084sn02q","payment_id":"payment_01h455vb4pex5vsknk084sn02q",
        "version":2,"status":"failed","authorized":{"amount":0,"currency":"EUR"},"captured":{"amount":0,"currency":"EUR"},
        "refunded":{"amount":0,"currency":"EUR"},"decline_code":"card_declined","challenge_url":null}"#;
    let failed: PaymentChanged = serde_json::from_str(failed).unwrap();
    let mut order = order_at(Status::Reserved);
    assert_eq!(
        order.payment_changed(failed.into(), None, Time::from_unix_ms(0)),
        Ok(Moved::Yes)
    );
    assert_eq!(
        order.cancellation.unwrap().detail.as_deref(),
        Some("card_declined")
    );
}
