//! `POST /v1/account/factors/totp/confirm`, seen from outside.

use serde_json::json;

use crate::shop::{App, TestShop};

const PATH: &str = "/v1/account/factors/totp/confirm";

// ID-15
#[tokio::test]
async fn from_the_first_code_on_a_login_asks_for_one() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let (mut app, confirmed) = shop.app_of(&anna).await;
    assert_eq!(confirmed.text("/factor/kind"), "totp");
    assert_eq!(confirmed.at("/recovery_codes").as_array().unwrap().len(), 10);

    let challenge = shop.challenge_of("anna@example.com").await;
    shop.complete(&challenge, json!({ "totp": app.code() }))
        .await
        .expect(200);
    let mails = shop.mails_to("anna@example.com").await;
    let last = mails.last().unwrap();
    assert!(
        last["text"]
            .as_str()
            .unwrap()
            .to_lowercase()
            .contains("authenticator app"),
        "{last}"
    );
}

// ID-15
#[tokio::test]
async fn a_wrong_code_confirms_nothing() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let confirm = |code: String| shop.post(PATH).person(&anna).json(&json!({ "code": code }));
    confirm("123456".into()).await.refuses(409, "totp_not_started");
    let enrolled = shop
        .post("/v1/account/factors/totp")
        .person(&anna)
        .await
        .expect(200);
    let mut app = App::of(enrolled.text("/secret"));
    let right = app.code();
    let wrong = if right == "123456" { "123457" } else { "123456" };
    confirm(wrong.into()).await.refuses(409, "factor_code_wrong");
    confirm(right).await.expect(200);
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.post(PATH)
        .json(&json!({ "code": "123456" }))
        .await
        .refuses(401, "unauthenticated");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    for code in ["", "12345", "1234567", "12345a", "１２３４５６"] {
        let refused = shop.post(PATH).person(&anna).json(&json!({ "code": code })).await;
        refused.refuses(400, "invalid_request").names("code");
    }
}
