//! `POST /v1/account/passkeys/options`, seen from outside.

use authenticator::{Authenticator, Lie};
use serde_json::json;

use crate::shop::{Person, TestShop};

const PATH: &str = "/v1/account/passkeys/options";

// ID-16
#[tokio::test]
async fn the_options_are_what_a_browser_wants() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let options = shop.post(PATH).person(&anna).await.expect(200);
    assert_eq!(options.text("/public_key/rp/id"), "localhost");
    assert_eq!(options.text("/public_key/attestation"), "none");
    assert_eq!(options.text("/public_key/user/name"), "anna@example.com");
    // 32 random bytes, others every time.
    assert_eq!(options.text("/public_key/challenge").len(), 43);
    let again = shop.post(PATH).person(&anna).await.expect(200);
    assert_ne!(
        options.text("/public_key/challenge"),
        again.text("/public_key/challenge")
    );
}

#[tokio::test]
async fn what_the_user_has_is_excluded() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let mut laptop = Authenticator::new();
    shop.passkey_of(&anna, &mut laptop).await.expect(201);
    shop.post(PATH)
        .person(&anna)
        .await
        .refuses(409, "show_factor_first");
    let login = shop.passkey_login(&mut laptop, &Lie::default()).await.expect(200);
    let anna = Person::of("anna@example.com", &login);
    let options = shop.post(PATH).person(&anna).await.expect(200);
    assert_eq!(
        options
            .at("/public_key/excludeCredentials")
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.post(PATH).await.refuses(401, "unauthenticated");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let refused = shop
        .post(PATH)
        .person(&anna)
        .json(&json!({ "rp": "evil.test" }))
        .await;
    refused.refuses(400, "invalid_request").names("rp");
}
