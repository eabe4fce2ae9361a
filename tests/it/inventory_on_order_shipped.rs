//! `inventory-order-shipped`, seen from outside.

use serde_json::{Value, json};

use crate::shop::TestShop;

const QUEUE: &str = "inventory-order-shipped";

fn shipped(order_id: &str) -> Value {
    json!({
        "order_id": order_id, "number": "CW-1", "email": "anna@example.com", "carrier": "DHL", "tracking_number": null,
        "lines": [{ "line_id": "oline_01h455vb4pex5vsknk084sn02r", "sku": "tea", "quantity": 2 }],
    })
}

#[tokio::test]
async fn what_is_shipped_leaves_the_house() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 2).await;
    shop.adjust("tea", 3).await;
    order.ship().await;
    order.until("fulfilled").await;
    let level = shop.level("tea").await;
    assert_eq!(
        (&level["on_hand"], &level["reserved"], &level["available"]),
        (&json!(3), &json!(0), &json!(3))
    );
    let adjustments = shop
        .get("/v1/admin/stock/tea/adjustments")
        .staff()
        .await
        .expect(200);
    let sold = adjustments
        .data()
        .iter()
        .find(|adjustment| adjustment["reason"] == "sold")
        .unwrap();
    assert_eq!(sold["delta"], -2);
}

#[tokio::test]
async fn hearing_it_twice_ships_once() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 2).await;
    for _ in 0..2 {
        shop.tell(QUEUE, &shipped(&order.id)).await;
    }
    let level = shop.level("tea").await;
    assert_eq!((&level["on_hand"], &level["reserved"]), (&json!(0), &json!(0)));
    let adjustments = shop
        .get("/v1/admin/stock/tea/adjustments")
        .staff()
        .await
        .expect(200);
    assert_eq!(adjustments.data().len(), 2, "received and sold");
}

#[tokio::test]
async fn nonsense_is_parked() {
    let shop = TestShop::open().await;
    shop.tell_nonsense(QUEUE).await;
    assert_eq!(shop.parked(QUEUE).await.len(), 1);
}
