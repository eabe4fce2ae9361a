//! `GET /v1/admin/stock/{sku}/adjustments`, seen from outside.

use crate::shop::TestShop;

const PATH: &str = "/v1/admin/stock/tea/adjustments";

#[tokio::test]
async fn adjustments_add_up_to_what_is_on_hand() {
    let shop = TestShop::open().await;
    for delta in [10, 5, -3] {
        shop.adjust("tea", delta).await;
    }
    let seen = shop.get(PATH).staff().await.expect(200);
    let sum: i64 = seen
        .data()
        .iter()
        .filter_map(|adjustment| adjustment["delta"].as_i64())
        .sum();
    assert_eq!((seen.data().len(), sum), (3, 12));
    assert_eq!(shop.level("tea").await["on_hand"], 12);
    assert!(
        seen.data().iter().all(|adjustment| adjustment["by"].is_string()),
        "it is known who did it"
    );
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.get(PATH).await.refuses(401, "unauthenticated");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    shop.get(format!("{PATH}?since=yesterday"))
        .staff()
        .await
        .refuses(400, "invalid_request")
        .names("since");
}
