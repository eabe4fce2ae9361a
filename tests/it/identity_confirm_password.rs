//! `POST /v1/account/step-up/password`, seen from outside.

use serde_json::json;

use crate::shop::{PASSWORD, TestShop};

#[tokio::test]
async fn the_password_gives_a_fresh_access_token_for_the_same_session() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let asked = shop.post("/v1/account/step-up/password").person(&anna);
    let raised = asked.json(&json!({ "password": PASSWORD })).await.expect(200);
    assert_ne!(raised.text("/access_token"), anna.access_token);
    assert!(raised.at("/refresh_token").is_null());
    let again = shop
        .post("/v1/account/step-up/password")
        .bearer(raised.text("/access_token"));
    again.json(&json!({ "password": PASSWORD })).await.expect(200);
}

// ID-5
#[tokio::test]
async fn wrong_ones_count_as_at_a_login() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let ask = |password: &str| {
        let ask = shop.post("/v1/account/step-up/password").person(&anna);
        ask.json(&json!({ "password": password }))
    };
    for _ in 0..5 {
        ask("not her password").await.refuses(409, "wrong_password");
    }
    ask(PASSWORD).await.refuses(409, "wrong_password");
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    let asked = shop
        .post("/v1/account/step-up/password")
        .json(&json!({ "password": PASSWORD }))
        .await;
    asked.refuses(401, "unauthenticated");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let asked = shop
        .post("/v1/account/step-up/password")
        .person(&anna)
        .json(&json!({}))
        .await;
    asked.refuses(400, "invalid_request").names("password");
}
