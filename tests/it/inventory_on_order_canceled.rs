//! `inventory-order-canceled`, seen from outside.

use serde_json::{Value, json};

use crate::shop::TestShop;

const QUEUE: &str = "inventory-order-canceled";

fn canceled(order_id: &str) -> Value {
    json!({
        "order_id": order_id, "cart_id": "cart_01h455vb4pex5vsknk084sn02q", "reason": "buyer",
        "email": "anna@example.com", "number": null, "reopen_cart": false, "detail": null,
    })
}

#[tokio::test]
async fn what_was_set_aside_is_available_again() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 2).await;
    assert_eq!(shop.level("tea").await["reserved"], 2);
    shop.post(format!("{}/cancel", order.path()))
        .guest(&order.token)
        .json(&json!({}))
        .await
        .expect(200);
    order.until("canceled").await;
    let level = shop.level("tea").await;
    assert_eq!((&level["reserved"], &level["available"]), (&json!(0), &json!(2)));
}

#[tokio::test]
async fn hearing_it_twice_releases_once() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 2).await;
    for _ in 0..2 {
        shop.tell(QUEUE, &canceled(&order.id)).await;
    }
    let level = shop.level("tea").await;
    assert_eq!(
        (&level["on_hand"], &level["reserved"], &level["available"]),
        (&json!(2), &json!(0), &json!(2))
    );
}

#[tokio::test]
async fn an_end_that_is_heard_before_the_beginning_keeps_stock_free() {
    let shop = TestShop::open().await;
    shop.product("tea").stock(5).await;
    let order_id = "order_01h455vb4pex5vsknk084sn02q";
    shop.tell(QUEUE, &canceled(order_id)).await;
    let placed = json!({
        "order_id": order_id, "expires_at": "2126-01-31T12:30:00.000Z",
        "lines": [{
            "line_id": "oline_01h455vb4pex5vsknk084sn02r", "sku": "tea", "quantity": 2,
            "allow_backorder": false, "tracks_inventory": true,
        }],
    });
    shop.tell("inventory-order-placed", &placed).await;
    assert_eq!(shop.level("tea").await["reserved"], 0);
}

#[tokio::test]
async fn nonsense_is_parked() {
    let shop = TestShop::open().await;
    shop.tell_nonsense(QUEUE).await;
    assert_eq!(shop.parked(QUEUE).await.len(), 1);
}
