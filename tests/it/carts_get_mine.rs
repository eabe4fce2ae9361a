//! `GET /v1/account/cart`, seen from outside.

use serde_json::json;

use crate::shop::{Person, TestShop};

const PATH: &str = "/v1/account/cart";

#[tokio::test]
async fn a_customer_finds_their_cart_on_every_device() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let body = json!({ "region_id": shop.region().await });
    let made = shop.post("/v1/carts").person(&anna).json(&body).await.expect(201);
    let elsewhere = shop.log_in("anna@example.com", crate::shop::PASSWORD).await;
    let elsewhere = Person::of("anna@example.com", &elsewhere);
    let seen = shop.get(PATH).person(&elsewhere).await.expect(200);
    assert_eq!(seen.text("/cart_id"), made.text("/cart_id"));
    shop.get(PATH)
        .person(&anna)
        .if_none_match(seen.etag())
        .await
        .expect(304);
}

#[tokio::test]
async fn who_has_none_is_told_so() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    shop.get(PATH).person(&anna).await.refuses(404, "not_found");
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.get(PATH).await.refuses(401, "unauthenticated");
    let cart = shop.cart().await;
    shop.get(PATH)
        .guest(&cart.token)
        .await
        .refuses(401, "unauthenticated");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    shop.get(format!("{PATH}?nonsense=1"))
        .person(&anna)
        .await
        .refuses(400, "invalid_request")
        .names("nonsense");
}
