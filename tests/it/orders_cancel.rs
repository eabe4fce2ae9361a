//! `POST /v1/orders/{order_id}/cancel`, seen from outside.

use serde_json::json;

use crate::shop::TestShop;

#[tokio::test]
async fn a_buyer_cancels_and_nothing_is_kept_or_charged() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 2).await;
    let canceled = shop
        .post(format!("{}/cancel", order.path()))
        .guest(&order.token)
        .json(&json!({}))
        .await
        .expect(200);
    assert_eq!(
        (canceled.text("/status"), canceled.text("/cancellation/reason")),
        ("canceled", "buyer")
    );

    order.until("canceled").await;

    assert_eq!(shop.level("tea").await["reserved"], 0);
    let payment = shop.payment(&order).await;
    assert_eq!(
        (payment.text("/status"), payment.at("/captured/amount")),
        ("voided", &0.into())
    );
}

#[tokio::test]
async fn staff_may_cancel_too_and_says_why() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 1).await;
    let ask = shop.post(format!("{}/cancel", order.path())).staff();
    let canceled = ask
        .json(&json!({ "reason": "the warehouse burned down" }))
        .await
        .expect(200);
    assert_eq!(canceled.text("/cancellation/reason"), "staff");
    let seen = shop.get(order.admin_path()).staff().await.expect(200);
    assert_eq!(seen.text("/cancellation_detail"), "the warehouse burned down");
}

#[tokio::test]
async fn canceling_twice_is_canceling_once() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 1).await;
    let cancel = |key: &str| {
        shop.post(format!("{}/cancel", order.path()))
            .guest(&order.token)
            .key(key)
            .json(&json!({}))
    };
    let first = cancel("k-1").await.expect(200);
    assert_eq!(cancel("k-1").await.expect(200).bytes(), first.bytes());
    cancel("k-2").await.expect(200);
    order.until("canceled").await;
    assert_eq!(shop.parked("payments-order-canceled").await.len(), 0);
}

#[tokio::test]
async fn what_is_shipped_cannot_be_canceled_and_the_refusal_names_what_can() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 1).await;
    order.ship().await;
    let refused = shop
        .post(format!("{}/cancel", order.path()))
        .guest(&order.token)
        .json(&json!({}))
        .await;
    let refused = refused.refuses(409, "order_state");
    assert!(refused.text("/error/message").contains("deliver"), "{refused}");
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 1).await;
    let other = shop.cart().await;
    let path = format!("{}/cancel", order.path());
    shop.post(&*path)
        .json(&json!({}))
        .await
        .refuses(401, "unauthenticated");
    shop.post(&*path)
        .guest(&other.token)
        .json(&json!({}))
        .await
        .refuses(404, "not_found");
    let key = shop.key_with(&["orders.read"]).await;
    shop.post(&*path)
        .bearer(&key)
        .json(&json!({}))
        .await
        .refuses(403, "forbidden");
    assert_eq!(order.look().await.text("/status"), "confirmed");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 1).await;
    let ask = shop.post(format!("{}/cancel", order.path())).guest(&order.token);
    ask.json(&json!({ "reason": "" }))
        .await
        .refuses(400, "invalid_request")
        .names("reason");
}

#[tokio::test]
async fn what_has_moved_since_it_was_read_is_not_canceled() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 1).await;
    let cancel = |tag: &str| {
        let ask = shop.post(format!("{}/cancel", order.path())).guest(&order.token);
        ask.if_match(tag).json(&json!({}))
    };
    cancel("\"1\"").await.refuses(412, "stale");
    assert_eq!(order.look().await.text("/status"), "confirmed");
    cancel(order.look().await.etag()).await.expect(200);
}
