//! The stream of table `sandbox`, seen from outside: the embedded provider's webhooks.

use crate::shop::TestShop;

#[tokio::test]
async fn a_decision_of_the_bank_is_told_by_a_webhook() {
    let shop = TestShop::open().await;
    shop.confirmed_order("tea", 1).await;
    let (sent, failures) = shop.invocations("sandbox-stream").await;
    assert!(sent > 0 && failures == 0);
    assert!(shop.invocations("payments-receive-webhook").await.0 > 0);
}

#[tokio::test]
async fn nothing_gets_stuck() {
    let shop = TestShop::open().await;
    shop.product("tea").stock(5).await;
    let cart = shop.cart_with([("tea", 1)]).await;
    shop.place(&cart)
        .card("tok_decline")
        .await
        .until("canceled")
        .await;
    assert_eq!(shop.parked("sandbox-stream").await.len(), 0);
}
