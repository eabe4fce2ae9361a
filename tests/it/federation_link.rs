//! `POST /v1/account/providers/{provider}`, seen from outside. Whole ways there and back are in `oidc`.

use serde_json::json;

use crate::shop::TestShop;

#[tokio::test]
async fn a_provider_that_is_not_there_is_missing() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let ask = shop
        .post("/v1/account/providers/example")
        .bearer(&anna.access_token);
    ask.json(&json!({})).await.refuses(404, "not_found");
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.post("/v1/account/providers/example")
        .json(&json!({}))
        .await
        .refuses(401, "unauthenticated");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let ask = shop
        .post("/v1/account/providers/example")
        .bearer(&anna.access_token);
    ask.json(&json!({ "user_id": "usr_other" }))
        .await
        .refuses(400, "invalid_request");
}
