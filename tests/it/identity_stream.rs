//! The stream of table `identity`, seen from outside.

use crate::shop::TestShop;

#[tokio::test]
async fn a_mail_that_is_owed_is_sent_and_nothing_gets_stuck() {
    let shop = TestShop::open().await;
    shop.register("anna@example.com").await;
    assert_eq!(shop.mails_to("anna@example.com").await.len(), 1);
    assert_eq!(shop.parked("identity-stream").await.len(), 0);
    assert_eq!(shop.parked("notifications-mail-requested").await.len(), 0);
}
