//! `orders-user-erased`, seen from outside.

use serde_json::json;

use crate::shop::TestShop;

const QUEUE: &str = "orders-user-erased";

#[tokio::test]
async fn an_order_that_has_ended_forgets_whose_it_was() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 1).await;
    let anna = shop.customer("anna@example.com").await;
    let account = shop.get("/v1/account").person(&anna).await.expect(200);
    shop.quiet().await;
    let cancel = shop.post(format!("{}/cancel", order.path())).person(&anna);
    cancel.json(&json!({})).await.expect(200);
    shop.quiet().await;
    for _ in 0..2 {
        shop.tell(QUEUE, &json!({ "user_id": account.text("/user_id") }))
            .await;
    }
    let rows = format!("{:?}", shop.rows("orders").await);
    for trace in ["anna@example.com", "Hauptstr", "tok_approve"] {
        assert!(!rows.contains(trace), "{trace}: {rows}");
    }
    let seen = shop.get(order.admin_path()).staff().await.expect(200);
    assert_eq!(seen.text("/shipping/address/country"), "DE");
    assert_eq!(shop.parked(QUEUE).await.len(), 0);
}

#[tokio::test]
async fn nonsense_is_parked() {
    let shop = TestShop::open().await;
    shop.tell_nonsense(QUEUE).await;
    assert_eq!(shop.parked(QUEUE).await.len(), 1);
}
