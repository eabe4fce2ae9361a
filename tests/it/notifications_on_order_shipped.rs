//! `notifications-order-shipped`, seen from outside.

use crate::shop::TestShop;

const QUEUE: &str = "notifications-order-shipped";
const FUNCTION: &str = "notifications-on-order-shipped";
const CASE: &str = "shipped";

#[tokio::test]
async fn the_buyer_learns_where_the_parcel_is() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 1).await;
    order.ship().await;
    order.until("fulfilled").await;
    let mails = shop.mails().await;
    let parcel: Vec<_> = mails
        .iter()
        .filter(|mail| mail.to_string().contains("JD014600003RU"))
        .collect();
    assert_eq!(parcel.len(), 1, "{mails:#?}");
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
