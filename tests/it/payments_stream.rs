//! The stream of table `payments`, seen from outside.

use crate::shop::TestShop;

#[tokio::test]
async fn orders_hear_how_a_payment_went() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 1).await;
    order.ship().await;
    let seen = order.until("fulfilled").await;
    assert_eq!(seen.text("/payment_status"), "captured");
    let (_, failures) = shop.invocations("orders-on-payment-changed").await;
    assert_eq!(failures, 0);
}

#[tokio::test]
async fn nothing_gets_stuck() {
    let shop = TestShop::open().await;
    shop.confirmed_order("tea", 1).await;
    assert_eq!(shop.parked("payments-stream").await.len(), 0);
    assert_eq!(shop.parked("orders-payment-changed").await.len(), 0);
    let (invocations, failures) = shop.invocations("payments-stream").await;
    assert!(invocations > 0 && failures == 0);
}
