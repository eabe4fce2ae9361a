//! `POST /v1/admin/keys`, seen from outside.

use serde_json::json;

use crate::shop::TestShop;

#[tokio::test]
async fn a_key_opens_what_its_scopes_name() {
    let shop = TestShop::open().await;
    let made = shop
        .post("/v1/admin/keys")
        .staff()
        .json(&json!({ "name": "warehouse", "scopes": ["orders.read"] }))
        .await
        .expect(201);
    let text = made.text("/text");
    assert!(text.starts_with("cw_sk_"));
    shop.get("/v1/admin/orders").bearer(text).await.expect(200);
    shop.get("/v1/admin/products")
        .bearer(text)
        .await
        .refuses(403, "forbidden");
    let rows = serde_json::Value::from(shop.rows("authority").await).to_string();
    assert!(!rows.contains(&text[text.len() - 49..]), "hashed");
}

#[tokio::test]
async fn a_publishable_key_grants_nothing() {
    let shop = TestShop::open().await;
    let made = shop
        .post("/v1/admin/keys")
        .staff()
        .json(&json!({ "kind": "publishable", "name": "shop front" }))
        .await
        .expect(201);
    let text = made.text("/text");
    assert!(text.starts_with("cw_pk_"));
    shop.get("/v1/admin/orders")
        .bearer(text)
        .await
        .refuses(401, "unauthenticated");
}

// A person needs a second factor to mint a key; a machine has none.
#[tokio::test]
async fn one_factor_is_not_enough() {
    let shop = TestShop::open().await;
    let owner = shop.customer("owner@example.com").await;
    shop.give_roles(&owner, &["owner"]).await;
    let body = json!({ "name": "warehouse", "scopes": ["orders.read"] });
    shop.post("/v1/admin/keys")
        .person(&owner)
        .json(&body)
        .await
        .refuses(403, "second_factor_required");
    let owner = shop.with_second_factor(owner).await;
    shop.post("/v1/admin/keys")
        .person(&owner)
        .json(&body)
        .await
        .expect(201);
}

// ID-20
#[tokio::test]
async fn a_key_with_an_end_mints_none_that_outlives_it() {
    let shop = TestShop::open().await;
    let key = shop.passing_key(&["keys.write", "orders.read"]).await;
    let mint = |end: Option<&str>| {
        let mut body = json!({ "name": "x", "scopes": ["orders.read"] });
        if let Some(end) = end {
            body["expires_at"] = end.into();
        }
        shop.post("/v1/admin/keys").bearer(&key).json(&body)
    };
    mint(None).await.refuses(409, "key_outlives_grantor");
    let (later, same) = ("2100-01-01T00:00:00.001Z", "2100-01-01T00:00:00.000Z");
    mint(Some(later)).await.refuses(409, "key_outlives_grantor");
    mint(Some(same)).await.expect(201);
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.post("/v1/admin/keys")
        .json(&json!({ "name": "mine", "scopes": ["orders.read"] }))
        .await
        .refuses(401, "unauthenticated");
    let key = shop.key_with(&["orders.read"]).await;
    shop.post("/v1/admin/keys")
        .bearer(&key)
        .json(&json!({ "name": "mine", "scopes": ["orders.read"] }))
        .await
        .refuses(403, "forbidden");
    let analyst = shop.staff_person("analyst@example.com", &["analyst"]).await;
    shop.post("/v1/admin/keys")
        .person(&analyst)
        .json(&json!({ "name": "mine", "scopes": ["orders.read"] }))
        .await
        .refuses(403, "forbidden");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let mint = |body: serde_json::Value| shop.post("/v1/admin/keys").staff().json(&body);
    mint(json!({ "name": "x", "scopes": [] }))
        .await
        .refuses(400, "key_scope_missing");
    mint(json!({ "name": "x", "scopes": ["Orders"] }))
        .await
        .refuses(400, "invalid_request")
        .names("scopes[0]");
    mint(json!({ "name": "x", "scopes": ["*"], "expires_at": "2020-01-01T00:00:00.000Z" }))
        .await
        .refuses(400, "key_expired");
    mint(json!({ "kind": "publishable", "name": "x", "scopes": ["orders.read"] }))
        .await
        .refuses(400, "key_scope_public");
    let key = shop.key_with(&["keys.write"]).await;
    shop.post("/v1/admin/keys")
        .bearer(&key)
        .json(&json!({ "name": "x", "scopes": ["orders.read"] }))
        .await
        .refuses(409, "key_exceeds_grantor");
}
