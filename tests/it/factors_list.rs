//! `GET /v1/account/factors`, seen from outside.

use authenticator::Authenticator;

use crate::shop::TestShop;

// ID-18
#[tokio::test]
async fn everybody_sees_their_own_factors_and_nobody_elses() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let berta = shop.customer("berta@example.com").await;
    shop.passkey_of(&anna, &mut Authenticator::synced())
        .await
        .expect(201);

    let hers = shop.get("/v1/account/factors").person(&anna).await.expect(200);
    assert_eq!(
        (hers.text("/factors/0/kind"), hers.text("/factors/0/name")),
        ("passkey", "Laptop")
    );
    assert_eq!(
        (hers.at("/factors/0/synced"), hers.at("/recovery_codes_left")),
        (&true.into(), &10.into())
    );
    let nothing = shop.get("/v1/account/factors").person(&berta).await.expect(200);
    assert_eq!(nothing.at("/factors"), &serde_json::json!([]));
}

#[tokio::test]
async fn neither_keys_nor_secrets_are_shown() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    shop.app_of(&anna).await;
    let shown = shop.get("/v1/account/factors").person(&anna).await.expect(200);
    let fields: Vec<&String> = shown.at("/factors/0").as_object().unwrap().keys().collect();
    assert_eq!(
        fields,
        ["factor_id", "kind", "name", "created_at", "last_used_at"]
    );
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.get("/v1/account/factors")
        .await
        .refuses(401, "unauthenticated");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let refused = shop.get("/v1/account/factors?kind=totp").person(&anna).await;
    refused.refuses(400, "invalid_request").names("kind");
}
