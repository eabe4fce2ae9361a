//! `payments-order-canceled`, seen from outside.

use serde_json::{Value, json};

use crate::shop::TestShop;

const QUEUE: &str = "payments-order-canceled";

fn canceled(order_id: &str) -> Value {
    json!({
        "order_id": order_id, "cart_id": "cart_01h455vb4pex5vsknk084sn02q", "reason": "buyer",
        "email": "anna@example.com", "number": null, "reopen_cart": false, "detail": null,
    })
}

#[tokio::test]
async fn what_was_authorized_is_given_back() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 1).await;
    shop.tell(QUEUE, &canceled(&order.id)).await;
    assert_eq!(shop.payment(&order).await.text("/status"), "voided");
}

#[tokio::test]
async fn hearing_it_twice_gives_back_once() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 1).await;
    shop.tell(QUEUE, &canceled(&order.id)).await;
    let after = shop.payment(&order).await;
    shop.tell(QUEUE, &canceled(&order.id)).await;
    assert_eq!(shop.payment(&order).await.bytes(), after.bytes());
    assert_eq!(shop.parked(QUEUE).await.len(), 0);
}

#[tokio::test]
async fn nonsense_is_parked() {
    let shop = TestShop::open().await;
    shop.tell_nonsense(QUEUE).await;
    assert_eq!(shop.parked(QUEUE).await.len(), 1);
}
