//! `POST /v1/password-resets/confirm`, seen from outside.

use serde_json::json;

use crate::shop::{Ask, PASSWORD, TestShop};

const NEW: &str = "zwei Wale im Kühlschrank";

async fn asked(shop: &TestShop) -> String {
    shop.post("/v1/password-resets")
        .json(&json!({ "email": "anna@example.com" }))
        .await
        .expect(202);
    shop.token_for("anna@example.com", "rst_").await
}

fn reset<'a>(shop: &'a TestShop, token: &str, password: &str) -> Ask<'a> {
    let body = json!({ "token": token, "password": password });
    shop.post("/v1/password-resets/confirm").json(&body)
}

// ID-6, ID-17
#[tokio::test]
async fn a_reset_sets_the_password_ends_every_session_and_tells_the_owner() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let token = asked(&shop).await;
    reset(&shop, &token, NEW).await.expect(204);
    shop.log_in("anna@example.com", PASSWORD)
        .await
        .refuses(401, "bad_credentials");
    shop.log_in("anna@example.com", NEW).await.expect(200);
    let step_up = shop
        .post("/v1/account/step-up/password")
        .person(&anna)
        .json(&json!({ "password": NEW }));
    step_up.await.refuses(401, "unauthenticated");
    let mails = shop.mails_to("anna@example.com").await;
    assert!(
        mails
            .iter()
            .any(|mail| mail["subject"] == "Your password was changed"),
        "{mails:#?}"
    );
}

// ID-6
#[tokio::test]
async fn a_link_is_good_once_and_a_newer_one_kills_it() {
    let shop = TestShop::open().await;
    shop.customer("anna@example.com").await;
    let older = asked(&shop).await;
    let newer = asked(&shop).await;
    reset(&shop, &older, NEW).await.refuses(409, "bad_link");
    reset(&shop, &newer, NEW).await.expect(204);
    reset(&shop, &newer, "three whales in the kitchen")
        .await
        .refuses(409, "bad_link");
}

#[tokio::test]
async fn a_weak_password_does_not_use_the_link_up() {
    let shop = TestShop::open().await;
    shop.customer("anna@example.com").await;
    let token = asked(&shop).await;
    reset(&shop, &token, "short")
        .await
        .refuses(400, "invalid_request")
        .names("password");
    reset(&shop, &token, NEW).await.expect(204);
}

// ID-5
#[tokio::test]
async fn a_reset_forgives_failed_logins() {
    let shop = TestShop::open().await;
    shop.customer("anna@example.com").await;
    for _ in 0..3 {
        shop.log_in("anna@example.com", "not her password")
            .await
            .refuses(401, "bad_credentials");
    }
    let token = asked(&shop).await;
    reset(&shop, &token, NEW).await.expect(204);
    let rows = shop.rows("identity").await;
    let account = rows
        .iter()
        .find(|row| row["pk"].as_str().unwrap().starts_with("account#") && row["sk"] == "failures");
    assert_eq!(account.unwrap()["failures"], 0);
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    let made_up = "rst_0123456789abcdef0123456789abcdef_c2VjcmV0";
    reset(&shop, made_up, NEW).await.refuses(409, "bad_link");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let refused = shop
        .post("/v1/password-resets/confirm")
        .json(&json!({ "token": 5 }))
        .await;
    refused
        .refuses(400, "invalid_request")
        .names("token")
        .names("password");
}
