//! `PATCH /v1/carts/{cart_id}/lines/{line_id}`, seen from outside.

use serde_json::json;

use crate::shop::{Cart, TestShop};

/// The path of the cart's first line.
async fn line(shop: &TestShop, cart: &Cart) -> String {
    let seen = shop.look(cart).await;
    format!("{}/lines/{}", cart.path(), seen.text("/lines/0/line_id"))
}

#[tokio::test]
async fn a_line_gets_its_new_quantity() {
    let shop = TestShop::open().await;
    shop.product("tea").price(500).stock(10).await;
    let cart = shop.cart_with([("tea", 2)]).await;
    let line = line(&shop, &cart).await;
    let seen = shop
        .patch(line)
        .guest(&cart.token)
        .json(&json!({ "quantity": 3 }))
        .await
        .expect(200);
    assert_eq!(
        (seen.at("/lines/0/quantity"), seen.at("/subtotal/amount")),
        (&json!(3), &json!(1500))
    );
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.product("tea").stock(10).await;
    let (mine, yours) = (shop.cart_with([("tea", 2)]).await, shop.cart().await);
    let line = line(&shop, &mine).await;
    let body = json!({ "quantity": 3 });
    shop.patch(&*line)
        .json(&body)
        .await
        .refuses(401, "unauthenticated");
    shop.patch(&*line)
        .guest(&yours.token)
        .json(&body)
        .await
        .refuses(404, "not_found");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    shop.product("tea").stock(10).await;
    let cart = shop.cart_with([("tea", 2)]).await;
    let line = line(&shop, &cart).await;
    let refused = shop
        .patch(line)
        .guest(&cart.token)
        .json(&json!({ "quantity": "many" }))
        .await;
    refused.refuses(400, "invalid_request").names("quantity");
    let unknown = format!("{}/lines/line_01h455vb4pex5vsknk084sn02q", cart.path());
    shop.patch(unknown)
        .guest(&cart.token)
        .json(&json!({ "quantity": 1 }))
        .await
        .refuses(404, "not_found");
}
