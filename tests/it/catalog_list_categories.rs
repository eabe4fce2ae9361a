//! `GET /v1/categories`, seen from outside.

use crate::shop::TestShop;

#[tokio::test]
async fn anyone_sees_the_tree() {
    let shop = TestShop::open().await;
    let drinks = shop.category("drinks", None).await;
    shop.category("tea", Some(&drinks)).await;
    let seen = shop.get("/v1/categories").await.expect(200);
    let paths: Vec<&str> = seen
        .data()
        .iter()
        .filter_map(|category| category["path"].as_str())
        .collect();
    assert_eq!(paths, ["drinks", "drinks/tea"]);
}

#[tokio::test]
async fn an_empty_shop_has_none() {
    let shop = TestShop::open().await;
    let seen = shop.get("/v1/categories").await.expect(200);
    assert_eq!(seen.data().len(), 0);
    assert!(seen.at("/next_cursor").is_null());
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    shop.get("/v1/categories?depth=2")
        .await
        .refuses(400, "invalid_request")
        .names("depth");
    shop.get("/v1/categories?limit=-1")
        .await
        .refuses(400, "invalid_request")
        .names("limit");
}
