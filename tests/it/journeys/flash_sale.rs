//! More buyers than goods, all at once.

use std::{collections::BTreeMap, future::IntoFuture};

use serde_json::{Value, json};

use crate::shop::{TestShop, together};

const BUYERS: usize = 200;
const PIECES: usize = 50;

#[tokio::test]
async fn two_hundred_buyers_and_fifty_pieces_make_exactly_fifty_sales() {
    let shop = TestShop::open().await;
    shop.product("tea").price(1999).stock(50).await;
    shop.region().await;
    let carts = together((0..BUYERS).map(|_| shop.cart_with([("tea", 1)]))).await;
    let asks = together(carts.iter().map(|cart| shop.order_of(cart, "tok_approve"))).await;

    // All carts are full and all quotes are in hand: now everybody presses the button.
    let pressed = asks.into_iter().map(|(ask, _)| ask.key("k-1").into_future());
    let answers = together(pressed).await;
    let report = shop.audit().await;

    // Who comes when nothing is left is refused; who comes a moment earlier gets an order that is
    // canceled. Either way everybody is told, and fifty have bought.
    let mut outcomes: BTreeMap<String, usize> = BTreeMap::new();
    for (answer, cart) in answers.into_iter().zip(&carts) {
        let outcome = if answer.status() == 201 {
            let path = format!("/v1/orders/{}", answer.text("/order_id"));
            let seen = shop.get(path).guest(&cart.token).await.expect(200);
            let why = seen.at("/cancellation/reason").as_str().unwrap_or("paid");
            format!("{}: {why}", seen.text("/status"))
        } else {
            drop(answer.refuses(409, "sold_out"));
            "refused: sold_out".to_owned()
        };
        *outcomes.entry(outcome).or_default() += 1;
    }
    let mut count = |outcome: &str| outcomes.remove(outcome).unwrap_or_default();
    let (confirmed, canceled, refused) = (
        count("confirmed: paid"),
        count("canceled: sold_out"),
        count("refused: sold_out"),
    );
    assert_eq!(outcomes, BTreeMap::new(), "nothing else became of anybody");
    assert_eq!((confirmed, canceled + refused), (PIECES, BUYERS - PIECES));
    assert!(canceled > 0, "nobody was in the race for the last piece");
    let level = shop.level("tea").await;
    assert_eq!(
        (&level["on_hand"], &level["reserved"], &level["available"]),
        (&json!(50), &json!(50), &json!(0))
    );
    assert_eq!(
        (report.counted["orders"], report.counted["carts"]),
        (confirmed + canceled, BUYERS)
    );
    let held: i64 = shop.rows("sandbox").await.iter().filter_map(held).sum();
    assert_eq!(held, 50 * (1999 + 490), "what the bank holds is what was sold");
}

/// What the provider's books hold for a payment that is not voided.
fn held(row: &Value) -> Option<i64> {
    let authorized = row["sk"] == "account" && row["stage"]["kind"] == "authorized";
    authorized.then(|| row["authorized"]["amount"].as_i64()).flatten()
}
