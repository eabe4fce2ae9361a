//! `GET /v1/products/{product_id}`, seen from outside.

use crate::shop::TestShop;

#[tokio::test]
async fn anyone_sees_a_product_on_sale() {
    let shop = TestShop::open().await;
    let tea = shop.product("tea").price(1999).await;
    let seen = shop
        .get(format!("/v1/products/{}", tea.product_id))
        .await
        .expect(200);
    assert_eq!(seen.text("/variants/0/sku"), tea.sku);
    assert_eq!(seen.at("/variants/0/prices/0/amount"), 1999);
    assert!(seen.header("cache-control").unwrap().contains("public"));
}

#[tokio::test]
async fn an_unchanged_product_is_not_sent_again_and_a_changed_one_is() {
    let shop = TestShop::open().await;
    let tea = shop.product("tea").await;
    let path = format!("/v1/products/{}", tea.product_id);
    let first = shop.get(&*path).await.expect(200);
    shop.get(&*path).if_none_match(first.etag()).await.expect(304);

    let change = serde_json::json!({ "title": "Another tea" });
    shop.patch(format!("/v1/admin/products/{}", tea.product_id))
        .staff()
        .patch_with(&change)
        .await
        .expect(200);

    let changed = shop.get(&*path).if_none_match(first.etag()).await.expect(200);
    assert_ne!(changed.etag(), first.etag());
}

#[tokio::test]
async fn a_draft_does_not_exist_for_buyers() {
    let shop = TestShop::open().await;
    let draft = shop.product("secret").draft().await;
    let hidden = shop
        .get(format!("/v1/products/{}", draft.product_id))
        .await
        .refuses(404, "not_found");
    let unknown = shop
        .get("/v1/products/prod_01h455vb4pex5vsknk084sn02q")
        .await
        .refuses(404, "not_found");
    assert_eq!(hidden.at("/error/message"), unknown.at("/error/message"));
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    shop.get("/v1/products/nonsense").await.refuses(404, "not_found");
    let tea = shop.product("tea").await;
    let refused = shop
        .get(format!("/v1/products/{}?currency=beads", tea.product_id))
        .await;
    refused.refuses(400, "invalid_request").names("currency");
}
