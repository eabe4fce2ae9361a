//! Orders and accounts: a customer's own, a guest's that comes to an account, and nobody else's.

use kernel::{Email, Limit};
use orders::wire::{OrderView, Viewer};
use orders::{Actor, CustomerId, Holder, OrderId};
use testing::{FaultKind, Plan};

use crate::shop::{Shop, customer, user};

fn annas_address() -> Email {
    Email::parse("anna@example.com").unwrap()
}

async fn list(shop: &Shop, customer_id: &CustomerId, limit: u8) -> Vec<OrderId> {
    let (mut ids, mut position) = (Vec::new(), None);
    loop {
        let page = shop
            .owned
            .list(customer_id, Limit::new(limit).unwrap(), position)
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
async fn a_guests_orders_come_to_the_account_whose_address_was_proven() {
    let shop = Shop::open().await;
    let (anna, ben) = (user('q'), user('r'));
    let mut placed = Vec::new();
    for _ in 0..3 {
        let order = shop.placed().await;
        placed.insert(0, order.order_id().clone());
        shop.world.clock.advance(kernel::Duration::seconds(1));
    }
    let shouted = Email::parse("ANNA@example.com").unwrap();
    for _ in 0..2 {
        shop.owned.attach(&anna, &shouted).await.unwrap();
    }
    shop.owned.attach(&ben, &annas_address()).await.unwrap();
    assert_eq!(list(&shop, &anna, 2).await, placed, "newest first, page by page");
    assert_eq!(list(&shop, &ben, 20).await, []);
}

// ID-18
#[tokio::test]
async fn an_account_opens_its_own_orders_and_the_carts_token_its_own() {
    let shop = Shop::open().await;
    let (anna, ben) = (user('q'), user('r'));
    let order = shop.placed().await;
    assert!(shop.orders.of(order.order_id(), &customer(&anna)).await.is_err());
    shop.owned.attach(&anna, &annas_address()).await.unwrap();
    let seen = shop.orders.of(order.order_id(), &customer(&anna)).await.unwrap();
    let by_token = Holder::Guest {
        cart_id: order.cart_id().clone(),
    };
    shop.orders.of(order.order_id(), &by_token).await.unwrap();
    assert!(shop.orders.of(order.order_id(), &customer(&ben)).await.is_err());

    let told = |holder: &Holder| OrderView::new(seen.clone(), Viewer::of(holder, &seen)).customer_id;
    assert_eq!(told(&customer(&anna)), Some(anna));
    assert_eq!(
        told(&by_token),
        None,
        "a token's holder does not learn whose account it is"
    );
}

#[tokio::test(start_paused = true)]
async fn attaching_survives_every_fault_and_a_message_told_again() {
    for kind in [FaultKind::LostAnswer, FaultKind::Throttle, FaultKind::Conflict] {
        for call in 0..6 {
            let shop = Shop::open().await;
            let order = shop.placed().await;
            let plan = (call..call + 3).fold(Plan::calm(), |plan, call| plan.with(call, kind));
            shop.world.faults.arm(plan);
            drop(shop.owned.attach(&user('q'), &annas_address()).await);
            shop.world.faults.disarm();
            shop.owned.attach(&user('q'), &annas_address()).await.unwrap();
            assert_eq!(
                list(&shop, &user('q'), 20).await,
                [order.order_id().clone()],
                "{kind:?} at {call}"
            );
        }
    }
}

#[tokio::test]
async fn an_order_moves_on_while_it_is_attached() {
    let shop = Shop::open().await;
    let order = shop.placed().await;
    let cancel = shop
        .orders
        .cancel(order.order_id(), Actor::Buyer, None, shop.now());
    let (anna, address) = (user('q'), annas_address());
    let (canceled, attached) = tokio::join!(cancel, shop.owned.attach(&anna, &address));
    canceled.unwrap();
    attached.unwrap();
    let order = shop.orders.inspect(order.order_id()).await.unwrap();
    assert_eq!(order.customer_id(), Some(&user('q')));
    assert_eq!(order.status(), orders::Status::Canceled);
}
