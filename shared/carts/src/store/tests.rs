//! A cart survives its row, whatever it holds, and every write keeps its condition.

use std::sync::Arc;

use kernel::{Duration, Quantity};
use platform::table::Transaction;
use testing::{World, cloud};

use crate::cart::tests::{NOW, cart, goods, line_id};
use crate::cart::{Cart, OrderId, Status};
use crate::quote::tests::complete_cart;

use super::{CartRow, Store};

#[test]
fn a_cart_reads_back_as_it_was_written() {
    let mut closed = complete_cart();
    closed.status = Status::Completed;
    for written in [cart(), complete_cart(), closed] {
        let json = serde_json::to_string(&CartRow::from(&written)).unwrap();
        let row: CartRow = serde_json::from_str(&json).unwrap();
        assert_eq!(Cart::try_from(row).unwrap(), written);
    }
}

#[test]
fn only_an_open_cart_is_in_the_index_of_what_is_due() {
    let row = CartRow::from(&cart());
    assert!(row.due.is_some_and(|due| due.starts_with("open#")));
    assert_eq!(row.due_at, Some(cart().due_at()));
    for status in [Status::Completed, Status::Expired, Status::Merged] {
        let mut cart = cart();
        cart.status = status;
        let row = CartRow::from(&cart);
        assert_eq!((row.due, row.due_at), (None, None));
    }
}

#[test]
fn a_row_with_an_unknown_status_is_not_taken_for_a_cart() {
    let mut row = CartRow::from(&cart());
    row.status = "frozen".into();
    assert!(
        Cart::try_from(row)
            .unwrap_err()
            .to_string()
            .ends_with("has the status `frozen`")
    );
}

#[test]
fn the_first_version_of_a_row_still_reads() {
    let row: CartRow = serde_json::from_str(include_str!("cart.v1.json")).unwrap();
    let cart = Cart::try_from(row).unwrap();
    assert_eq!(cart.lines.len(), 1);
    assert_eq!(cart.version, 3);
}

/// A store that holds the empty cart.
async fn store() -> Store {
    let world = Arc::new(World::new().unwrap());
    let store = Store::new(&cloud(&world, "orders-create"));
    store.insert(cart()).await.unwrap();
    store
}

async fn present(store: &Store) -> Cart {
    store.find(&cart().cart_id).await.unwrap().unwrap()
}

fn order_id(last: char) -> OrderId {
    OrderId::parse(&format!("order_01h455vb4pex5vsknk084sn02{last}")).unwrap()
}

async fn close(store: &Store, version: u64, order_id: &OrderId) -> bool {
    let closing = store.completing(&cart().cart_id, version, order_id, NOW);
    Transaction::new().with(closing).commit().await.is_ok()
}

#[tokio::test]
async fn of_two_changes_of_one_version_the_second_is_not_stored() {
    let store = store().await;
    let (mut one, mut other) = (present(&store).await, present(&store).await);
    let read = one.version;
    one.add(line_id(1), goods("tea"), Quantity::ONE, NOW).unwrap();
    other.add(line_id(2), goods("cup"), Quantity::ONE, NOW).unwrap();
    assert!(store.replace(&one, read).await.unwrap());
    assert!(!store.replace(&other, read).await.unwrap());
    assert_eq!(present(&store).await, one);
}

#[tokio::test]
async fn a_cart_is_closed_only_when_open_and_at_the_quoted_version() {
    let store = store().await;
    let version = present(&store).await.version;
    assert!(!close(&store, version + 1, &order_id('q')).await);
    assert!(close(&store, version, &order_id('q')).await);
    let closed = present(&store).await;
    assert_eq!(
        (closed.status, &closed.order_id),
        (Status::Completed, &Some(order_id('q')))
    );
    assert!(!close(&store, closed.version, &order_id('r')).await);
    assert_eq!(present(&store).await, closed);
}

#[tokio::test]
async fn a_change_decided_before_the_cart_was_closed_is_not_stored_after() {
    let store = store().await;
    let mut slow = present(&store).await;
    let read = slow.version;
    slow.add(line_id(1), goods("tea"), Quantity::ONE, NOW).unwrap();
    assert!(close(&store, read, &order_id('q')).await);
    assert!(!store.replace(&slow, read).await.unwrap());
}

#[tokio::test]
async fn a_reopened_cart_is_due_again() {
    let store = store().await;
    assert!(close(&store, present(&store).await.version, &order_id('q')).await);
    let later = NOW.plus(Duration::days(3));
    let mut closed = present(&store).await;
    let read = closed.version;
    assert!(!closed.reopen(&order_id('r'), later), "another order's end");
    assert!(closed.reopen(&order_id('q'), later));
    assert!(!closed.reopen(&order_id('q'), later), "open already");
    assert!(store.replace(&closed, read).await.unwrap());
    let mut due = Vec::new();
    for shard in 0..super::DUE_SHARDS {
        due.extend(store.page_due(shard, closed.due_at(), 10).await.unwrap().items);
    }
    assert_eq!(due, [cart().cart_id]);
}

#[tokio::test]
async fn a_cart_that_is_not_due_or_not_open_does_not_expire() {
    let store = store().await;
    let (id, due) = (cart().cart_id, cart().due_at());
    assert!(!store.expire(&id, due.minus(Duration::millis(1))).await.unwrap());
    assert!(store.expire(&id, due).await.unwrap());
    assert!(!store.expire(&id, due).await.unwrap());
    assert_eq!(present(&store).await.status, Status::Expired);
}
