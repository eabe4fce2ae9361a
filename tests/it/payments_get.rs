//! `GET /v1/admin/orders/{order_id}/payment`, seen from outside.

use crate::shop::TestShop;

#[tokio::test]
async fn staff_sees_where_the_money_is_and_a_ledger_that_sums_to_zero() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 2).await;
    order.ship().await;
    order.until("fulfilled").await;

    let seen = shop.payment(&order).await;

    assert_eq!(
        (seen.text("/status"), seen.at("/total")),
        ("captured", order.look().await.at("/total"))
    );
    let ledger = seen.at("/ledger").as_array().unwrap();
    assert!(!ledger.is_empty());
    assert!(
        ledger
            .iter()
            .all(|entry| entry["debit"] != entry["credit"] && entry["amount"]["amount"].as_i64() > Some(0))
    );
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 1).await;
    let path = format!("{}/payment", order.admin_path());
    shop.get(&*path).await.refuses(401, "unauthenticated");
    let key = shop.key_with(&["orders.read"]).await;
    shop.get(&*path).bearer(&key).await.refuses(403, "forbidden");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    shop.get("/v1/admin/orders/nonsense/payment")
        .staff()
        .await
        .refuses(404, "not_found");
    shop.get("/v1/admin/orders/order_01h455vb4pex5vsknk084sn02q/payment")
        .staff()
        .await
        .refuses(404, "not_found");
}
