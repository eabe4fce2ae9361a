//! A customer is erased: carts and orders forget them, now or at the order's end.

use kernel::Email;
use orders::Actor;
use orders::facts::PaymentStatus;
use testing::{FaultKind, Plan};

use crate::shop::{Shop, customer, guest, user};

/// What the sample buyer leaves behind.
const TRACES: [&str; 3] = ["anna@example.com", "Anna Beispiel", "Hauptstr. 1"];

fn traces(shop: &Shop) -> Vec<String> {
    let rows = ["carts", "orders"].map(|table| shop.world.rows(table).unwrap());
    let kept = rows.concat().into_iter().map(|row| row.to_string());
    kept.filter(|row| TRACES.iter().any(|trace| row.contains(trace)))
        .collect()
}

/// Anna, with an ended order, one that was placed as a guest, and an open cart.
async fn anna(shop: &Shop) {
    let anna = user('q');
    for _ in 0..2 {
        let order = shop.placed().await;
        shop.orders
            .cancel(
                order.order_id(),
                Actor::Buyer,
                Some("Anna Beispiel".into()),
                shop.now(),
            )
            .await
            .unwrap();
    }
    shop.owned
        .attach(&anna, &Email::parse("anna@example.com").unwrap())
        .await
        .unwrap();
    let (cart_id, _) = shop.full_cart().await;
    shop.keeping.join(&anna, &cart_id).await.unwrap();
    // The guest carts of the two orders hold the address as well.
    let quote_id = shop
        .carts
        .current(&anna, shop.now())
        .await
        .unwrap()
        .quote_id
        .unwrap();
    let order = shop
        .place_as(&customer(&anna), &quote_id, &shop.ids())
        .await
        .unwrap();
    shop.orders
        .cancel(order.order_id(), Actor::Buyer, None, shop.now())
        .await
        .unwrap();
    let (cart_id, _) = shop.full_cart().await;
    shop.keeping.join(&anna, &cart_id).await.unwrap();
}

async fn erase(shop: &Shop) -> Result<(), kernel::Fault> {
    shop.forgetting.erase(&user('q')).await?;
    shop.keeping.forget(&user('q')).await
}

#[tokio::test]
async fn what_has_ended_is_forgotten_at_once_and_the_sale_stays() {
    let shop = Shop::open().await;
    anna(&shop).await;
    for _ in 0..2 {
        erase(&shop).await.unwrap();
    }
    assert_eq!(traces(&shop), [""; 0]);
    assert_eq!(shop.orders_kept(), 3);
    let rows = shop.world.rows("orders").unwrap();
    for order in rows.iter().filter(|row| row["sk"] == "order") {
        assert_eq!(order["purchase"]["total"]["amount"], 4_488);
        assert_eq!(order["purchase"]["shipping"]["address"]["country"], "DE");
    }
    let late = shop.full_cart().await;
    shop.keeping.join(&user('q'), &late.0).await.unwrap();
    let open = shop.carts.view(&guest(&late.0), shop.now()).await.unwrap();
    assert_eq!(open.customer_id, None, "a late sign-in brings nothing back");
}

#[tokio::test]
async fn an_order_under_way_is_forgotten_at_its_end() {
    let shop = Shop::open().await;
    let order = shop.confirmed().await;
    let anna = user('q');
    shop.owned
        .attach(&anna, &Email::parse("anna@example.com").unwrap())
        .await
        .unwrap();
    shop.forgetting.erase(&anna).await.unwrap();
    assert_eq!(shop.forgetting.erase_ended(shop.now()).await.unwrap().handled, 0);
    let moving = shop.orders.inspect(order.order_id()).await.unwrap();
    assert_eq!(
        moving.purchase(),
        order.purchase(),
        "the carrier needs the address"
    );

    shop.orders
        .cancel(order.order_id(), Actor::Buyer, None, shop.now())
        .await
        .unwrap();
    shop.pay(order.order_id(), 2, PaymentStatus::Voided).await;
    assert_eq!(shop.forgetting.erase_ended(shop.now()).await.unwrap().handled, 1);
    assert_eq!(shop.forgetting.erase_ended(shop.now()).await.unwrap().handled, 0);
    let rows = shop.world.rows("orders").unwrap();
    let left = rows.iter().filter(|row| row.to_string().contains("anna@"));
    assert_eq!(left.count(), 0);
}

#[tokio::test(start_paused = true)]
async fn erasing_survives_every_fault_and_a_message_told_again() {
    for kind in [FaultKind::LostAnswer, FaultKind::Throttle, FaultKind::Conflict] {
        for call in 0..24 {
            let shop = Shop::open().await;
            anna(&shop).await;
            let plan = (call..call + 3).fold(Plan::calm(), |plan, call| plan.with(call, kind));
            shop.world.faults.arm(plan);
            drop(erase(&shop).await);
            shop.world.faults.disarm();
            erase(&shop).await.unwrap();
            assert_eq!(traces(&shop), [""; 0], "{kind:?} at call {call}");
        }
    }
}
