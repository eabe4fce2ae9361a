//! `POST /v1/account/email`, seen from outside.

use serde_json::json;

use crate::shop::TestShop;

// ID-7
#[tokio::test]
async fn a_taken_address_is_answered_like_a_free_one_and_its_owner_is_told() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    shop.customer("ben@example.com").await;
    let ask = |email: &str| {
        shop.post("/v1/account/email")
            .person(&anna)
            .json(&json!({ "email": email }))
    };
    let taken = ask("ben@example.com").await.expect(202);
    let free = ask("new@example.com").await.expect(202);
    assert_eq!(taken.bytes(), free.bytes());
    let told = shop.mails_to("ben@example.com").await;
    assert_eq!(told.last().unwrap()["subject"], "You have an account already");
    assert_eq!(shop.code_for("new@example.com").await.len(), 8);
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    let asked = shop
        .post("/v1/account/email")
        .json(&json!({ "email": "new@example.com" }))
        .await;
    asked.refuses(401, "unauthenticated");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let asked = shop
        .post("/v1/account/email")
        .person(&anna)
        .json(&json!({ "email": "new" }))
        .await;
    asked.refuses(400, "invalid_request").names("email");
}
