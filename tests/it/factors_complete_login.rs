//! `POST /v1/sessions/second-factor`, seen from outside.

use authenticator::{Authenticator, Lie};
use serde_json::json;

use crate::shop::{Person, TestShop, together};

// ID-15
#[tokio::test]
async fn the_code_of_the_app_completes_a_login_once() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let (mut app, _) = shop.app_of(&anna).await;
    let (one, other) = (
        shop.challenge_of("anna@example.com").await,
        shop.challenge_of("anna@example.com").await,
    );
    let method = json!({ "totp": app.code() });
    let login = shop.complete(&one, method.clone()).await.expect(200);
    Person::of("anna@example.com", &login);
    shop.complete(&one, method.clone())
        .await
        .refuses(401, "login_step_over");
    shop.complete(&other, method)
        .await
        .refuses(401, "second_factor_wrong");
}

// ID-15
#[tokio::test]
async fn of_many_logins_with_one_code_one_wins() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let (mut app, _) = shop.app_of(&anna).await;
    let mut challenges = Vec::new();
    for _ in 0..4 {
        challenges.push(shop.challenge_of("anna@example.com").await);
    }
    let method = json!({ "totp": app.code() });
    let answers = together(
        challenges
            .iter()
            .map(|challenge| shop.complete(challenge, method.clone())),
    )
    .await;
    let won = answers.iter().filter(|answer| answer.status() == 200).count();
    assert_eq!(won, 1, "{answers:?}");
}

// ID-16
#[tokio::test]
async fn a_passkey_completes_a_login() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let mut stick = Authenticator::security_key();
    shop.passkey_of(&anna, &mut stick).await.expect(201);
    let challenge = shop.challenge_of("anna@example.com").await;
    let ask = shop
        .post("/v1/passkeys/options")
        .json(&json!({ "challenge": challenge }));
    let options = ask.await.expect(200);
    let proof = TestShop::sign(&options, &mut stick, &Lie::default());
    let login = shop
        .complete(&challenge, json!({ "passkey": proof }))
        .await
        .expect(200);
    Person::of("anna@example.com", &login);
}

// ID-15
#[tokio::test]
async fn a_login_takes_five_tries() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let (_, confirmed) = shop.app_of(&anna).await;
    let challenge = shop.challenge_of("anna@example.com").await;
    for _ in 0..5 {
        let guess = json!({ "recovery_code": "0000-0000-0000-0000" });
        shop.complete(&challenge, guess)
            .await
            .refuses(401, "second_factor_wrong");
    }
    let right = json!({ "recovery_code": confirmed.text("/recovery_codes/9") });
    shop.complete(&challenge, right.clone())
        .await
        .refuses(401, "login_step_over");
    let next = shop.challenge_of("anna@example.com").await;
    shop.complete(&next, right).await.expect(200);
}

// ID-15
#[tokio::test]
async fn wrong_codes_make_the_app_wait_and_not_the_recovery_codes() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let (mut app, confirmed) = shop.app_of(&anna).await;
    let right = app.code();
    let wrong = if right == "123456" { "123457" } else { "123456" };
    let challenge = shop.challenge_of("anna@example.com").await;
    for _ in 0..5 {
        let guess = json!({ "totp": wrong });
        shop.complete(&challenge, guess)
            .await
            .refuses(401, "second_factor_wrong");
    }
    let next = shop.challenge_of("anna@example.com").await;
    shop.complete(&next, json!({ "totp": right }))
        .await
        .refuses(409, "second_factor_wait");
    let paper = json!({ "recovery_code": confirmed.text("/recovery_codes/0") });
    shop.complete(&next, paper).await.expect(200);
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    let refused = shop.complete("bm8.bm8", json!({ "totp": "123456" })).await;
    refused.refuses(401, "login_step_over");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    for method in [
        json!({}),
        json!({ "totp": "123456", "recovery_code": "7h2k-9qfa-0x3m-ttzc" }),
    ] {
        let refused = shop.complete("bm8.bm8", method).await;
        refused.refuses(400, "invalid_request").names("method");
    }
    let refused = shop.complete("bm8.bm8", json!({ "sms": "1" })).await;
    refused.refuses(400, "invalid_request").names("method.sms");
}
