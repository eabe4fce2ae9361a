//! `carts-user-erased`, seen from outside.

use serde_json::json;

use crate::shop::TestShop;

const QUEUE: &str = "carts-user-erased";

#[tokio::test]
async fn the_carts_of_somebody_who_is_gone_are_gone() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let account = shop.get("/v1/account").person(&anna).await.expect(200);
    let body = json!({ "region_id": shop.region().await, "email": "anna@example.com" });
    shop.post("/v1/carts").person(&anna).json(&body).await.expect(201);
    for _ in 0..2 {
        shop.tell(QUEUE, &json!({ "user_id": account.text("/user_id") }))
            .await;
    }
    let rows = shop.rows("carts").await;
    assert!(!format!("{rows:?}").contains("anna@example.com"), "{rows:?}");
    assert_eq!(rows.iter().filter(|row| row["sk"] == "cart").count(), 0);
    assert_eq!(shop.parked(QUEUE).await.len(), 0);
}

#[tokio::test]
async fn nonsense_is_parked() {
    let shop = TestShop::open().await;
    shop.tell_nonsense(QUEUE).await;
    assert_eq!(shop.parked(QUEUE).await.len(), 1);
}
