//! `POST /v1/account/password`, seen from outside.

use serde_json::{Value, json};

use crate::shop::{Answer, PASSWORD, Person, TestShop};

const NEW: &str = "zwei Wale im Kühlschrank";

async fn change(shop: &TestShop, person: &Person, body: &Value) -> Answer {
    shop.post("/v1/account/password").person(person).json(body).await
}

async fn is_logged_in(shop: &TestShop, person: &Person, password: &str) -> bool {
    let asked = shop.post("/v1/account/step-up/password").person(person);
    asked.json(&json!({ "password": password })).await.status() == 200
}

// ID-6, ID-17
#[tokio::test]
async fn who_knows_the_password_changes_it_and_other_sessions_end() {
    let shop = TestShop::open().await;
    let here = shop.customer("anna@example.com").await;
    let elsewhere = Person::of(
        "anna@example.com",
        &shop.log_in("anna@example.com", PASSWORD).await,
    );
    let body = json!({ "current_password": PASSWORD, "new_password": NEW });
    change(&shop, &here, &body).await.expect(204);
    assert!(is_logged_in(&shop, &here, NEW).await);
    assert!(!is_logged_in(&shop, &elsewhere, NEW).await);
    shop.log_in("anna@example.com", PASSWORD)
        .await
        .refuses(401, "bad_credentials");
    let mails = shop.mails_to("anna@example.com").await;
    assert!(
        mails
            .iter()
            .any(|mail| mail["subject"] == "Your password was changed")
    );
}

#[tokio::test]
async fn other_sessions_go_on_when_that_is_wanted() {
    let shop = TestShop::open().await;
    let here = shop.customer("anna@example.com").await;
    let elsewhere = Person::of(
        "anna@example.com",
        &shop.log_in("anna@example.com", PASSWORD).await,
    );
    let body = json!({ "current_password": PASSWORD, "new_password": NEW, "keep_other_sessions": true });
    change(&shop, &here, &body).await.expect(204);
    assert!(is_logged_in(&shop, &elsewhere, NEW).await);
}

// ID-6
#[tokio::test]
async fn the_present_password_is_needed() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let body = json!({ "current_password": "not her password", "new_password": NEW });
    change(&shop, &anna, &body).await.refuses(409, "wrong_password");
    shop.log_in("anna@example.com", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    let body = json!({ "current_password": PASSWORD, "new_password": NEW });
    shop.post("/v1/account/password")
        .json(&body)
        .await
        .refuses(401, "unauthenticated");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    change(&shop, &anna, &json!({ "new_password": NEW }))
        .await
        .refuses(400, "invalid_request")
        .names("current_password");
    let weak = json!({ "current_password": PASSWORD, "new_password": "short" });
    change(&shop, &anna, &weak)
        .await
        .refuses(400, "invalid_request")
        .names("new_password");
}
