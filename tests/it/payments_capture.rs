//! `POST /v1/admin/orders/{order_id}/capture`, seen from outside.

use serde_json::json;

use crate::shop::TestShop;

#[tokio::test]
async fn a_part_is_captured_then_the_rest() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 1).await;
    let path = format!("{}/capture", order.admin_path());
    let part = json!({ "amount": { "amount": 500, "currency": "EUR" } });
    let captured = shop.post(&*path).staff().key("k-1").json(&part).await.expect(200);
    assert_eq!(
        (captured.text("/status"), captured.at("/captured/amount")),
        ("partially_captured", &500.into())
    );
    let captured = shop
        .post(&*path)
        .staff()
        .key("k-2")
        .json(&json!({}))
        .await
        .expect(200);
    assert_eq!(captured.text("/status"), "captured");
    assert_eq!(captured.at("/captured"), captured.at("/authorized"));
}

#[tokio::test]
async fn a_repeated_capture_takes_the_money_once() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 1).await;
    let part = json!({ "amount": { "amount": 500, "currency": "EUR" } });
    let capture = || {
        shop.post(format!("{}/capture", order.admin_path()))
            .staff()
            .key("k-1")
            .json(&part)
    };
    let first = capture().await.expect(200);
    assert_eq!(capture().await.expect(200).bytes(), first.bytes());
    assert_eq!(shop.payment(&order).await.at("/captured/amount"), 500);
}

#[tokio::test]
async fn more_than_was_authorized_is_refused() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 1).await;
    let ask = shop
        .post(format!("{}/capture", order.admin_path()))
        .staff()
        .key("k-1");
    let much = json!({ "amount": { "amount": 1_000_000, "currency": "EUR" } });
    ask.json(&much).await.refuses(409, "capture_too_large");
    assert_eq!(shop.payment(&order).await.at("/captured/amount"), 0);
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 1).await;
    let path = format!("{}/capture", order.admin_path());
    shop.post(&*path)
        .key("k-1")
        .json(&json!({}))
        .await
        .refuses(401, "unauthenticated");
    let key = shop.key_with(&["payments.read"]).await;
    shop.post(&*path)
        .bearer(&key)
        .key("k-1")
        .json(&json!({}))
        .await
        .refuses(403, "forbidden");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 1).await;
    let ask = || shop.post(format!("{}/capture", order.admin_path())).staff();
    ask()
        .json(&json!({}))
        .await
        .refuses(400, "idempotency_key_missing");
    ask()
        .key("k-1")
        .json(&json!({ "amount": 5 }))
        .await
        .refuses(400, "invalid_request")
        .names("amount");
    let nothing = json!({ "amount": { "amount": 0, "currency": "EUR" } });
    ask()
        .key("k-2")
        .json(&nothing)
        .await
        .refuses(400, "amount_not_positive");
    let dollars = json!({ "amount": { "amount": 5, "currency": "USD" } });
    ask()
        .key("k-3")
        .json(&dollars)
        .await
        .refuses(400, "payment_currency_differs");
}
