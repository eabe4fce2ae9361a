//! `POST /v1/account/factors/totp`, seen from outside.

use serde_json::json;

use crate::shop::TestShop;

const PATH: &str = "/v1/account/factors/totp";

// ID-15
#[tokio::test]
async fn a_secret_is_given_out_and_changes_nothing_yet() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let enrolled = shop.post(PATH).person(&anna).await.expect(200);
    assert_eq!(enrolled.text("/secret").len(), 32);
    assert!(enrolled.text("/uri").contains(enrolled.text("/secret")));
    assert_eq!(enrolled.header("cache-control"), Some("no-store"));
    let listed = shop.get("/v1/account/factors").person(&anna).await.expect(200);
    assert_eq!(listed.at("/factors"), &json!([]));
    shop.log_in("anna@example.com", crate::shop::PASSWORD)
        .await
        .expect(200);
}

// ID-15
#[tokio::test]
async fn who_has_a_factor_shows_it_before_adding_another() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    shop.app_of(&anna).await;
    shop.post(PATH)
        .person(&anna)
        .await
        .refuses(409, "show_factor_first");
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.post(PATH).await.refuses(401, "unauthenticated");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let refused = shop
        .post(PATH)
        .person(&anna)
        .json(&json!({ "secret": "mine" }))
        .await;
    refused.refuses(400, "invalid_request").names("secret");
}
