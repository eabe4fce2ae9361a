//! `customers-session-started`, seen from outside.

use crate::shop::{PASSWORD, Person, TestShop};

const QUEUE: &str = "customers-session-started";

#[tokio::test]
async fn what_was_bought_as_a_guest_meanwhile_comes_to_the_account_at_the_next_sign_in() {
    let shop = TestShop::open().await;
    shop.customer("anna@example.com").await;
    let order = shop.confirmed_order("tea", 1).await;
    let again = shop.log_in("anna@example.com", PASSWORD).await;
    let anna = Person::of("anna@example.com", &again);
    shop.quiet().await;
    let mine = shop.get("/v1/account/orders").person(&anna).await.expect(200);
    assert_eq!(mine.text("/data/0/order_id"), order.id);
    assert_eq!(shop.parked(QUEUE).await.len(), 0);
}

#[tokio::test]
async fn nonsense_is_parked_and_nobody_is_nobody() {
    let shop = TestShop::open().await;
    shop.tell_nonsense(QUEUE).await;
    shop.tell_sample("customers-on-session-started", "started").await;
    assert_eq!(shop.parked(QUEUE).await.len(), 1);
}
