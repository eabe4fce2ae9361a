//! `payments-order-shipped`, seen from outside.

use serde_json::json;

use crate::shop::TestShop;

const QUEUE: &str = "payments-order-shipped";

#[tokio::test]
async fn a_shipped_order_is_captured_once_however_often_it_is_heard() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 1).await;
    order.ship().await;
    order.until("fulfilled").await;
    let captured = shop.payment(&order).await;
    assert_eq!(
        (captured.text("/status"), captured.at("/captured")),
        ("captured", captured.at("/authorized"))
    );

    let shipped = json!({
        "order_id": order.id, "number": "CW-1", "email": "anna@example.com", "carrier": "DHL",
        "tracking_number": null, "lines": [],
    });
    shop.tell(QUEUE, &shipped).await;

    assert_eq!(
        shop.payment(&order).await.at("/captured"),
        captured.at("/captured")
    );
    assert_eq!(shop.parked(QUEUE).await.len(), 0);
}

#[tokio::test]
async fn only_what_is_not_captured_yet_is_captured() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 1).await;
    let part = json!({ "amount": { "amount": 500, "currency": "EUR" } });
    shop.post(format!("{}/capture", order.admin_path()))
        .staff()
        .key("k-1")
        .json(&part)
        .await
        .expect(200);
    shop.quiet().await;
    order.ship().await;
    order.until("fulfilled").await;
    let payment = shop.payment(&order).await;
    assert_eq!(payment.at("/captured"), payment.at("/authorized"));
    assert_eq!(payment.at("/movements").as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn nonsense_is_parked() {
    let shop = TestShop::open().await;
    shop.tell_nonsense(QUEUE).await;
    assert_eq!(shop.parked(QUEUE).await.len(), 1);
}
