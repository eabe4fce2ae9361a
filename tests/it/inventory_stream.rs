//! The stream of table `inventory`, seen from outside.

use crate::shop::TestShop;

#[tokio::test]
async fn a_reservation_is_told_to_orders() {
    let shop = TestShop::open().await;
    shop.confirmed_order("tea", 2).await;
    let (invocations, failures) = shop.invocations("orders-on-stock-decided").await;
    assert_eq!((invocations, failures), (1, 0));
}

#[tokio::test]
async fn goods_that_come_and_go_are_nobody_else_s_business() {
    let shop = TestShop::open().await;
    shop.adjust("tea", 5).await;
    shop.adjust("tea", -1).await;
    shop.quiet().await;
    assert_eq!(shop.invocations("orders-on-stock-decided").await, (0, 0));
    let (_, failures) = shop.invocations("inventory-stream").await;
    assert_eq!(failures, 0);
    assert_eq!(shop.parked("inventory-stream").await.len(), 0);
}
