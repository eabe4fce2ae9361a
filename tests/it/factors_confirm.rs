//! `POST /v1/account/step-up/factor`, seen from outside.

use authenticator::{Authenticator, Lie};
use serde_json::json;

use crate::shop::TestShop;

const PATH: &str = "/v1/account/step-up/factor";

// ID-15
#[tokio::test]
async fn a_code_raises_the_session_to_two_factors() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let (mut app, _) = shop.app_of(&anna).await;
    let codes = "/v1/account/recovery-codes";
    shop.post(codes)
        .person(&anna)
        .await
        .refuses(409, "show_factor_first");
    let body = json!({ "method": { "totp": app.code() } });
    let raised = shop.post(PATH).person(&anna).json(&body).await.expect(200);
    assert!(raised.at("/refresh_token").is_null());
    shop.post(codes)
        .bearer(raised.text("/access_token"))
        .await
        .expect(200);
    shop.post(PATH)
        .person(&anna)
        .json(&body)
        .await
        .refuses(409, "factor_code_wrong");
}

// ID-16
#[tokio::test]
async fn a_passkey_raises_the_session_it_was_asked_in() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let mut laptop = Authenticator::new();
    shop.passkey_of(&anna, &mut laptop).await.expect(201);
    let options = shop
        .post("/v1/passkeys/options")
        .person(&anna)
        .json(&json!({}))
        .await
        .expect(200);
    let proof = TestShop::sign(&options, &mut laptop, &Lie::default());
    let body = json!({ "method": { "passkey": proof } });
    // Another session of hers cannot use it.
    let login = shop.passkey_login(&mut laptop, &Lie::default()).await.expect(200);
    let elsewhere = shop
        .post(PATH)
        .bearer(login.text("/access_token"))
        .json(&body)
        .await;
    elsewhere.refuses(409, "passkey_ceremony_over");
    let options = shop
        .post("/v1/passkeys/options")
        .person(&anna)
        .json(&json!({}))
        .await
        .expect(200);
    let proof = TestShop::sign(&options, &mut laptop, &Lie::default());
    let body = json!({ "method": { "passkey": proof } });
    shop.post(PATH).person(&anna).json(&body).await.expect(200);
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    let body = json!({ "method": { "totp": "123456" } });
    shop.post(PATH).json(&body).await.refuses(401, "unauthenticated");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let refused = shop
        .post(PATH)
        .person(&anna)
        .json(&json!({ "method": { "totp": 123_456 } }))
        .await;
    refused.refuses(400, "invalid_request").names("method.totp");
}
