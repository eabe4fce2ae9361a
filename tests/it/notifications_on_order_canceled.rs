//! `notifications-order-canceled`, seen from outside.

use crate::shop::TestShop;

const QUEUE: &str = "notifications-order-canceled";
const FUNCTION: &str = "notifications-on-order-canceled";
const CASE: &str = "canceled";

#[tokio::test]
async fn the_buyer_learns_that_the_card_was_declined() {
    let shop = TestShop::open().await;
    shop.product("tea").stock(5).await;
    let cart = shop.cart_with([("tea", 1)]).await;
    shop.place(&cart)
        .card("tok_decline")
        .await
        .until("canceled")
        .await;
    let mails = shop.mails().await;
    assert_eq!(mails.len(), 1, "{mails:#?}");
    assert!(mails[0].to_string().contains("anna@example.com"));
}

#[tokio::test]
async fn hearing_it_twice_writes_once() {
    let shop = TestShop::open().await;
    for _ in 0..2 {
        shop.tell_sample(FUNCTION, CASE).await;
    }
    assert_eq!(shop.mails().await.len(), 1);
}

#[tokio::test]
async fn nonsense_is_parked() {
    let shop = TestShop::open().await;
    shop.tell_nonsense(QUEUE).await;
    assert_eq!(shop.parked(QUEUE).await.len(), 1);
}
