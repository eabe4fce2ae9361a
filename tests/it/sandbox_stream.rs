//! The stream of table `sandbox`, seen from outside: the embedded provider's webhooks.

use crate::shop::TestShop;

#[tokio::test]
async fn what_the_buyer_did_at_the_bank_is_told_by_a_webhook() {
    let shop = TestShop::open().await;
    shop.product("tea").stock(5).await;
    let cart = shop.cart_with([("tea", 1)]).await;
    let order = shop.place(&cart).card("tok_action_required").await;
    let seen = order.until("reserved").await;
    assert_eq!(shop.invocations("payments-receive-webhook").await, (0, 0));

    let path = seen
        .text("/payment/challenge_url")
        .strip_prefix(shop.url())
        .unwrap()
        .to_owned();
    shop.post(path)
        .json(&serde_json::json!({ "outcome": "approve" }))
        .await
        .expect(200);

    order.until("confirmed").await;
    assert_eq!(shop.invocations("payments-receive-webhook").await, (1, 0));
}

#[tokio::test]
async fn nothing_gets_stuck() {
    let shop = TestShop::open().await;
    shop.product("tea").stock(5).await;
    let cart = shop.cart_with([("tea", 1)]).await;
    shop.place(&cart)
        .card("tok_decline")
        .await
        .until("canceled")
        .await;
    assert_eq!(shop.parked("sandbox-stream").await.len(), 0);
}
