//! `GET /v1/regions`, seen from outside.

use crate::shop::TestShop;

#[tokio::test]
async fn anyone_sees_where_the_shop_sells() {
    let shop = TestShop::open().await;
    shop.region().await;
    let seen = shop.get("/v1/regions").await.expect(200);
    assert_eq!(
        (seen.text("/data/0/region_id"), seen.text("/data/0/currency")),
        ("eu", "EUR")
    );
    assert!(seen.at("/next_cursor").is_null());
    assert!(
        seen.header("cache-control").unwrap().contains("public"),
        "a cache may keep it"
    );
}

#[tokio::test]
async fn an_empty_shop_sells_nowhere() {
    let shop = TestShop::open().await;
    assert_eq!(shop.get("/v1/regions").await.expect(200).data().len(), 0);
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    shop.get("/v1/regions?limit=0")
        .await
        .refuses(400, "invalid_request")
        .names("limit");
    shop.get("/v1/regions?limit=101")
        .await
        .refuses(400, "invalid_request")
        .names("limit");
    shop.get("/v1/regions?cursor=nonsense")
        .await
        .refuses(400, "bad_cursor");
    shop.get("/v1/regions?country=DE")
        .await
        .refuses(400, "invalid_request")
        .names("country");
}
