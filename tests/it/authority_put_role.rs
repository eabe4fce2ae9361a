//! `PUT /v1/admin/roles/{role}`, seen from outside.

use serde_json::json;

use crate::shop::TestShop;

// ID-20
#[tokio::test]
async fn whoever_has_the_role_may_do_what_it_says_now() {
    let shop = TestShop::open().await;
    let put = |permission: &str| {
        let ask = shop.put("/v1/admin/roles/night-shift").staff();
        ask.json(&json!({ "permissions": [permission] }))
    };
    put("orders.read").await.expect(200);
    let ada = shop.customer("ada@example.com").await;
    shop.give_roles(&ada, &["night-shift"]).await;
    shop.get("/v1/admin/orders").person(&ada).await.expect(200);
    put("inventory.read").await.expect(200);
    shop.get("/v1/admin/orders")
        .person(&ada)
        .await
        .refuses(403, "forbidden");
    shop.get("/v1/admin/locations").person(&ada).await.expect(200);
}

#[tokio::test]
async fn two_editors_never_overwrite_each_other() {
    let shop = TestShop::open().await;
    let put = || {
        let ask = shop.put("/v1/admin/roles/night-shift").staff();
        ask.json(&json!({ "permissions": ["orders.read"] }))
    };
    let read = put().await.expect(200);
    put().if_match(read.etag()).await.expect(200);
    put().if_match(read.etag()).await.refuses(412, "stale");
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.put("/v1/admin/roles/night-shift")
        .json(&json!({ "permissions": [] }))
        .await
        .refuses(401, "unauthenticated");
    let key = shop.key_with(&["orders.read"]).await;
    shop.put("/v1/admin/roles/night-shift")
        .bearer(&key)
        .json(&json!({ "permissions": [] }))
        .await
        .refuses(403, "forbidden");
    let analyst = shop.staff_person("analyst@example.com", &["analyst"]).await;
    shop.put("/v1/admin/roles/night-shift")
        .person(&analyst)
        .json(&json!({ "permissions": [] }))
        .await
        .refuses(403, "forbidden");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let put = |role: &str, permission: &str| {
        let ask = shop.put(format!("/v1/admin/roles/{role}")).staff();
        ask.json(&json!({ "permissions": [permission] }))
    };
    put("owner", "orders.read").await.refuses(409, "role_built_in");
    put("own", "orders.reed").await.refuses(400, "permission_unknown");
    put("own", "NONSENSE")
        .await
        .refuses(400, "invalid_request")
        .names("permissions[0]");
    put("Not-A-Name", "orders.read").await.refuses(404, "not_found");
    let key = shop.key_with(&["users.write"]).await;
    shop.put("/v1/admin/roles/own")
        .bearer(&key)
        .json(&json!({ "permissions": ["orders.read"] }))
        .await
        .refuses(409, "role_exceeds_grantor");
}
