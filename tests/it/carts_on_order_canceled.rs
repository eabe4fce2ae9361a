//! `carts-order-canceled`, seen from outside.

use serde_json::{Value, json};

use crate::shop::{Cart, Order, TestShop};

/// A cart that has become an order which nothing has decided on yet matters no more.
async fn sold_out_order(shop: &TestShop) -> (Cart, String) {
    shop.product("tea").stock(1).await;
    let cart = shop.cart_with([("tea", 1)]).await;
    let order: Order<'_> = shop.place(&cart).await;
    order.until("confirmed").await;
    (cart, order.id)
}

fn canceled(cart: &Cart, order_id: &str, reopen: bool) -> Value {
    json!({
        "order_id": order_id, "cart_id": cart.id, "reason": "sold_out", "email": "anna@example.com",
        "number": null, "reopen_cart": reopen, "detail": null,
    })
}

#[tokio::test]
async fn a_cart_whose_order_failed_is_open_again() {
    let shop = TestShop::open().await;
    let (cart, order_id) = sold_out_order(&shop).await;
    assert_eq!(shop.look(&cart).await.text("/status"), "completed");
    shop.tell("carts-order-canceled", &canceled(&cart, &order_id, true))
        .await;
    assert_eq!(shop.look(&cart).await.text("/status"), "active");
}

#[tokio::test]
async fn a_cart_whose_order_was_canceled_on_purpose_stays_closed() {
    let shop = TestShop::open().await;
    let (cart, order_id) = sold_out_order(&shop).await;
    shop.tell("carts-order-canceled", &canceled(&cart, &order_id, false))
        .await;
    assert_eq!(shop.look(&cart).await.text("/status"), "completed");
}

#[tokio::test]
async fn hearing_it_twice_or_of_a_stranger_is_harmless() {
    let shop = TestShop::open().await;
    let (cart, order_id) = sold_out_order(&shop).await;
    shop.tell(
        "carts-order-canceled",
        &canceled(&cart, "order_01h455vb4pex5vsknk084sn02q", true),
    )
    .await;
    assert_eq!(
        shop.look(&cart).await.text("/status"),
        "completed",
        "it was closed by another order"
    );
    for _ in 0..2 {
        shop.tell("carts-order-canceled", &canceled(&cart, &order_id, true))
            .await;
    }
    assert_eq!(shop.look(&cart).await.text("/status"), "active");
    assert_eq!(shop.parked("carts-order-canceled").await.len(), 0);
}

#[tokio::test]
async fn nonsense_is_parked() {
    let shop = TestShop::open().await;
    shop.tell_nonsense("carts-order-canceled").await;
    assert_eq!(shop.parked("carts-order-canceled").await.len(), 1);
}
