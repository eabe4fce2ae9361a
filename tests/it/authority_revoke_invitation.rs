//! `DELETE /v1/admin/invitations/{invitation_id}`, seen from outside.

use serde_json::json;

use crate::shop::{PASSWORD, TestShop};

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
async fn an_invitation_that_was_taken_back_opens_nothing() {
    let shop = TestShop::open().await;
    let path = invite(&shop, "grace@example.com").await;
    let token = shop.token_for("grace@example.com", "cw_in_").await;
    for _ in 0..2 {
        shop.delete(&*path).staff().await.expect(204);
    }
    let refused = shop
        .post("/v1/invitations/accept")
        .json(&json!({ "token": token, "password": PASSWORD }))
        .await;
    assert_eq!(refused.status() / 100, 4, "{refused}");
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.delete("/v1/admin/invitations/inv_01h455vb4pex5vsknk084sn02q")
        .await
        .refuses(401, "unauthenticated");
    let key = shop.key_with(&["orders.read"]).await;
    shop.delete("/v1/admin/invitations/inv_01h455vb4pex5vsknk084sn02q")
        .bearer(&key)
        .await
        .refuses(403, "forbidden");
    let analyst = shop.staff_person("analyst@example.com", &["analyst"]).await;
    shop.delete("/v1/admin/invitations/inv_01h455vb4pex5vsknk084sn02q")
        .person(&analyst)
        .await
        .refuses(403, "forbidden");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    shop.delete("/v1/admin/invitations/nonsense")
        .staff()
        .await
        .refuses(404, "not_found");
}
