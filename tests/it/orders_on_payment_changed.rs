//! `orders-payment-changed`, seen from outside.

use serde_json::{Value, json};

use crate::shop::{TestShop, sample};

const QUEUE: &str = "orders-payment-changed";

fn changed(order_id: &str, payment_id: &str, version: u64, case: &str) -> Value {
    let mut fact = sample("orders-on-payment-changed", case)["fact"].clone();
    fact["order_id"] = json!(order_id);
    fact["payment_id"] = json!(payment_id);
    fact["version"] = json!(version);
    fact
}

#[tokio::test]
async fn a_payment_that_needs_its_buyer_says_where_to_go() {
    let shop = TestShop::open().await;
    shop.product("tea").stock(5).await;
    let cart = shop.cart_with([("tea", 1)]).await;
    let order = shop.place(&cart).card("tok_action_required").await;
    let seen = order.until("reserved").await;
    assert_eq!(seen.text("/payment_status"), "action_required");
    assert!(
        seen.text("/payment/challenge_url").starts_with(shop.url()),
        "{seen}"
    );
}

#[tokio::test]
async fn what_is_older_than_what_is_known_changes_nothing() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 1).await;
    let before = order.look().await;
    let payment = shop.payment(&order).await;
    shop.tell(QUEUE, &changed(&order.id, payment.text("/id"), 1, "declined"))
        .await;
    assert_eq!(order.look().await.bytes(), before.bytes());
}

#[tokio::test]
async fn nonsense_is_parked() {
    let shop = TestShop::open().await;
    shop.tell_nonsense(QUEUE).await;
    shop.tell(
        QUEUE,
        &changed("nobody", "payment_01h455vb4pex5vsknk084sn02q", 1, "authorized"),
    )
    .await;
    assert_eq!(shop.parked(QUEUE).await.len(), 2);
}
