//! `GET /v1/account/consents`, seen from outside.

use serde_json::json;

use crate::shop::TestShop;

// ID-18
#[tokio::test]
async fn a_person_sees_what_they_agreed_to_and_nobody_else_s() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let ben = shop.customer("ben@example.com").await;
    let client = shop.client(&["openid", "email"]).await;
    shop.grant(&client, "anna@example.com", "openid email").await;
    let seen = shop
        .get("/v1/account/consents")
        .bearer(&anna.access_token)
        .await
        .expect(200);
    assert_eq!(seen.at("/data/0/client_id"), &json!(client.id));
    assert_eq!(seen.at("/data/0/scopes"), &json!(["email", "openid"]));
    let other = shop
        .get("/v1/account/consents")
        .bearer(&ben.access_token)
        .await
        .expect(200);
    assert_eq!(other.data().len(), 0);
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.get("/v1/account/consents")
        .await
        .refuses(401, "unauthenticated");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let refused = shop
        .get("/v1/account/consents?limit=0")
        .bearer(&anna.access_token)
        .await;
    refused.refuses(400, "invalid_request");
}
