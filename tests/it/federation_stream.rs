//! Stream of the table `federation`, seen from outside: rows of the table that are no mail ask for
//! none. That linking mails its owner is in `oidc`.

use crate::shop::TestShop;

#[tokio::test]
async fn what_is_no_mail_asks_for_none() {
    let shop = TestShop::open().await;
    shop.send_sample("federation-put-provider", "example")
        .await
        .expect(200);
    shop.quiet().await;
    assert_eq!(shop.parked("notifications-mail-requested").await.len(), 0);
    let (invocations, failures) = shop.invocations("federation-stream").await;
    assert!(invocations >= 1 && failures == 0);
}
