//! `GET /v1/account/providers`, seen from outside. Whole ways there and back are in `oidc`.

use serde_json::json;

use crate::shop::TestShop;

#[tokio::test]
async fn a_person_who_linked_nothing_sees_nothing() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let seen = shop
        .get("/v1/account/providers")
        .bearer(&anna.access_token)
        .await
        .expect(200);
    assert_eq!(seen.body(), &json!({ "data": [] }));
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.get("/v1/account/providers")
        .await
        .refuses(401, "unauthenticated");
}
