//! Every version of a fact that was ever told is understood.

use super::*;

#[test]
fn every_version_of_every_fact_decodes() {
    let confirmed = include_str!("../../../../events/facts/OrderConfirmed.v1.json");
    let confirmed: OrderConfirmed = serde_json::from_str(confirmed).unwrap();
    assert!(confirmed.email.is_some() && !confirmed.lines.is_empty());
    let canceled = include_str!("../../../../events/facts/OrderCanceled.v1.json");
    let canceled: OrderCanceled = serde_json::from_str(canceled).unwrap();
    assert!(canceled.email.is_some() && !canceled.reason.is_empty());
    let shipped = include_str!("../../../../events/facts/OrderShipped.v1.json");
    let shipped: OrderShipped = serde_json::from_str(shipped).unwrap();
    assert!(shipped.email.is_some() && !shipped.lines.is_empty());
}
