//! `POST /v1/admin/keys/{key_id}/rotate`, seen from outside.

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

// ID-14
#[tokio::test]
async fn the_old_and_the_new_key_are_both_good_for_a_while() {
    let shop = TestShop::open().await;
    let (old, path) = mint(&shop).await;
    let rotated = shop.post(format!("{path}/rotate")).staff().await.expect(201);
    let new = rotated.text("/text").to_owned();
    assert_ne!(old, new);
    for key in [&old, &new] {
        shop.get("/v1/admin/orders").bearer(key).await.expect(200);
    }
    let listed = shop.get("/v1/admin/keys").staff().await.expect(200);
    let replaced = listed
        .data()
        .iter()
        .find(|key| path.ends_with(key["key_id"].as_str().unwrap()));
    assert_eq!(replaced.unwrap()["replaced_by"], *rotated.at("/key/key_id"));
    assert!(replaced.unwrap()["expires_at"].is_string());
}

// ID-20
#[tokio::test]
async fn a_key_with_an_end_turns_into_one_with_the_same_end_only() {
    let shop = TestShop::open().await;
    let (_, endless) = mint(&shop).await;
    let scopes = json!(["keys.write", "orders.read"]);
    let body = json!({ "name": "x", "scopes": scopes, "expires_at": "2100-01-01T00:00:00.000Z" });
    let made = shop.post("/v1/admin/keys").staff().json(&body).await.expect(201);
    let (key, own) = (made.text("/text"), made.text("/key/key_id"));
    let rotate = |path: String| shop.post(format!("{path}/rotate")).bearer(key);
    rotate(endless).await.refuses(409, "key_outlives_grantor");
    let own = format!("/v1/admin/keys/{own}");
    let next = rotate(own.clone()).await.expect(201);
    assert_eq!(next.at("/key/expires_at"), &body["expires_at"]);
    // A day is left of the old one: what it rotates now would outlive it.
    rotate(own.clone()).await.refuses(409, "key_outlives_grantor");
    let again = shop.post(format!("{own}/rotate")).staff().await.expect(201);
    assert_eq!(again.at("/key/expires_at"), &body["expires_at"]);
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.post("/v1/admin/keys/key_01h455vb4pex5vsknk084sn02q/rotate")
        .await
        .refuses(401, "unauthenticated");
    let key = shop.key_with(&["orders.read"]).await;
    shop.post("/v1/admin/keys/key_01h455vb4pex5vsknk084sn02q/rotate")
        .bearer(&key)
        .await
        .refuses(403, "forbidden");
    let analyst = shop.staff_person("analyst@example.com", &["analyst"]).await;
    shop.post("/v1/admin/keys/key_01h455vb4pex5vsknk084sn02q/rotate")
        .person(&analyst)
        .await
        .refuses(403, "forbidden");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let (_, path) = mint(&shop).await;
    shop.delete(&*path).staff().await.expect(204);
    shop.post(format!("{path}/rotate"))
        .staff()
        .await
        .refuses(409, "key_over");
    shop.post("/v1/admin/keys/nonsense/rotate")
        .staff()
        .await
        .refuses(404, "not_found");
}
