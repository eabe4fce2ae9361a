//! `GET /v1/admin/products/{product_id}`, seen from outside.

use crate::shop::TestShop;

#[tokio::test]
async fn staff_sees_a_draft_with_its_version() {
    let shop = TestShop::open().await;
    let tea = shop.product("tea").draft().await;
    let seen = shop
        .get(format!("/v1/admin/products/{}", tea.product_id))
        .staff()
        .await
        .expect(200);
    assert_eq!(
        (seen.text("/status"), seen.text("/variants/0/sku")),
        ("draft", "tea")
    );
    assert!(seen.at("/version").is_u64());
    assert_eq!(
        seen.header("cache-control"),
        Some("no-store"),
        "what staff sees is kept nowhere"
    );
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    let tea = shop.product("tea").await;
    let path = format!("/v1/admin/products/{}", tea.product_id);
    shop.get(&*path).await.refuses(401, "unauthenticated");
    shop.get(&*path)
        .bearer("cw_sk_0123456789abcdef_wrong")
        .await
        .refuses(401, "unauthenticated");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    shop.get("/v1/admin/products/nonsense")
        .staff()
        .await
        .refuses(404, "not_found");
    shop.get("/v1/admin/products/prod_01h455vb4pex5vsknk084sn02q")
        .staff()
        .await
        .refuses(404, "not_found");
}
