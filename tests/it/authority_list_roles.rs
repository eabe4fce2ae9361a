//! `GET /v1/admin/roles`, seen from outside.

use serde_json::json;

use crate::shop::TestShop;

#[tokio::test]
async fn every_role_says_what_it_may_do() {
    let shop = TestShop::open().await;
    shop.put("/v1/admin/roles/night-shift")
        .staff()
        .json(&json!({ "permissions": ["orders.read"] }))
        .await
        .expect(200);
    let roles = shop.get("/v1/admin/roles").staff().await.expect(200);
    let names: Vec<&str> = roles
        .data()
        .iter()
        .filter_map(|role| role["name"].as_str())
        .collect();
    let built_in = ["owner", "admin", "support", "catalog", "fulfilment", "analyst"];
    assert_eq!(names, [&built_in[..], &["night-shift"]].concat());
    assert_eq!(roles.at("/data/0/permissions"), &json!(["*"]));
    assert_eq!(roles.at("/data/6/permissions"), &json!(["orders.read"]));
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.get("/v1/admin/roles").await.refuses(401, "unauthenticated");
    let key = shop.key_with(&["orders.read"]).await;
    shop.get("/v1/admin/roles")
        .bearer(&key)
        .await
        .refuses(403, "forbidden");
    let analyst = shop.staff_person("analyst@example.com", &["analyst"]).await;
    shop.get("/v1/admin/roles")
        .person(&analyst)
        .await
        .refuses(403, "forbidden");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    shop.get("/v1/admin/roles?name=owner")
        .staff()
        .await
        .refuses(400, "invalid_request");
}
