//! `DELETE /v1/admin/keys/{key_id}`, seen from outside.

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
async fn a_revoked_key_opens_nothing_from_then_on() {
    let shop = TestShop::open().await;
    let (text, path) = mint(&shop).await;
    shop.get("/v1/admin/orders").bearer(&text).await.expect(200);
    for _ in 0..2 {
        shop.delete(&*path).staff().await.expect(204);
    }
    shop.get("/v1/admin/orders")
        .bearer(&text)
        .await
        .refuses(401, "unauthenticated");
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.delete("/v1/admin/keys/key_01h455vb4pex5vsknk084sn02q")
        .await
        .refuses(401, "unauthenticated");
    let key = shop.key_with(&["orders.read"]).await;
    shop.delete("/v1/admin/keys/key_01h455vb4pex5vsknk084sn02q")
        .bearer(&key)
        .await
        .refuses(403, "forbidden");
    let analyst = shop.staff_person("analyst@example.com", &["analyst"]).await;
    shop.delete("/v1/admin/keys/key_01h455vb4pex5vsknk084sn02q")
        .person(&analyst)
        .await
        .refuses(403, "forbidden");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    for key_id in ["nonsense", "key_01h455vb4pex5vsknk084sn02q"] {
        shop.delete(format!("/v1/admin/keys/{key_id}"))
            .staff()
            .await
            .refuses(404, "not_found");
    }
}
