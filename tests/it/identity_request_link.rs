//! `POST /v1/magic-links`, seen from outside.

use serde_json::json;

use crate::shop::TestShop;

// ID-7
#[tokio::test]
async fn known_and_unknown_are_answered_alike_and_each_is_told_by_mail() {
    let shop = TestShop::open().await;
    shop.customer("anna@example.com").await;
    let ask = |email: &str| shop.post("/v1/magic-links").json(&json!({ "email": email }));
    let known = ask("anna@example.com").await.expect(202);
    let unknown = ask("nobody@example.com").await.expect(202);
    assert_eq!(known.bytes().len(), unknown.bytes().len());
    shop.token_for("anna@example.com", "lnk_").await;
    let told = shop.mails_to("nobody@example.com").await;
    assert_eq!(told[0]["subject"], "There is no account with this address");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let refused = shop
        .post("/v1/magic-links")
        .json(&json!({ "email": "anna" }))
        .await;
    refused.refuses(400, "invalid_request").names("email");
}
