//! `factors-user-erased`, seen from outside.

use authenticator::Authenticator;
use serde_json::json;

use crate::shop::TestShop;

const QUEUE: &str = "factors-user-erased";

#[tokio::test]
async fn what_somebody_held_is_forgotten_with_them() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    shop.passkey_of(&anna, &mut Authenticator::new())
        .await
        .expect(201);
    let held = shop.rows("factors").await;
    let held = held.iter().find(|row| row["sk"] == "held").unwrap();
    for _ in 0..2 {
        shop.tell(QUEUE, &json!({ "user_id": held["user_id"] })).await;
    }
    let rows = shop.rows("factors").await;
    let left = rows
        .iter()
        .filter(|row| row["sk"] == "held" || row["sk"] == "credential");
    assert_eq!(left.count(), 0);
    assert_eq!(shop.parked(QUEUE).await.len(), 0);
}

#[tokio::test]
async fn nonsense_is_parked() {
    let shop = TestShop::open().await;
    shop.tell_nonsense(QUEUE).await;
    assert_eq!(shop.parked(QUEUE).await.len(), 1);
}
