//! `notifications-mail-requested`, seen from outside.

use serde_json::json;

use crate::shop::TestShop;

const QUEUE: &str = "notifications-mail-requested";
const FUNCTION: &str = "notifications-on-mail-requested";

#[tokio::test]
async fn a_mail_goes_out_once_however_often_it_is_heard() {
    let shop = TestShop::open().await;
    shop.register("anna@example.com").await;
    assert_eq!(shop.mails_to("anna@example.com").await.len(), 1);
    let rows = shop.rows("identity").await;
    let row = rows.iter().find(|row| row["sk"] == "mail").unwrap();
    let fact =
        json!({ "mail_id": row["mail_id"], "kind": row["kind"], "to": row["to"], "sealed": row["sealed"] });
    for _ in 0..3 {
        shop.tell(QUEUE, &fact).await;
    }
    // Told by hand it is another fact, with an id of its own; that one counts once as well.
    assert_eq!(shop.mails_to("anna@example.com").await.len(), 2);
}

#[tokio::test]
async fn what_was_sealed_elsewhere_is_sent_to_nobody() {
    let shop = TestShop::open().await;
    shop.tell_sample(FUNCTION, "sealed-elsewhere").await;
    assert_eq!(shop.parked(QUEUE).await.len(), 1);
    assert!(shop.mails().await.is_empty());
}

#[tokio::test]
async fn nonsense_is_parked() {
    let shop = TestShop::open().await;
    shop.tell_nonsense(QUEUE).await;
    assert_eq!(shop.parked(QUEUE).await.len(), 1);
}
