//! The stream of table `factors`, seen from outside.

use authenticator::Authenticator;

use crate::shop::TestShop;

#[tokio::test]
async fn a_new_factor_is_told_by_mail_and_nothing_gets_stuck() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let before = shop.mails_to("anna@example.com").await.len();
    shop.passkey_of(&anna, &mut Authenticator::new())
        .await
        .expect(201);
    assert_eq!(shop.mails_to("anna@example.com").await.len(), before + 1);
    assert_eq!(shop.parked("factors-stream").await.len(), 0);
    assert_eq!(shop.parked("notifications-mail-requested").await.len(), 0);
}
