//! `POST /v1/passkeys/options`, seen from outside.

use authenticator::Authenticator;
use serde_json::json;

use crate::shop::TestShop;

const PATH: &str = "/v1/passkeys/options";

// ID-7, ID-16
#[tokio::test]
async fn anybody_may_ask_and_learns_of_no_account() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    shop.passkey_of(&anna, &mut Authenticator::new())
        .await
        .expect(201);
    let options = shop.post(PATH).json(&json!({})).await.expect(200);
    assert_eq!(options.at("/public_key/allowCredentials"), &json!([]));
    assert_eq!(options.text("/public_key/userVerification"), "required");
    assert_eq!(options.at("/public_key/timeout"), 300_000);
}

#[tokio::test]
async fn after_a_right_password_the_accounts_passkeys_are_named() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    shop.passkey_of(&anna, &mut Authenticator::new())
        .await
        .expect(201);
    let challenge = shop.challenge_of("anna@example.com").await;
    let options = shop
        .post(PATH)
        .json(&json!({ "challenge": challenge }))
        .await
        .expect(200);
    assert_eq!(
        options
            .at("/public_key/allowCredentials")
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let own = shop.post(PATH).person(&anna).json(&json!({})).await.expect(200);
    assert_eq!(
        own.at("/public_key/allowCredentials").as_array().unwrap().len(),
        1
    );
}

#[tokio::test]
async fn without_a_passkey_there_is_nothing_to_sign() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    shop.post(PATH)
        .person(&anna)
        .json(&json!({}))
        .await
        .refuses(409, "no_passkey");
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.post(PATH)
        .bearer("made up")
        .json(&json!({}))
        .await
        .refuses(401, "unauthenticated");
    let forged = json!({ "challenge": "bm8.bm8" });
    shop.post(PATH)
        .json(&forged)
        .await
        .refuses(401, "login_step_over");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let refused = shop
        .post(PATH)
        .json(&json!({ "email": "anna@example.com" }))
        .await;
    refused.refuses(400, "invalid_request").names("email");
}
