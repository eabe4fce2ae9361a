//! A cart survives its row, whatever it holds.

use crate::cart::tests::{NOW, cart};
use crate::cart::{Cart, Status};
use crate::quote::tests::complete_cart;

use super::CartRow;

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
    assert_eq!(row.due_at, Some(super::due_after(NOW)));
    for status in [Status::Completed, Status::Expired] {
        let mut cart = cart();
        cart.status = status;
        let row = CartRow::from(&cart);
        assert_eq!((row.due, row.due_at), (None, None));
    }
}

#[test]
fn a_row_with_an_unknown_status_is_not_taken_for_a_cart() {
    let row = CartRow {
        status: "frozen".into(),
        ..CartRow::from(&cart())
    };
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
