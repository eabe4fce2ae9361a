//! `payments-order-reserved`, seen from outside.

use serde_json::{Value, json};

use crate::shop::TestShop;

const QUEUE: &str = "payments-order-reserved";
const ORDER: &str = "order_01h455vb4pex5vsknk084sn02q";

fn reserved(order_id: &str) -> Value {
    json!({
        "order_id": order_id, "total": { "amount": 4488, "currency": "EUR" }, "email": "anna@example.com",
        "payment_method": { "provider": "sandbox", "token": "tok_approve" }, "expires_at": "2126-01-31T12:30:00.000Z",
    })
}

#[tokio::test]
async fn the_total_is_authorized() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 2).await;
    let payment = shop.payment(&order).await;
    assert_eq!(payment.text("/status"), "authorized");
    assert_eq!(payment.at("/authorized"), order.look().await.at("/total"));
}

#[tokio::test]
async fn hearing_it_twice_authorizes_once() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 2).await;
    let before = shop.payment(&order).await;
    for _ in 0..2 {
        shop.tell(QUEUE, &reserved(&order.id)).await;
    }
    assert_eq!(shop.payment(&order).await.bytes(), before.bytes());
}

#[tokio::test]
async fn an_answer_that_was_lost_is_found_again() {
    let shop = TestShop::open().await;
    for (number, card) in ["tok_slow", "tok_timeout_after_commit"].into_iter().enumerate() {
        let sku = format!("tea-{number}");
        shop.product(&sku).stock(1).await;
        let cart = shop.cart_with([(sku.as_str(), 1)]).await;
        let order = shop.place(&cart).card(card).await;
        order.until("confirmed").await;
        let payment = shop.payment(&order).await;
        assert_eq!(
            payment.at("/authorized"),
            order.look().await.at("/total"),
            "{card}: once, not twice"
        );
    }
}

#[tokio::test]
async fn an_end_that_is_heard_before_leaves_nothing_authorized() {
    let shop = TestShop::open().await;
    let canceled = json!({
        "order_id": ORDER, "cart_id": "cart_01h455vb4pex5vsknk084sn02q", "reason": "buyer",
        "email": "anna@example.com", "number": null, "reopen_cart": false, "detail": null,
    });
    shop.tell("payments-order-canceled", &canceled).await;
    shop.tell(QUEUE, &reserved(ORDER)).await;
    let payment = shop
        .get(format!("/v1/admin/orders/{ORDER}/payment"))
        .staff()
        .await;
    assert!(
        payment.status() == 404
            || payment.at("/authorized/amount") == 0
            || payment.text("/status") == "voided",
        "{payment}"
    );
}

#[tokio::test]
async fn nonsense_is_parked() {
    let shop = TestShop::open().await;
    shop.tell_nonsense(QUEUE).await;
    assert_eq!(shop.parked(QUEUE).await.len(), 1);
}
