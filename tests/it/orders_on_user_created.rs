//! `orders-user-created`, seen from outside.

use crate::shop::TestShop;

const QUEUE: &str = "orders-user-created";

#[tokio::test]
async fn what_was_bought_with_an_address_comes_to_its_account() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 1).await;
    // The sample buyer's address, written otherwise.
    let anna = shop.customer("Anna@example.com").await;
    shop.quiet().await;
    let mine = shop.get("/v1/account/orders").person(&anna).await.expect(200);
    assert_eq!(mine.text("/data/0/order_id"), order.id);
    shop.get(order.path()).person(&anna).await.expect(200);
    let by_token = order.look().await;
    assert!(
        by_token.at("/customer_id").is_null(),
        "the cart's token still opens it, and tells nobody's id"
    );
    assert_eq!(shop.parked(QUEUE).await.len(), 0);
}

#[tokio::test]
async fn an_address_that_nobody_has_proven_brings_nothing() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 1).await;
    shop.register("anna@example.com").await;
    let ben = shop.customer("ben@example.com").await;
    shop.quiet().await;
    shop.get(order.path())
        .person(&ben)
        .await
        .refuses(404, "not_found");
    let mine = shop.get("/v1/account/orders").person(&ben).await.expect(200);
    assert_eq!(mine.data().len(), 0);
}

#[tokio::test]
async fn nonsense_is_parked() {
    let shop = TestShop::open().await;
    shop.tell_nonsense(QUEUE).await;
    assert_eq!(shop.parked(QUEUE).await.len(), 1);
}
