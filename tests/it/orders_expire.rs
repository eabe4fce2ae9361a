//! `orders-expire`, seen from outside.

use crate::shop::TestShop;

#[tokio::test]
async fn an_order_that_is_not_paid_in_time_ends_and_gives_everything_back() {
    let shop = TestShop::open().await;
    shop.product("tea").stock(5).await;
    let cart = shop.cart_with([("tea", 2)]).await;
    let order = shop.place(&cart).card("tok_action_required").await;
    order.until("reserved").await;
    let key = format!("order#{}", order.id);
    for attribute in ["expires_by", "due_at"] {
        shop.set("orders", (&key, "order"), attribute, "2026-01-01T00:00:00.000Z")
            .await;
    }

    shop.run_schedule("orders-expire").await;

    let seen = order.until("canceled").await;
    assert_eq!(seen.text("/cancellation/reason"), "expired");
    assert_eq!(shop.level("tea").await["reserved"], 0);
    assert_eq!(shop.look(&cart).await.text("/status"), "active");
}

#[tokio::test]
async fn an_order_in_time_is_left_alone_however_often_it_runs() {
    let shop = TestShop::open().await;
    shop.product("tea").stock(5).await;
    let cart = shop.cart_with([("tea", 2)]).await;
    let order = shop.place(&cart).card("tok_action_required").await;
    order.until("reserved").await;
    for _ in 0..2 {
        shop.run_schedule("orders-expire").await;
    }
    order.until("reserved").await;
    assert_eq!(shop.invocations("orders-expire").await.1, 0);
}

#[tokio::test]
async fn an_operator_may_invoke_it_directly() {
    let shop = TestShop::open().await;
    let answer = shop.invoke("orders-expire", &serde_json::json!({})).await;
    assert_eq!((answer.status(), answer.body()), (200, &serde_json::Value::Null));
    assert_eq!(shop.invocations("orders-expire").await.1, 0);
}
