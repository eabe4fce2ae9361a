//! `DELETE /v1/admin/roles/{role}`, seen from outside.

use serde_json::json;

use crate::shop::TestShop;

#[tokio::test]
async fn a_deleted_role_permits_nothing() {
    let shop = TestShop::open().await;
    let path = "/v1/admin/roles/night-shift";
    shop.put(path)
        .staff()
        .json(&json!({ "permissions": ["orders.read"] }))
        .await
        .expect(200);
    let ada = shop.customer("ada@example.com").await;
    shop.give_roles(&ada, &["night-shift"]).await;
    shop.delete(path).staff().await.expect(204);
    shop.get("/v1/admin/orders")
        .person(&ada)
        .await
        .refuses(403, "forbidden");
    shop.delete(path).staff().await.refuses(404, "not_found");
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.delete("/v1/admin/roles/night-shift")
        .await
        .refuses(401, "unauthenticated");
    let key = shop.key_with(&["orders.read"]).await;
    shop.delete("/v1/admin/roles/night-shift")
        .bearer(&key)
        .await
        .refuses(403, "forbidden");
    let analyst = shop.staff_person("analyst@example.com", &["analyst"]).await;
    shop.delete("/v1/admin/roles/night-shift")
        .person(&analyst)
        .await
        .refuses(403, "forbidden");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    shop.delete("/v1/admin/roles/owner")
        .staff()
        .await
        .refuses(409, "role_built_in");
    shop.delete("/v1/admin/roles/unknown")
        .staff()
        .await
        .refuses(404, "not_found");
}
