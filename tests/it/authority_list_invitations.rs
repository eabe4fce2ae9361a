//! `GET /v1/admin/invitations`, seen from outside.

use serde_json::json;

use crate::shop::TestShop;

/// An invitation's path.
async fn invite(shop: &TestShop, email: &str) -> String {
    let made = shop
        .post("/v1/admin/invitations")
        .staff()
        .json(&json!({ "email": email, "roles": ["support"] }))
        .await
        .expect(201);
    format!("/v1/admin/invitations/{}", made.text("/invitation_id"))
}

#[tokio::test]
async fn who_was_asked_is_listed_newest_first_without_tokens() {
    let shop = TestShop::open().await;
    let first = invite(&shop, "a@example.com").await;
    invite(&shop, "b@example.com").await;
    shop.delete(first).staff().await.expect(204);
    let listed = shop.get("/v1/admin/invitations").staff().await.expect(200);
    let seen: Vec<(&str, &str)> = listed
        .data()
        .iter()
        .filter_map(|one| Some((one["email"].as_str()?, one["status"].as_str()?)))
        .collect();
    assert_eq!(seen, [("b@example.com", "pending"), ("a@example.com", "revoked")]);
    assert!(!listed.to_string().contains("secret"));
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.get("/v1/admin/invitations")
        .await
        .refuses(401, "unauthenticated");
    let key = shop.key_with(&["orders.read"]).await;
    shop.get("/v1/admin/invitations")
        .bearer(&key)
        .await
        .refuses(403, "forbidden");
    let analyst = shop.staff_person("analyst@example.com", &["analyst"]).await;
    shop.get("/v1/admin/invitations")
        .person(&analyst)
        .await
        .refuses(403, "forbidden");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    shop.get("/v1/admin/invitations?limit=0")
        .staff()
        .await
        .refuses(400, "invalid_request");
}
