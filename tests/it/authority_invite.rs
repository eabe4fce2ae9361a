//! `POST /v1/admin/invitations`, seen from outside.

use serde_json::json;

use crate::shop::TestShop;

#[tokio::test]
async fn somebody_is_asked_by_mail_once() {
    let shop = TestShop::open().await;
    let body = json!({ "email": "grace@example.com", "roles": ["support"] });
    let ask = || shop.post("/v1/admin/invitations").staff().key("k-1").json(&body);
    let first = ask().await.expect(201);
    let again = ask().await.expect(201);
    assert_eq!(first.body(), again.body());
    assert_eq!(
        (first.text("/status"), first.text("/roles/0")),
        ("pending", "support")
    );
    let token = shop.token_for("grace@example.com", "cw_in_").await;
    assert!(!first.to_string().contains(&token), "only the mail has it");
    assert_eq!(shop.mails_to("grace@example.com").await.len(), 1);
}

#[tokio::test]
async fn nobody_invites_to_more_than_they_hold() {
    let shop = TestShop::open().await;
    let admin = shop.staff_person("admin@example.com", &["admin"]).await;
    shop.post("/v1/admin/invitations")
        .person(&admin)
        .json(&json!({ "email": "grace@example.com", "roles": ["owner"] }))
        .await
        .refuses(409, "exceeds_grantor");
    assert!(shop.mails_to("grace@example.com").await.is_empty());
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.post("/v1/admin/invitations")
        .json(&json!({ "email": "grace@example.com", "roles": ["support"] }))
        .await
        .refuses(401, "unauthenticated");
    let key = shop.key_with(&["orders.read"]).await;
    shop.post("/v1/admin/invitations")
        .bearer(&key)
        .json(&json!({ "email": "grace@example.com", "roles": ["support"] }))
        .await
        .refuses(403, "forbidden");
    let analyst = shop.staff_person("analyst@example.com", &["analyst"]).await;
    shop.post("/v1/admin/invitations")
        .person(&analyst)
        .json(&json!({ "email": "grace@example.com", "roles": ["support"] }))
        .await
        .refuses(403, "forbidden");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    shop.post("/v1/admin/invitations")
        .staff()
        .json(&json!({ "email": "nowhere", "roles": [] }))
        .await
        .refuses(400, "invalid_request")
        .names("roles");
    shop.post("/v1/admin/invitations")
        .staff()
        .json(&json!({ "email": "grace@example.com", "roles": ["unknown"] }))
        .await
        .refuses(400, "role_unknown");
}
