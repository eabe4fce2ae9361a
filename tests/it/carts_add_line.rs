//! `POST /v1/carts/{cart_id}/lines`, seen from outside.

use serde_json::json;

use crate::shop::TestShop;

#[tokio::test]
async fn more_of_the_same_adds_up() {
    let shop = TestShop::open().await;
    shop.product("tea").price(500).stock(10).await;
    let cart = shop.cart().await;
    let lines = format!("{}/lines", cart.path());

    shop.post(&*lines)
        .guest(&cart.token)
        .json(&json!({ "sku": "tea", "quantity": 2 }))
        .await
        .expect(200);
    let seen = shop
        .post(&*lines)
        .guest(&cart.token)
        .json(&json!({ "sku": "tea" }))
        .await
        .expect(200);

    assert_eq!(seen.at("/lines").as_array().map(Vec::len), Some(1));
    assert_eq!(
        (seen.at("/lines/0/quantity"), seen.at("/subtotal/amount")),
        (&json!(3), &json!(1500))
    );
}

#[tokio::test]
async fn a_repeated_add_is_one_add() {
    let shop = TestShop::open().await;
    shop.product("tea").stock(10).await;
    let cart = shop.cart().await;
    let add = async || {
        let body = json!({ "sku": "tea", "quantity": 2 });
        shop.post(format!("{}/lines", cart.path()))
            .guest(&cart.token)
            .key("k-1")
            .json(&body)
            .await
            .expect(200)
    };

    let (first, again) = (add().await, add().await);

    assert_eq!(again.bytes(), first.bytes());
    assert_eq!(shop.look(&cart).await.at("/lines/0/quantity"), 2);
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    let (mine, yours) = (shop.cart().await, shop.cart().await);
    let body = json!({ "sku": "tea" });
    shop.post(format!("{}/lines", mine.path()))
        .json(&body)
        .await
        .refuses(401, "unauthenticated");
    let foreign = shop
        .post(format!("{}/lines", mine.path()))
        .guest(&yours.token)
        .json(&body)
        .await;
    foreign.refuses(404, "not_found");
}

#[tokio::test]
async fn what_is_not_for_sale_is_refused() {
    let shop = TestShop::open().await;
    shop.product("secret-tea").draft().await;
    let cart = shop.cart().await;
    for sku in ["secret-tea", "no-such-tea"] {
        let ask = shop.post(format!("{}/lines", cart.path())).guest(&cart.token);
        ask.json(&json!({ "sku": sku }))
            .await
            .refuses(409, "not_for_sale")
            .names("sku");
    }
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let cart = shop.cart().await;
    let ask = || shop.post(format!("{}/lines", cart.path())).guest(&cart.token);
    ask()
        .json(&json!({ "sku": "tea", "quantity": 0 }))
        .await
        .refuses(400, "invalid_request")
        .names("quantity");
    ask()
        .json(&json!({ "sku": "tea", "quantity": 1.5 }))
        .await
        .refuses(400, "invalid_request")
        .names("quantity");
    ask()
        .json(&json!({}))
        .await
        .refuses(400, "invalid_request")
        .names("sku");
    ask()
        .text("application/json", "{\"sku\":")
        .await
        .refuses(400, "malformed_json");
    ask()
        .text("text/plain", "tea")
        .await
        .refuses(415, "unsupported_media_type");
    ask()
        .text("application/json", "[".repeat(40))
        .await
        .refuses(400, "too_deep");
    ask()
        .text("application/json", " ".repeat(300_000))
        .await
        .refuses(413, "body_too_large");
}
