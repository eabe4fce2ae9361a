//! `POST /v1/admin/products/{product_id}/archive`, seen from outside.

use crate::shop::TestShop;

#[tokio::test]
async fn an_archived_product_is_off_sale() {
    let shop = TestShop::open().await;
    let tea = shop.product("tea").await;
    let archived = shop
        .post(format!("/v1/admin/products/{}/archive", tea.product_id))
        .staff()
        .await
        .expect(200);
    assert_eq!(archived.text("/status"), "archived");
    shop.get(format!("/v1/products/{}", tea.product_id))
        .await
        .refuses(404, "not_found");
    assert_eq!(shop.get("/v1/products").await.expect(200).data().len(), 0);
}

#[tokio::test]
async fn a_repeat_with_the_same_key_is_answered_alike_and_another_is_refused() {
    let shop = TestShop::open().await;
    let tea = shop.product("tea").await;
    let archive = |key: &str| {
        shop.post(format!("/v1/admin/products/{}/archive", tea.product_id))
            .staff()
            .key(key)
    };
    let first = archive("k-1").await.expect(200);
    assert_eq!(archive("k-1").await.expect(200).bytes(), first.bytes());
    archive("k-2").await.refuses(409, "product_not_active");
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    let tea = shop.product("tea").await;
    shop.post(format!("/v1/admin/products/{}/archive", tea.product_id))
        .await
        .refuses(401, "unauthenticated");
    shop.get(format!("/v1/products/{}", tea.product_id))
        .await
        .expect(200);
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    shop.post("/v1/admin/products/nonsense/archive")
        .staff()
        .await
        .refuses(404, "not_found");
    let tea = shop.product("tea").await;
    let ask = shop
        .post(format!("/v1/admin/products/{}/archive", tea.product_id))
        .staff()
        .if_match("\"99\"");
    ask.await.refuses(412, "stale");
}
