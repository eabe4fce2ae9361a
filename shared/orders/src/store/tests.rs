//! An order survives its row, and stands in exactly the indexes that its state asks for.

use std::sync::Arc;

use platform::table::Transaction;
use testing::{World, cloud};

use super::Store;
use super::row::{self, OrderRow};
use crate::order::tests::{NOW, order, order_at};
use crate::order::{Actor, DECIDED_WITHIN, Order, Status, StockOutcome};

#[test]
fn an_order_reads_back_as_it_was_written() {
    for &status in Status::ALL {
        let written = order_at(status);
        let json = serde_json::to_string(&OrderRow::from(&written)).unwrap();
        let row: OrderRow = serde_json::from_str(&json).unwrap();
        assert_eq!(Order::try_from(row).unwrap(), written);
    }
}

#[test]
fn the_first_version_of_a_row_still_reads() {
    let row: OrderRow = serde_json::from_str(include_str!("order.v1.json")).unwrap();
    let order = Order::try_from(row).unwrap();
    assert_eq!(order.status(), Status::Confirmed);
    assert_eq!(order.number.unwrap().as_str(), "CW-100123");
}

#[test]
fn only_an_undecided_order_is_in_the_index_of_what_is_due() {
    for &status in Status::ALL {
        let row = OrderRow::from(&order_at(status));
        let waits = matches!(status, Status::Pending | Status::Reserved);
        assert_eq!(
            (row.due.is_some(), row.due_at),
            (waits, waits.then(|| NOW.plus(DECIDED_WITHIN)))
        );
    }
}

#[test]
fn an_order_moves_between_status_listings_and_stays_in_its_shard() {
    let (pending, canceled) = (
        OrderRow::from(&order_at(Status::Pending)),
        OrderRow::from(&order_at(Status::Canceled)),
    );
    assert_eq!(
        (&pending.listing, &pending.listed_at),
        (&canceled.listing, &canceled.listed_at)
    );
    let shard = pending.listing.trim_start_matches("all#");
    assert_eq!(pending.listing_status, format!("pending#{shard}"));
    assert_eq!(canceled.listing_status, format!("canceled#{shard}"));
    assert!(
        pending
            .listed_at
            .ends_with(order_at(Status::Pending).order_id().as_str())
    );
}

#[test]
fn a_row_with_an_unknown_word_is_not_taken_for_an_order() {
    let mut json = serde_json::to_value(OrderRow::from(&order_at(Status::Pending))).unwrap();
    json["payment_status"] = "barter".into();
    let row: OrderRow = serde_json::from_value(json).unwrap();
    let bad = Order::try_from(row).unwrap_err().to_string();
    assert!(
        bad.ends_with("says `barter`, which is no payment status"),
        "{bad}"
    );
}

#[test]
fn only_orders_are_taken_for_orders() {
    let row = OrderRow::from(&order_at(Status::Pending));
    assert!(row::is_order((&row.pk, &row.sk)));
    assert!(!row::is_order(("numbers", "counter")));
}

#[tokio::test]
async fn an_order_is_inserted_once_and_of_two_moves_of_one_version_the_second_is_not_stored() {
    let world = Arc::new(World::new().unwrap());
    let store = Store::new(&cloud(&world, "orders-create"));
    let (mut reserved, mut canceled) = (order(), order());
    assert!(
        Transaction::new()
            .with(store.inserting(&order()))
            .commit()
            .await
            .is_ok()
    );
    reserved.stock_decided(StockOutcome::Reserved, NOW);
    canceled.cancel(Actor::Buyer, None, NOW).unwrap();
    assert!(store.replace(&reserved, order().version()).await.unwrap());
    assert!(!store.replace(&canceled, order().version()).await.unwrap());
    let again = Transaction::new()
        .with(store.inserting(&order()))
        .commit()
        .await
        .unwrap_err();
    assert!(again.condition_failed_at(0));
    assert_eq!(store.find(order().order_id()).await.unwrap(), Some(reserved));
}
