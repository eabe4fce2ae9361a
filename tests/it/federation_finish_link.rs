//! `POST /v1/account/providers/{provider}/callback`, seen from outside. Whole ways there and back are in `oidc`.

use serde_json::json;

use crate::shop::TestShop;

#[tokio::test]
async fn a_way_back_that_nobody_began_links_nothing() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let body = crate::shop::sample("federation-finish-link", "forged")["body"].clone();
    let ask = shop
        .post("/v1/account/providers/example/callback")
        .bearer(&anna.access_token);
    ask.json(&body).await.refuses(409, "federation_attempt_over");
    let links = shop
        .get("/v1/account/providers")
        .bearer(&anna.access_token)
        .await
        .expect(200);
    assert_eq!(links.body(), &json!({ "data": [] }));
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.post("/v1/account/providers/example/callback")
        .json(&json!({}))
        .await
        .refuses(401, "unauthenticated");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let ask = shop
        .post("/v1/account/providers/example/callback")
        .bearer(&anna.access_token);
    ask.json(&json!({ "code": "x" }))
        .await
        .refuses(400, "invalid_request")
        .names("state");
}
