//! Orders after they were placed: moved by facts, time and people, and listed.

use std::collections::BTreeSet;
use std::sync::Arc;

use kernel::{Duration, Fault, Limit};
use orders::facts::PaymentStatus;
use orders::wire::OrderSummaryView;
use orders::{Actor, Holder, Order, OrderId, Shipment, Status};

use crate::shop::Shop;

fn number(order: Order) -> Option<String> {
    OrderSummaryView::from(order).number
}

#[tokio::test]
async fn facts_confirm_an_order_once_under_one_number() {
    let shop = Shop::open().await;
    let order = shop.confirmed().await;
    assert_eq!(order.status(), Status::Confirmed);
    shop.reserve(&order).await;
    shop.pay(order.order_id(), 1, PaymentStatus::Failed).await;
    assert_eq!(shop.orders.inspect(order.order_id()).await.unwrap(), order);
    assert_eq!(number(order).as_deref(), Some("CW-100001"));
}

#[tokio::test]
async fn no_two_orders_have_one_number_whoever_confirms_them() {
    let here = Shop::open().await;
    let there = Shop::in_world(Arc::clone(&here.world), 12);
    let mut numbers = BTreeSet::new();
    for _ in 0..12 {
        numbers.extend(number(here.confirmed().await));
        numbers.extend(number(there.confirmed().await));
    }
    assert_eq!(numbers.len(), 24);
}

#[tokio::test]
async fn an_undecided_order_expires_once() {
    let shop = Shop::open().await;
    let (pending, confirmed) = (shop.placed().await, shop.confirmed().await);
    assert_eq!(shop.orders.expire(shop.now()).await.unwrap().handled, 0);
    shop.world.clock.advance(Duration::minutes(31));
    assert_eq!(shop.orders.expire(shop.now()).await.unwrap().handled, 1);
    assert_eq!(shop.orders.expire(shop.now()).await.unwrap().handled, 0);
    assert_eq!(
        shop.orders.inspect(pending.order_id()).await.unwrap().status(),
        Status::Canceled
    );
    assert_eq!(
        shop.orders.inspect(confirmed.order_id()).await.unwrap().status(),
        Status::Confirmed
    );
}

#[tokio::test]
async fn money_for_a_canceled_order_is_noted_and_moves_nothing() {
    let shop = Shop::open().await;
    let order = shop.placed().await;
    shop.orders
        .cancel(order.order_id(), Actor::Buyer, None, shop.now())
        .await
        .unwrap();
    shop.pay(order.order_id(), 1, PaymentStatus::Authorized).await;
    shop.pay(order.order_id(), 2, PaymentStatus::Voided).await;
    let order = shop.orders.inspect(order.order_id()).await.unwrap();
    assert_eq!(order.status(), Status::Canceled);
    assert_eq!(OrderSummaryView::from(order).payment_status, "voided");
}

#[tokio::test]
async fn an_order_is_shipped_delivered_and_completed() {
    let shop = Shop::open().await;
    let (order, clerk) = (shop.confirmed().await, Actor::Staff("key_1".into()));
    let parcel = Shipment {
        carrier: "DHL".into(),
        tracking_number: None,
        shipped_at: shop.now(),
    };
    for _ in 0..2 {
        let shipped = shop
            .orders
            .ship(order.order_id(), parcel.clone(), clerk.clone(), shop.now())
            .await
            .unwrap();
        assert_eq!(shipped.status(), Status::Fulfilled);
    }
    let late = shop
        .orders
        .cancel(order.order_id(), Actor::Buyer, None, shop.now())
        .await
        .unwrap_err();
    assert!(
        matches!(late, Fault::Refused { code: "order_state", fields, .. } if fields[0].code == "deliver")
    );
    shop.pay(order.order_id(), 2, PaymentStatus::Captured).await;
    let done = shop
        .orders
        .deliver(order.order_id(), clerk, shop.now())
        .await
        .unwrap();
    assert_eq!(done.status(), Status::Completed);
}

#[tokio::test]
async fn a_stranger_finds_no_order() {
    let shop = Shop::open().await;
    let (order, other) = (shop.placed().await, shop.empty_cart().await);
    assert!(matches!(
        shop.orders
            .of(order.order_id(), &Holder::Guest { cart_id: other })
            .await,
        Err(Fault::Missing { what: "order" })
    ));
    assert_eq!(
        shop.orders
            .of(
                order.order_id(),
                &Holder::Guest {
                    cart_id: order.cart_id().clone()
                }
            )
            .await
            .unwrap(),
        order
    );
}

async fn listed(shop: &Shop, status: Option<Status>, limit: u8) -> Vec<OrderId> {
    let (mut ids, mut position) = (Vec::new(), None);
    loop {
        let page = shop
            .orders
            .list(status, Limit::new(limit).unwrap(), position)
            .await
            .unwrap();
        assert!(page.items.len() <= usize::from(limit));
        ids.extend(page.items.iter().map(|order| order.order_id().clone()));
        position = page.next;
        if position.is_none() {
            return ids;
        }
    }
}

#[tokio::test]
async fn pages_join_into_the_list_newest_first() {
    let shop = Shop::open().await;
    let mut placed = Vec::new();
    for _ in 0..11 {
        placed.push(shop.placed().await.order_id().clone());
        shop.world.clock.advance(Duration::seconds(1));
    }
    placed.reverse();
    for limit in [1, 3, 11, 100] {
        assert_eq!(listed(&shop, None, limit).await, placed, "in pages of {limit}");
    }
}

#[tokio::test]
async fn a_list_of_one_status_holds_only_that() {
    let shop = Shop::open().await;
    let (pending, confirmed) = (shop.placed().await, shop.confirmed().await);
    assert_eq!(
        listed(&shop, Some(Status::Pending), 5).await,
        [pending.order_id().clone()]
    );
    assert_eq!(
        listed(&shop, Some(Status::Confirmed), 5).await,
        [confirmed.order_id().clone()]
    );
    assert!(listed(&shop, Some(Status::Canceled), 5).await.is_empty());
}
