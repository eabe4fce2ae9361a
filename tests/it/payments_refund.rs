//! `POST /v1/admin/orders/{order_id}/refunds`, seen from outside.

use serde_json::{Value, json};

use crate::shop::{Order, TestShop};

async fn shipped(shop: &TestShop) -> Order<'_> {
    let order = shop.confirmed_order("tea", 1).await;
    order.ship().await;
    order.until("fulfilled").await;
    order
}

fn euros(cents: i64) -> Value {
    json!({ "amount": { "amount": cents, "currency": "EUR" }, "reason": "the cup arrived broken" })
}

#[tokio::test]
async fn a_part_is_given_back() {
    let shop = TestShop::open().await;
    let order = shipped(&shop).await;
    let ask = shop
        .post(format!("{}/refunds", order.admin_path()))
        .staff()
        .key("k-1");
    let refunded = ask.json(&euros(300)).await.expect(200);
    assert_eq!(
        (refunded.text("/status"), refunded.at("/refunded/amount")),
        ("partially_refunded", &300.into())
    );
}

#[tokio::test]
async fn a_repeated_refund_gives_back_once() {
    let shop = TestShop::open().await;
    let order = shipped(&shop).await;
    let refund = || {
        shop.post(format!("{}/refunds", order.admin_path()))
            .staff()
            .key("k-1")
            .json(&euros(300))
    };
    let first = refund().await.expect(200);
    assert_eq!(refund().await.expect(200).bytes(), first.bytes());
    assert_eq!(shop.payment(&order).await.at("/refunded/amount"), 300);
}

#[tokio::test]
async fn more_than_was_captured_is_refused() {
    let shop = TestShop::open().await;
    let order = shipped(&shop).await;
    let ask = shop
        .post(format!("{}/refunds", order.admin_path()))
        .staff()
        .key("k-1");
    ask.json(&euros(1_000_000)).await.refuses(409, "refund_too_large");
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    let order = shipped(&shop).await;
    let path = format!("{}/refunds", order.admin_path());
    shop.post(&*path)
        .key("k-1")
        .json(&euros(300))
        .await
        .refuses(401, "unauthenticated");
    let key = shop.key_with(&["payments.capture"]).await;
    shop.post(&*path)
        .bearer(&key)
        .key("k-1")
        .json(&euros(300))
        .await
        .refuses(403, "forbidden");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let order = shipped(&shop).await;
    let ask = || shop.post(format!("{}/refunds", order.admin_path())).staff();
    ask()
        .json(&euros(300))
        .await
        .refuses(400, "idempotency_key_missing");
    ask()
        .key("k-1")
        .json(&json!({}))
        .await
        .refuses(400, "invalid_request")
        .names("reason");
}
