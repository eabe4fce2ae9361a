//! `PUT /v1/admin/identity-providers/{provider}`, seen from outside. Whole ways there and back are in `oidc`.

use serde_json::json;

use crate::shop::{TestShop, sample};

const PATH: &str = "/v1/admin/identity-providers/example";

#[tokio::test]
async fn a_provider_is_set_up_and_its_secret_never_seen_again() {
    let shop = TestShop::open().await;
    let made = shop
        .send_sample("federation-put-provider", "example")
        .await
        .expect(200);
    assert!(made.text("/redirect_uri").ends_with("/sign-in/example"));
    for table in ["federation", "trail", "idempotency"] {
        let rows = json!(shop.rows(table).await).to_string();
        assert!(!rows.contains("from the provider"), "{table}");
    }
    let mut body = sample("federation-put-provider", "example")["body"].clone();
    body.as_object_mut().unwrap().remove("client_secret");
    body["title"] = json!("Renamed");
    let changed = shop
        .put(PATH)
        .staff()
        .if_match(made.etag())
        .json(&body)
        .await
        .expect(200);
    assert_eq!(changed.text("/title"), "Renamed", "the secret stays");
    shop.put(PATH)
        .staff()
        .if_match(made.etag())
        .json(&body)
        .await
        .refuses(412, "stale");
    body["issuer"] = json!("https://elsewhere.example.com");
    let moved = shop.put(PATH).staff().json(&body).await;
    moved.refuses(400, "invalid_request").names("client_secret");
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    let body = sample("federation-put-provider", "example")["body"].clone();
    shop.put(PATH).json(&body).await.refuses(401, "unauthenticated");
    let key = shop.key_with(&["providers.read"]).await;
    shop.put(PATH)
        .bearer(&key)
        .json(&body)
        .await
        .refuses(403, "forbidden");
}

// ID-23
#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    for issuer in [
        "https://accounts.example.com/",
        "ftp://accounts.example.com",
        "https://a.example.com?x=y",
    ] {
        let mut body = sample("federation-put-provider", "example")["body"].clone();
        body["issuer"] = json!(issuer);
        let refused = shop.put(PATH).staff().json(&body).await;
        refused.refuses(400, "invalid_request").names("issuer");
    }
}
