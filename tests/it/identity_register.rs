//! `POST /v1/accounts`, seen from outside.

use serde_json::json;

use crate::shop::{PASSWORD, TestShop};

#[tokio::test]
async fn a_registration_is_proven_by_mail_and_nothing_exists_before() {
    let shop = TestShop::open().await;
    shop.register("anna@example.com").await;
    let mails = shop.mails_to("anna@example.com").await;
    assert_eq!(mails.len(), 1);
    assert!(
        mails[0]["text"]
            .as_str()
            .unwrap()
            .contains("/verify-email#token=evt_"),
        "{mails:#?}"
    );
    let users = shop.rows("authority").await;
    assert!(
        !users
            .iter()
            .any(|row| row["pk"].as_str().unwrap().starts_with("user#")),
        "{users:#?}"
    );
    shop.log_in("anna@example.com", PASSWORD)
        .await
        .refuses(401, "bad_credentials");
}

// ID-7
#[tokio::test]
async fn an_address_with_an_account_is_answered_alike_and_its_owner_is_told() {
    let shop = TestShop::open().await;
    shop.customer("anna@example.com").await;
    let ask = |email: &str| {
        shop.post("/v1/accounts")
            .json(&json!({ "email": email, "password": PASSWORD }))
    };
    let (taken, free) = (ask("anna@example.com").await, ask("ben@example.com").await);
    assert_eq!((taken.status(), free.status()), (202, 202));
    let shape = |answer: &crate::shop::Answer| {
        let id = answer.text("/registration_id").len();
        (id, answer.at("/expires_in").clone(), answer.bytes().len())
    };
    assert_eq!(shape(&taken), shape(&free));
    let mails = shop.mails_to("anna@example.com").await;
    assert!(
        mails.last().unwrap()["subject"]
            .as_str()
            .unwrap()
            .contains("have an account already")
    );
}

// ID-1, ID-3
#[tokio::test]
async fn a_weak_password_is_refused_by_its_field_and_says_why() {
    let shop = TestShop::open().await;
    let refused = |password: &str| {
        let body = json!({ "email": "anna.beispiel@example.com", "password": password });
        shop.post("/v1/accounts").json(&body)
    };
    for (password, code) in [
        ("short", "too_short"),
        ("fourteen chars", "too_short"),
        ("aaaaaaaaaaaaaaaaaaaaaa", "password_repetitive"),
        ("anna.beispiel@example.com", "password_contextual"),
        (&"long ".repeat(60), "too_long"),
    ] {
        let answer = refused(password)
            .await
            .refuses(400, "invalid_request")
            .names("password");
        assert_eq!(answer.text("/error/details/0/code"), code, "{answer}");
        assert!(
            !answer.to_string().contains(password) || password == "short",
            "{answer}"
        );
    }
    assert!(shop.mails().await.is_empty());
}

#[tokio::test]
async fn nobody_is_flooded_with_mail() {
    let shop = TestShop::open().await;
    for _ in 0..8 {
        shop.register("anna@example.com").await;
    }
    assert_eq!(shop.mails_to("anna@example.com").await.len(), 5);
}

#[tokio::test]
async fn neither_a_password_nor_a_code_is_kept_or_logged() {
    let shop = TestShop::open().await;
    let registered = shop
        .post("/v1/accounts")
        .json(&json!({ "email": "anna@example.com", "password": PASSWORD }))
        .await
        .expect(202);
    let code = shop.code_for("anna@example.com").await;
    let token = shop.token_for("anna@example.com", "evt_").await;
    let secret = registered
        .text("/registration_id")
        .rsplit('_')
        .next()
        .unwrap()
        .to_owned();
    for table in ["identity", "authority", "idempotency", "trail"] {
        let rows = serde_json::to_string(&shop.rows(table).await).unwrap();
        for text in [PASSWORD, &code, &token, &secret] {
            assert!(!rows.contains(text), "{table} has {text}");
        }
    }
    let logs = shop.logs(registered.header("x-request-id").unwrap()).await;
    assert!(
        !logs.contains("anna@example.com") && !logs.contains(PASSWORD),
        "{logs}"
    );
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let body = json!({ "email": 5, "password": PASSWORD, "roles": ["owner"] });
    let refused = shop.post("/v1/accounts").json(&body).await;
    refused
        .refuses(400, "invalid_request")
        .names("email")
        .names("roles");
}
