//! The stream of table `authority`, seen from outside.

use serde_json::json;

use crate::shop::TestShop;

#[tokio::test]
async fn whoever_listens_hears_of_a_new_user_and_a_session() {
    let shop = TestShop::open().await;
    shop.customer("ada@example.com").await;
    shop.quiet().await;
    assert_eq!(shop.parked("authority-stream").await.len(), 0);
    let (done, failed) = shop.invocations("authority-stream").await;
    assert!(done >= 1 && failed == 0, "{done} {failed}");
    assert_eq!(shop.invocations("carts-on-session-started").await.1, 0);
}

#[tokio::test]
async fn an_invitation_becomes_one_mail() {
    let shop = TestShop::open().await;
    shop.post("/v1/admin/invitations")
        .staff()
        .json(&json!({ "email": "grace@example.com", "roles": ["support"] }))
        .await
        .expect(201);
    assert_eq!(shop.mails_to("grace@example.com").await.len(), 1);
}
