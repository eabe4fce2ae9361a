//! `orders-stock-decided`, seen from outside.

use serde_json::{Value, json};

use crate::shop::TestShop;

const QUEUE: &str = "orders-stock-decided";

fn decided(order_id: &str, outcome: &str) -> Value {
    let rejected = outcome == "rejected";
    json!({
        "order_id": order_id, "outcome": outcome,
        "sku": rejected.then_some("tea"), "available": rejected.then_some(1),
    })
}

#[tokio::test]
async fn an_order_that_gets_its_stock_goes_on_to_its_payment() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 1).await;
    let seen = shop.get(order.admin_path()).staff().await.expect(200);
    assert!(seen.at("/reserved_at").is_string());
}

#[tokio::test]
async fn a_late_or_repeated_decision_changes_nothing() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 1).await;
    let before = order.look().await;
    for outcome in ["rejected", "reserved", "rejected"] {
        shop.tell(QUEUE, &decided(&order.id, outcome)).await;
    }
    assert_eq!(order.look().await.bytes(), before.bytes());
    assert_eq!(shop.parked(QUEUE).await.len(), 0);
}

#[tokio::test]
async fn nonsense_is_parked() {
    let shop = TestShop::open().await;
    shop.tell_nonsense(QUEUE).await;
    shop.tell(QUEUE, &decided("nobody", "reserved")).await;
    assert_eq!(shop.parked(QUEUE).await.len(), 2);
}
