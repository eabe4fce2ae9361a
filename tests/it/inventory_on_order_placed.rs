//! `inventory-order-placed`, seen from outside.

use serde_json::{Value, json};

use crate::shop::TestShop;

const QUEUE: &str = "inventory-order-placed";

fn placed(order_id: &str, quantity: u32) -> Value {
    json!({
        "order_id": order_id,
        "lines": [{
            "line_id": "oline_01h455vb4pex5vsknk084sn02r", "sku": "tea", "quantity": quantity,
            "allow_backorder": false, "tracks_inventory": true,
        }],
        "expires_at": "2126-01-31T12:30:00.000Z",
    })
}

#[tokio::test]
async fn stock_is_set_aside_for_an_order() {
    let shop = TestShop::open().await;
    shop.product("tea").stock(5).await;
    let cart = shop.cart_with([("tea", 2)]).await;
    shop.place(&cart).await.until("confirmed").await;
    let level = shop.level("tea").await;
    assert_eq!((&level["reserved"], &level["available"]), (&json!(2), &json!(3)));
}

#[tokio::test]
async fn an_order_gets_all_of_its_lines_or_none() {
    let shop = TestShop::open().await;
    shop.product("tea").stock(5).await;
    shop.product("mug").stock(1).await;
    let mut fact = placed("order_01h455vb4pex5vsknk084sn02q", 2);
    let mut mug = fact["lines"][0].clone();
    mug["line_id"] = json!("oline_01h455vb4pex5vsknk084sn02s");
    mug["sku"] = json!("mug");
    fact["lines"] = json!([fact["lines"][0], mug]);

    shop.tell(QUEUE, &fact).await;

    assert_eq!(
        (
            &shop.level("tea").await["reserved"],
            &shop.level("mug").await["reserved"]
        ),
        (&json!(0), &json!(0))
    );
    assert_eq!(
        shop.parked(QUEUE).await.len(),
        0,
        "a refusal is an answer, not a failure"
    );
}

#[tokio::test]
async fn hearing_it_twice_sets_aside_once() {
    let shop = TestShop::open().await;
    shop.product("tea").stock(5).await;
    for _ in 0..2 {
        shop.tell(QUEUE, &placed("order_01h455vb4pex5vsknk084sn02q", 2))
            .await;
    }
    assert_eq!(shop.level("tea").await["reserved"], 2);
}

#[tokio::test]
async fn two_orders_never_get_the_same_piece() {
    let shop = TestShop::open().await;
    shop.product("tea").stock(3).await;
    shop.tell(QUEUE, &placed("order_01h455vb4pex5vsknk084sn02q", 2))
        .await;
    shop.tell(QUEUE, &placed("order_01h455vb4pex5vsknk084sn02r", 2))
        .await;
    let level = shop.level("tea").await;
    assert_eq!((&level["reserved"], &level["available"]), (&json!(2), &json!(1)));
}

#[tokio::test]
async fn nonsense_is_parked() {
    let shop = TestShop::open().await;
    shop.tell_nonsense(QUEUE).await;
    shop.tell_as(QUEUE, "OrderPlaced", 99, &json!({})).await;
    shop.tell_as(QUEUE, "CatBought", 1, &json!({})).await;
    assert_eq!(shop.parked(QUEUE).await.len(), 3);
}
