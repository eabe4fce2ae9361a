//! `notifications-order-confirmed`, seen from outside.

use crate::shop::TestShop;

const QUEUE: &str = "notifications-order-confirmed";
const FUNCTION: &str = "notifications-on-order-confirmed";
const CASE: &str = "confirmed";

#[tokio::test]
async fn the_buyer_learns_number_goods_and_total() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 2).await;
    let number = order.look().await.text("/number").to_owned();
    let mails = shop.mails().await;
    assert_eq!(mails.len(), 1, "{mails:#?}");
    let mail = mails[0].to_string();
    for expected in ["anna@example.com", &number, "The tea"] {
        assert!(mail.contains(expected), "`{expected}` is not in {mail}");
    }
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
    assert_eq!(shop.mails().await.len(), 0);
}
