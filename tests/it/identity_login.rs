//! `POST /v1/sessions`, seen from outside.

use serde_json::{Value, json};

use crate::shop::{Answer, PASSWORD, Person, TestShop};

#[tokio::test]
async fn the_right_password_starts_a_session() {
    let shop = TestShop::open().await;
    let first = shop.customer("anna@example.com").await;
    let second = Person::of(
        "anna@example.com",
        &shop.log_in("anna@example.com", PASSWORD).await,
    );
    assert_ne!(first.session_id, second.session_id);
    // Whatever the case in which the address is typed.
    shop.log_in("Anna@Example.com", PASSWORD).await.expect(200);
}

/// An answer without what is different in every one.
fn bare(answer: &Answer) -> (u16, Value, Vec<(String, String)>) {
    let mut body = answer.body().clone();
    body["error"]["request_id"] = Value::Null;
    let mut headers = answer.headers();
    headers.retain(|(name, _)| {
        !matches!(name.as_str(), "x-request-id" | "apigw-requestid" | "date")
            && !name.starts_with("ratelimit")
    });
    (answer.status(), body, headers)
}

// ID-5, ID-7
#[tokio::test]
async fn wrong_unknown_and_locked_are_one_answer() {
    let shop = TestShop::open().await;
    shop.customer("anna@example.com").await;
    let wrong = shop.log_in("anna@example.com", "not her password").await;
    let unknown = shop.log_in("nobody@example.com", "not her password").await;
    assert_eq!(wrong.status(), 401);
    assert_eq!(bare(&wrong), bare(&unknown));
    for _ in 0..4 {
        shop.log_in("anna@example.com", "not her password")
            .await
            .refuses(401, "bad_credentials");
    }
    // The fifth failure in a row has closed the account to this address for half a minute: the right
    // password is answered like a wrong one.
    let locked = shop.log_in("anna@example.com", PASSWORD).await;
    assert_eq!(bare(&locked), bare(&wrong));
}

// ID-5
#[tokio::test]
async fn who_reads_the_mail_gets_in_while_the_password_is_locked() {
    let shop = TestShop::open().await;
    shop.customer("anna@example.com").await;
    for _ in 0..6 {
        shop.log_in("anna@example.com", "not her password")
            .await
            .refuses(401, "bad_credentials");
    }
    let asked = shop
        .post("/v1/magic-links")
        .json(&json!({ "email": "anna@example.com" }))
        .await
        .expect(202);
    let token = shop.token_for("anna@example.com", "lnk_").await;
    let both = json!({ "request_id": asked.text("/request_id"), "token": token });
    let redeemed = shop.post("/v1/magic-links/redeem").json(&both).await.expect(200);
    Person::of("anna@example.com", &redeemed);
}

#[tokio::test]
async fn every_login_is_in_the_audit_trail() {
    let shop = TestShop::open().await;
    shop.customer("anna@example.com").await;
    shop.log_in("anna@example.com", PASSWORD).await.expect(200);
    shop.log_in("anna@example.com", "not her password")
        .await
        .refuses(401, "bad_credentials");
    let rows = shop.rows("trail").await;
    let actions: Vec<&str> = rows.iter().filter_map(|row| row["action"].as_str()).collect();
    for action in [
        "registration.requested",
        "account.created",
        "password.confirmed",
        "session.started",
        "login.failed",
    ] {
        assert!(actions.contains(&action), "{action} is not in {actions:?}");
    }
    let text = serde_json::to_string(&rows).unwrap();
    assert!(
        !text.contains("anna@example.com") && !text.contains("password\":"),
        "{text}"
    );
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let refused = shop
        .post("/v1/sessions")
        .json(&json!({ "email": 5, "token": "x" }))
        .await;
    refused
        .refuses(400, "invalid_request")
        .names("email")
        .names("password")
        .names("token");
}
