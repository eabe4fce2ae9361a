//! `payments-reconcile`, seen from outside.

use crate::shop::TestShop;

#[tokio::test]
async fn an_empty_shop_has_nothing_to_reconcile() {
    let shop = TestShop::open().await;
    shop.run_schedule("payments-reconcile").await;
    assert_eq!(shop.invocations("payments-reconcile").await.1, 0);
}

#[tokio::test]
async fn what_agrees_is_left_alone_however_often_it_runs() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 1).await;
    let before = shop.payment(&order).await;
    for _ in 0..2 {
        shop.run_schedule("payments-reconcile").await;
    }
    assert_eq!(shop.payment(&order).await.bytes(), before.bytes());
}
