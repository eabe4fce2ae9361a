//! The stream of table `customers`, seen from outside.

use crate::shop::TestShop;

#[tokio::test]
async fn who_leaves_is_told_that_the_account_is_gone() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let before = shop.mails_to("anna@example.com").await.len();
    shop.delete("/v1/account").person(&anna).await.expect(204);
    assert_eq!(shop.mails_to("anna@example.com").await.len(), before + 1);
    assert_eq!(shop.parked("customers-stream").await.len(), 0);
}
