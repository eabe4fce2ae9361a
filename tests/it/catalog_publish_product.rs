//! `POST /v1/admin/products/{product_id}/publish`, seen from outside.

use serde_json::json;

use crate::shop::TestShop;

#[tokio::test]
async fn a_published_product_is_on_sale() {
    let shop = TestShop::open().await;
    let tea = shop.product("tea").draft().await;
    let published = shop
        .post(format!("/v1/admin/products/{}/publish", tea.product_id))
        .staff()
        .await
        .expect(200);
    assert_eq!(published.text("/status"), "active");
    shop.get(format!("/v1/products/{}", tea.product_id))
        .await
        .expect(200);
    assert_eq!(shop.get("/v1/products").await.expect(200).data().len(), 1);
}

#[tokio::test]
async fn an_illegal_move_names_what_is_allowed() {
    let shop = TestShop::open().await;
    let tea = shop.product("tea").await;
    let again = shop
        .post(format!("/v1/admin/products/{}/publish", tea.product_id))
        .staff()
        .await;
    let refused = again.refuses(409, "product_already_active");
    assert!(refused.text("/error/message").contains("archive"), "{refused}");
}

#[tokio::test]
async fn what_lacks_a_price_cannot_be_sold() {
    let shop = TestShop::open().await;
    let body = json!({ "title": "Tea", "variants": [{ "sku": "tea" }] });
    let made = shop
        .post("/v1/admin/products")
        .staff()
        .json(&body)
        .await
        .expect(201);
    let refused = shop
        .post(format!("/v1/admin/products/{}/publish", made.text("/product_id")))
        .staff()
        .await;
    refused
        .refuses(409, "product_not_publishable")
        .names("variants[0].prices");
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    let tea = shop.product("tea").draft().await;
    shop.post(format!("/v1/admin/products/{}/publish", tea.product_id))
        .await
        .refuses(401, "unauthenticated");
    shop.get(format!("/v1/products/{}", tea.product_id))
        .await
        .refuses(404, "not_found");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    shop.post("/v1/admin/products/nonsense/publish")
        .staff()
        .await
        .refuses(404, "not_found");
    let tea = shop.product("tea").draft().await;
    let ask = shop
        .post(format!("/v1/admin/products/{}/publish", tea.product_id))
        .staff();
    ask.json(&json!({ "when": "tomorrow" }))
        .await
        .refuses(400, "invalid_request")
        .names("when");
}
