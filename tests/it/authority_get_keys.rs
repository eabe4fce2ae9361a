//! `GET /.well-known/jwks.json`, seen from outside.

use serde_json::json;

use crate::shop::TestShop;

// ID-9
#[tokio::test]
async fn everybody_can_read_the_key_of_a_token() {
    let shop = TestShop::open().await;
    shop.customer("ada@example.com").await;
    let keys = shop.get("/.well-known/jwks.json").await.expect(200);
    let cache = keys.header("cache-control").unwrap_or_default();
    assert!(
        cache.contains("public") && cache.contains("max-age=300"),
        "{cache}"
    );
    let key = keys.at("/keys/0");
    assert_eq!(
        (&key["kty"], &key["crv"], &key["alg"]),
        (&json!("EC"), &json!("P-256"), &json!("ES256"))
    );
    let names: Vec<&String> = key.as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        ["kty", "crv", "alg", "use", "kid", "x", "y"],
        "no private part"
    );
}

#[tokio::test]
async fn a_stranger_is_welcome() {
    let shop = TestShop::open().await;
    let keys = shop.get("/.well-known/jwks.json").await.expect(200);
    assert_eq!(keys.at("/keys"), &json!([]), "no token yet, no key yet");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    shop.get("/.well-known/jwks.json?kid=1")
        .await
        .refuses(400, "invalid_request");
}
