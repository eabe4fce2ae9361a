//! `GET /v1/admin/keys`, seen from outside.

use serde_json::json;

use crate::shop::TestShop;

/// A key's text and path.
async fn mint(shop: &TestShop) -> (String, String) {
    let made = shop
        .post("/v1/admin/keys")
        .staff()
        .json(&json!({ "name": "warehouse", "scopes": ["orders.read"] }))
        .await
        .expect(201);
    let path = format!("/v1/admin/keys/{}", made.text("/key/key_id"));
    (made.text("/text").to_owned(), path)
}

#[tokio::test]
async fn keys_are_listed_with_their_last_use_and_without_their_secrets() {
    let shop = TestShop::open().await;
    let (text, path) = mint(&shop).await;
    let listed = shop.get("/v1/admin/keys").staff().await.expect(200);
    assert!(path.ends_with(listed.text("/data/0/key_id")), "newest first");
    assert!(listed.at("/data/0/last_used_at").is_null());
    shop.get("/v1/admin/orders").bearer(&text).await.expect(200);
    let listed = shop.get("/v1/admin/keys").staff().await.expect(200);
    assert!(listed.at("/data/0/last_used_at").is_string());
    assert!(!listed.to_string().contains("hash"));
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.get("/v1/admin/keys").await.refuses(401, "unauthenticated");
    let key = shop.key_with(&["orders.read"]).await;
    shop.get("/v1/admin/keys")
        .bearer(&key)
        .await
        .refuses(403, "forbidden");
    let analyst = shop.staff_person("analyst@example.com", &["analyst"]).await;
    shop.get("/v1/admin/keys")
        .person(&analyst)
        .await
        .refuses(403, "forbidden");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    shop.get("/v1/admin/keys?limit=1000")
        .staff()
        .await
        .refuses(400, "invalid_request");
}
