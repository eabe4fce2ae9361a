//! `federation-user-erased`, seen from outside.

use serde_json::json;

use crate::shop::TestShop;

const QUEUE: &str = "federation-user-erased";

#[tokio::test]
async fn the_ways_into_the_account_of_somebody_who_is_gone_are_gone() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let account = shop.get("/v1/account").person(&anna).await.expect(200);
    let user_id = account.text("/user_id");
    for (pk, sk) in [
        ("subject#a-hash".to_owned(), "subject"),
        (format!("user#{user_id}"), "link#example"),
    ] {
        let item = json!({
            "pk": { "S": pk }, "sk": { "S": sk },
            "user_id": { "S": user_id }, "provider": { "S": "example" },
            "subject": { "S": "a-hash" }, "made_account": { "BOOL": false },
            "linked_at": { "S": "2026-01-31T12:00:00.000Z" },
        });
        shop.plant("federation", &item).await;
    }
    let listed = shop.get("/v1/account/providers").person(&anna).await.expect(200);
    assert!(listed.body().to_string().contains("example"), "{listed}");
    for _ in 0..2 {
        shop.tell(QUEUE, &json!({ "user_id": user_id })).await;
    }
    assert_eq!(shop.rows("federation").await, [json!(null); 0]);
    assert_eq!(shop.parked(QUEUE).await.len(), 0);
}

#[tokio::test]
async fn nonsense_is_parked() {
    let shop = TestShop::open().await;
    shop.tell_nonsense(QUEUE).await;
    assert_eq!(shop.parked(QUEUE).await.len(), 1);
}
