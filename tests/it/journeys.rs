//! Whole purchases, from the shelf to the door.

use std::future::IntoFuture;

use serde_json::json;

use crate::shop::{TestShop, together};

mod flash_sale;
mod killed;

#[tokio::test]
async fn from_the_shelf_to_the_door() {
    let shop = TestShop::open().await;
    shop.product("tea").price(1999).stock(10).await;
    shop.product("mug").price(1200).stock(10).await;
    let cart = shop.cart_with([("tea", 2), ("mug", 1)]).await;
    let order = shop.place(&cart).await;

    order.until("confirmed").await;
    order.ship().await;
    order.until("fulfilled").await;
    shop.post(format!("{}/deliver", order.admin_path()))
        .staff()
        .await
        .expect(200);
    let seen = order.until("completed").await;

    let payment = shop.payment(&order).await;
    assert_eq!(
        payment.at("/captured"),
        seen.at("/total"),
        "what was ordered was paid"
    );
    for (sku, left) in [("tea", 8), ("mug", 9)] {
        let level = shop.level(sku).await;
        assert_eq!(
            (&level["on_hand"], &level["reserved"]),
            (&json!(left), &json!(0)),
            "{sku}"
        );
    }
    assert_eq!(shop.mails().await.len(), 2, "confirmed and shipped");
    let parked = shop.get("/_cartwright/parked").await.expect(200);
    assert_eq!(parked.body(), &json!([]), "nothing got stuck");
}

#[tokio::test]
async fn twelve_buyers_and_five_pieces_make_exactly_five_sales() {
    const BUYERS: usize = 12;
    const PIECES: i64 = 5;
    let shop = TestShop::open().await;
    shop.product("tea").stock(PIECES).await;
    let mut carts = Vec::new();
    for _ in 0..BUYERS {
        carts.push(shop.cart_with([("tea", 1)]).await);
    }
    let mut asks = Vec::new();
    for cart in &carts {
        let (ask, _) = shop.order_of(cart, "tok_approve").await;
        asks.push(ask.key("k-1").into_future());
    }

    // Who comes when nothing is left is refused at once; who comes a moment earlier gets an order
    // that is canceled.
    let mut placed = 0;
    for answer in together(asks).await {
        match answer.status() {
            201 => placed += 1,
            _ => drop(answer.refuses(409, "sold_out")),
        }
    }
    shop.quiet().await;

    let confirmed = shop
        .get("/v1/admin/orders?status=confirmed&limit=100")
        .staff()
        .await
        .expect(200);
    let canceled = shop
        .get("/v1/admin/orders?status=canceled&limit=100")
        .staff()
        .await
        .expect(200);
    assert_eq!(
        (confirmed.data().len(), canceled.data().len()),
        (5, placed - 5),
        "{confirmed}"
    );
    let level = shop.level("tea").await;
    assert_eq!(
        (&level["on_hand"], &level["reserved"], &level["available"]),
        (&json!(5), &json!(5), &json!(0))
    );
    let charged = confirmed
        .data()
        .iter()
        .filter(|order| order["payment_status"] == "authorized")
        .count();
    assert_eq!(charged, 5, "every sale is paid");
}
