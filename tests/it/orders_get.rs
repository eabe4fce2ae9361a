//! `GET /v1/orders/{order_id}`, seen from outside.

use crate::shop::TestShop;

#[tokio::test]
async fn a_buyer_sees_the_order_and_what_may_be_done() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 2).await;
    let seen = order.look().await;
    assert_eq!(
        (seen.text("/status"), seen.at("/lines/0/quantity")),
        ("confirmed", &2.into())
    );
    assert_eq!(
        seen.at("/allowed_actions"),
        &serde_json::json!(["cancel"]),
        "shipping is no buyer's business"
    );
    assert!(seen.at("/payment_method").is_null() && !String::from_utf8_lossy(seen.bytes()).contains("tok_"));
}

#[tokio::test]
async fn a_stranger_is_refused_and_another_buyer_learns_nothing() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 1).await;
    let other = shop.cart().await;
    shop.get(order.path()).await.refuses(401, "unauthenticated");
    let foreign = shop
        .get(order.path())
        .guest(&other.token)
        .await
        .refuses(404, "not_found");
    let unknown = shop
        .get("/v1/orders/order_01h455vb4pex5vsknk084sn02q")
        .guest(&other.token)
        .await;
    let unknown = unknown.refuses(404, "not_found");
    assert_eq!(foreign.at("/error/message"), unknown.at("/error/message"));
}

#[tokio::test]
async fn an_unchanged_order_is_not_sent_again() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 1).await;
    let first = order.look().await;
    shop.get(order.path())
        .guest(&order.token)
        .if_none_match(first.etag())
        .await
        .expect(304);
    order.ship().await;
    let changed = shop
        .get(order.path())
        .guest(&order.token)
        .if_none_match(first.etag())
        .await
        .expect(200);
    assert_eq!(changed.text("/shipment/carrier"), "DHL");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let cart = shop.cart().await;
    shop.get("/v1/orders/nonsense")
        .guest(&cart.token)
        .await
        .refuses(404, "not_found");
}
