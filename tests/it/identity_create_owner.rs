//! `identity-create-owner`, invoked as an operator does.

use serde_json::json;

use crate::shop::{PASSWORD, TestShop};

const FUNCTION: &str = "identity-create-owner";

#[tokio::test]
async fn the_first_owner_chooses_a_password_and_is_in() {
    let shop = TestShop::open().await;
    let made = shop
        .invoke(FUNCTION, &json!({ "email": "owner@example.com" }))
        .await
        .expect(200);
    let first = shop
        .log_in("owner@example.com", made.text("/one_time_password"))
        .await
        .expect(200);
    assert_eq!(first.text("/status"), "password_change_required");
    assert!(first.at("/access_token").is_null(), "it opens nothing else");
    let chosen = json!({ "token": first.text("/reset_token"), "password": PASSWORD });
    shop.post("/v1/password-resets/confirm")
        .json(&chosen)
        .await
        .expect(204);
    let owner = shop.log_in("owner@example.com", PASSWORD).await.expect(200);
    assert_eq!(owner.text("/status"), "authenticated");
    let used = shop
        .log_in("owner@example.com", made.text("/one_time_password"))
        .await;
    used.refuses(401, "bad_credentials");
}

#[tokio::test]
async fn there_is_one_first_owner_and_another_password_only_until_it_is_claimed() {
    let shop = TestShop::open().await;
    let invoke = |email: &str, again: bool| {
        let payload = json!({ "email": email, "again": again });
        let shop = &shop;
        async move { shop.invoke(FUNCTION, &payload).await }
    };
    let first = invoke("owner@example.com", false).await.expect(200);
    assert_eq!(
        invoke("owner@example.com", false).await.text("/errorType"),
        "owner_exists"
    );
    assert_eq!(
        invoke("other@example.com", true).await.text("/errorType"),
        "owner_exists"
    );
    let second = invoke("owner@example.com", true).await.expect(200);
    let old = shop
        .log_in("owner@example.com", first.text("/one_time_password"))
        .await;
    old.refuses(401, "bad_credentials");
    let opened = shop
        .log_in("owner@example.com", second.text("/one_time_password"))
        .await
        .expect(200);
    let chosen = json!({ "token": opened.text("/reset_token"), "password": PASSWORD });
    shop.post("/v1/password-resets/confirm")
        .json(&chosen)
        .await
        .expect(204);
    assert_eq!(
        invoke("owner@example.com", true).await.text("/errorType"),
        "owner_exists"
    );
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let refused = shop
        .invoke(
            FUNCTION,
            &json!({ "email": "owner@example.com", "password": "mine" }),
        )
        .await;
    assert_eq!(refused.text("/errorType"), "invalid_request");
}
