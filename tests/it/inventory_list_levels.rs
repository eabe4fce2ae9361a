//! `GET /v1/admin/stock/{sku}/levels`, seen from outside.

use serde_json::json;

use crate::shop::TestShop;

#[tokio::test]
async fn a_level_says_what_is_there_and_what_is_promised() {
    let shop = TestShop::open().await;
    shop.confirmed_order("tea", 2).await;
    shop.adjust("tea", 5).await;
    let level = shop.level("tea").await;
    assert_eq!(
        (&level["on_hand"], &level["reserved"], &level["available"]),
        (&json!(7), &json!(2), &json!(5))
    );
}

#[tokio::test]
async fn goods_that_never_came_have_no_level() {
    let shop = TestShop::open().await;
    assert_eq!(
        shop.get("/v1/admin/stock/tea/levels")
            .staff()
            .await
            .expect(200)
            .data()
            .len(),
        0
    );
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.get("/v1/admin/stock/tea/levels")
        .await
        .refuses(401, "unauthenticated");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    shop.get("/v1/admin/stock/tea/levels?limit=1000")
        .staff()
        .await
        .refuses(400, "invalid_request")
        .names("limit");
}
