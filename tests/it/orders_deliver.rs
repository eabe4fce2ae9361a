//! `POST /v1/admin/orders/{order_id}/deliver`, seen from outside.

use crate::shop::TestShop;

#[tokio::test]
async fn a_paid_order_that_has_arrived_is_completed() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 1).await;
    order.ship().await;
    order.until("fulfilled").await;
    shop.post(format!("{}/deliver", order.admin_path()))
        .staff()
        .await
        .expect(200);
    let seen = order.until("completed").await;
    assert!(seen.at("/delivered_at").is_string() && seen.at("/completed_at").is_string());
}

#[tokio::test]
async fn delivering_twice_is_delivering_once() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 1).await;
    order.ship().await;
    order.until("fulfilled").await;
    let deliver = || shop.post(format!("{}/deliver", order.admin_path())).staff();
    let first = deliver().await.expect(200);
    assert_eq!(
        deliver().await.expect(200).at("/delivered_at"),
        first.at("/delivered_at")
    );
}

#[tokio::test]
async fn what_was_not_shipped_cannot_arrive() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 1).await;
    let refused = shop
        .post(format!("{}/deliver", order.admin_path()))
        .staff()
        .await
        .refuses(409, "order_state");
    assert!(refused.text("/error/message").contains("ship"), "{refused}");
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.post("/v1/admin/orders/order_01h455vb4pex5vsknk084sn02q/deliver")
        .await
        .refuses(401, "unauthenticated");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    shop.post("/v1/admin/orders/nonsense/deliver")
        .staff()
        .await
        .refuses(404, "not_found");
}

#[tokio::test]
async fn what_has_moved_since_it_was_read_is_not_delivered() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 1).await;
    let before = shop.get(order.admin_path()).staff().await.expect(200);
    order.ship().await;
    shop.quiet().await;
    let deliver = |tag: &str| {
        let ask = shop.post(format!("{}/deliver", order.admin_path())).staff();
        ask.if_match(tag)
    };
    deliver(before.etag()).await.refuses(412, "stale");
    let now = shop.get(order.admin_path()).staff().await.expect(200);
    deliver(now.etag()).await.expect(200);
}
