//! `POST /v1/sandbox/challenges/{challenge_id}`, seen from outside.

use serde_json::json;

use crate::shop::{Order, TestShop};

/// An order that waits for its buyer, and the path of the bank's page.
async fn waiting(shop: &TestShop) -> (Order<'_>, String) {
    shop.product("tea").stock(5).await;
    let cart = shop.cart_with([("tea", 1)]).await;
    let order = shop.place(&cart).card("tok_action_required").await;
    let seen = order.until("reserved").await;
    let path = seen
        .text("/payment/challenge_url")
        .strip_prefix(shop.url())
        .unwrap()
        .to_owned();
    (order, path)
}

#[tokio::test]
async fn an_approved_challenge_confirms_the_order() {
    let shop = TestShop::open().await;
    let (order, path) = waiting(&shop).await;
    shop.post(path)
        .json(&json!({ "outcome": "approve" }))
        .await
        .expect(200);
    order.until("confirmed").await;
}

#[tokio::test]
async fn a_declined_challenge_cancels_the_order() {
    let shop = TestShop::open().await;
    let (order, path) = waiting(&shop).await;
    shop.post(path)
        .json(&json!({ "outcome": "decline" }))
        .await
        .expect(200);
    let seen = order.until("canceled").await;
    assert_eq!(seen.text("/cancellation/reason"), "payment_declined");
}

#[tokio::test]
async fn a_challenge_is_completed_once() {
    let shop = TestShop::open().await;
    let (order, path) = waiting(&shop).await;
    shop.post(&*path)
        .json(&json!({ "outcome": "approve" }))
        .await
        .expect(200);
    shop.post(&*path)
        .json(&json!({ "outcome": "decline" }))
        .await
        .refuses(409, "challenge_over");
    order.until("confirmed").await;
}

#[tokio::test]
async fn a_stranger_who_guesses_is_refused() {
    let shop = TestShop::open().await;
    let guess = shop.post("/v1/sandbox/challenges/challenge_01h455vb4pex5vsknk084sn02q");
    guess
        .json(&json!({ "outcome": "approve" }))
        .await
        .refuses(404, "not_found");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let ask = shop.post("/v1/sandbox/challenges/challenge_01h455vb4pex5vsknk084sn02q");
    ask.json(&json!({ "outcome": "maybe" }))
        .await
        .refuses(400, "invalid_request")
        .names("outcome");
}
