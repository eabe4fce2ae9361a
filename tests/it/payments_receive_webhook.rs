//! `POST /v1/webhooks/sandbox`, seen from outside.

use crate::shop::{TestShop, sample};

const PATH: &str = "/v1/webhooks/sandbox";

#[tokio::test]
async fn what_the_provider_signed_is_believed_and_a_repeat_is_harmless() {
    let shop = TestShop::open().await;
    shop.product("tea").stock(5).await;
    let cart = shop.cart_with([("tea", 1)]).await;
    let order = shop.place(&cart).card("tok_duplicate_webhook").await;
    order.until("confirmed").await;
    assert_eq!(
        shop.invocations("payments-receive-webhook").await,
        (2, 0),
        "the sandbox bank tells it twice"
    );
    assert_eq!(
        shop.parked("sandbox-stream").await.len(),
        0,
        "every webhook was taken"
    );
    let payment = shop.payment(&order).await;
    assert_eq!(
        (payment.text("/status"), payment.at("/captured/amount")),
        ("authorized", &0.into())
    );
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    let body = sample("payments-receive-webhook", "updated");
    shop.post(PATH)
        .json(&body["body"])
        .await
        .refuses(401, "webhook_signature_invalid");
    let forged = shop
        .post(PATH)
        .header("webhook-id", "evt_1")
        .header("webhook-timestamp", "1769860800")
        .header("webhook-signature", "v1,AAAA")
        .json(&body["body"]);
    forged.await.refuses(401, "webhook_signature_invalid");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let refused = shop.post(PATH).text("application/octet-stream", "nonsense").await;
    refused.refuses(401, "webhook_signature_invalid");
}
