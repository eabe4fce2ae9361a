//! `PATCH /v1/admin/products/{product_id}`, seen from outside.

use serde_json::json;

use crate::shop::TestShop;

#[tokio::test]
async fn a_patch_changes_what_it_names() {
    let shop = TestShop::open().await;
    let tea = shop.product("tea").await;
    let path = format!("/v1/admin/products/{}", tea.product_id);
    let change = json!({ "title": "Green tea", "metadata": { "erp_id": "4711" } });
    let changed = shop.patch(&*path).staff().patch_with(&change).await.expect(200);
    assert_eq!(
        (changed.text("/title"), changed.text("/metadata/erp_id")),
        ("Green tea", "4711")
    );
    assert_eq!(changed.text("/variants/0/sku"), "tea", "what is absent stays");

    let removed = shop
        .patch(&*path)
        .staff()
        .patch_with(&json!({ "metadata": { "erp_id": null } }))
        .await
        .expect(200);
    assert!(removed.at("/metadata/erp_id").is_null());
}

#[tokio::test]
async fn buyers_see_the_change_in_product_and_list() {
    let shop = TestShop::open().await;
    let tea = shop.product("tea").await;
    let path = format!("/v1/admin/products/{}", tea.product_id);
    shop.patch(path)
        .staff()
        .patch_with(&json!({ "title": "Green tea" }))
        .await
        .expect(200);
    let seen = shop
        .get(format!("/v1/products/{}", tea.product_id))
        .await
        .expect(200);
    assert_eq!(seen.text("/title"), "Green tea");
    assert_eq!(
        shop.get("/v1/products").await.expect(200).text("/data/0/title"),
        "Green tea"
    );
}

#[tokio::test]
async fn two_editors_never_overwrite_each_other() {
    let shop = TestShop::open().await;
    let tea = shop.product("tea").await;
    let path = format!("/v1/admin/products/{}", tea.product_id);
    let read = shop.get(&*path).staff().await.expect(200);
    let rename = |title: &str| {
        let ask = shop.patch(&*path).staff().if_match(read.etag());
        ask.patch_with(&json!({ "title": title }))
    };
    rename("First").await.expect(200);
    rename("Second").await.refuses(412, "stale");
    assert_eq!(shop.get(&*path).staff().await.expect(200).text("/title"), "First");
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    let tea = shop.product("tea").await;
    let path = format!("/v1/admin/products/{}", tea.product_id);
    shop.patch(path)
        .patch_with(&json!({ "title": "Mine" }))
        .await
        .refuses(401, "unauthenticated");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let tea = shop.product("tea").await;
    let path = format!("/v1/admin/products/{}", tea.product_id);
    let refused = shop
        .patch(&*path)
        .staff()
        .patch_with(&json!({ "titel": "Typo" }))
        .await;
    refused.refuses(400, "invalid_request").names("titel");
    let unknown = "/v1/admin/products/prod_01h455vb4pex5vsknk084sn02q";
    shop.patch(unknown)
        .staff()
        .patch_with(&json!({ "title": "Tea" }))
        .await
        .refuses(404, "not_found");
}
