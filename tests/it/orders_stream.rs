//! The stream of table `orders`, seen from outside.

use serde_json::json;

use crate::shop::TestShop;

#[tokio::test]
async fn every_listener_hears_once_how_an_order_went() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 1).await;
    order.ship().await;
    order.until("fulfilled").await;
    for (listener, expected) in [
        ("inventory-on-order-placed", 1),
        ("payments-on-order-reserved", 1),
        ("notifications-on-order-confirmed", 1),
        ("inventory-on-order-shipped", 1),
        ("payments-on-order-shipped", 1),
        ("notifications-on-order-shipped", 1),
        ("inventory-on-order-canceled", 0),
        ("carts-on-order-canceled", 0),
    ] {
        assert_eq!(shop.invocations(listener).await, (expected, 0), "{listener}");
    }
}

#[tokio::test]
async fn a_canceled_order_is_told_to_everybody_concerned() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 1).await;
    shop.post(format!("{}/cancel", order.path()))
        .guest(&order.token)
        .json(&json!({}))
        .await
        .expect(200);
    order.until("canceled").await;
    for context in ["inventory", "payments", "carts", "notifications"] {
        let listener = format!("{context}-on-order-canceled");
        assert_eq!(shop.invocations(&listener).await, (1, 0), "{listener}");
    }
    assert_eq!(shop.parked("orders-stream").await.len(), 0);
}
