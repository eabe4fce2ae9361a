//! Two carts become one, and nothing is lost without being told.

use kernel::{Currency, Money, Quantity, Time};
use proptest::prelude::*;

use super::super::tests::{NOW, cart, goods, line_id, pieces};
use super::super::{CUSTOMER_IDLE_MAX, Cart, CartId, CustomerId, LINES_MAX, OrderId, Status, due_after};
use super::WhyLeftOut;

fn anna() -> CustomerId {
    CustomerId::parse("usr_01h455vb4pex5vsknk084sn02q").unwrap()
}

fn guest_cart() -> Cart {
    Cart {
        cart_id: CartId::parse("cart_01h455vb4pex5vsknk084sn02q").unwrap(),
        ..cart()
    }
}

fn with(mut cart: Cart, lines: &[(u64, &str, u32)]) -> Cart {
    for (seed, sku, count) in lines {
        cart.add(line_id(*seed), goods(sku), pieces(*count), NOW).unwrap();
    }
    cart
}

fn holds(cart: &Cart) -> Vec<(&str, u32)> {
    cart.lines
        .iter()
        .map(|line| (line.goods.sku.as_str(), line.quantity.get()))
        .collect()
}

#[test]
fn a_merged_cart_adds_up_what_both_hold_and_brings_what_is_new() {
    let mut own = with(cart(), &[(1, "tea", 2), (2, "cup", 1)]);
    own.adopt(&anna(), NOW);
    let mut guests = with(guest_cart(), &[(3, "cup", 4), (4, "pot", 1)]);
    own.take_in(&mut guests, NOW);
    assert_eq!(holds(&own), [("tea", 2), ("cup", 5), ("pot", 1)]);
    assert_eq!(own.left_out, []);
    assert_eq!(
        (guests.status, &guests.merged_into, guests.customer_id()),
        (Status::Merged, &Some(own.cart_id.clone()), Some(&anna()))
    );
    assert_eq!(holds(&guests), [("cup", 4), ("pot", 1)], "it keeps what it held");
}

#[test]
fn what_finds_no_room_is_told_until_the_lines_change() {
    let mut own = with(cart(), &[(1, "tea", Quantity::MAX - 1)]);
    for index in 1..LINES_MAX as u64 {
        own = with(own, &[(index + 1, &format!("sku-{index}"), 1)]);
    }
    let mut guests = with(guest_cart(), &[(500, "tea", 3), (501, "pot", 7)]);
    own.take_in(&mut guests, NOW);
    let told: Vec<_> = own
        .left_out
        .iter()
        .map(|left| (left.sku.as_str(), left.pieces, left.why))
        .collect();
    assert_eq!(
        told,
        [
            ("tea", 2, WhyLeftOut::TooManyPieces),
            ("pot", 7, WhyLeftOut::TooManyLines)
        ]
    );
    own.remove(&line_id(2), NOW).unwrap();
    assert_eq!(own.left_out, []);
}

#[test]
fn goods_of_another_currency_are_told_and_not_taken() {
    let mut own = cart();
    let mut abroad = guest_cart();
    abroad.currency = Currency::USD;
    let mut dear = goods("tea");
    dear.unit_price = Money::new(2_000, Currency::USD);
    abroad.add(line_id(1), dear, pieces(2), NOW).unwrap();
    own.take_in(&mut abroad, NOW);
    assert_eq!(holds(&own), []);
    assert_eq!(
        (own.left_out[0].pieces, own.left_out[0].why),
        (2, WhyLeftOut::OtherCurrency)
    );
}

#[test]
fn details_come_over_only_where_there_are_none_and_leave_the_merged_cart() {
    let mut own = cart();
    let mut guests = crate::quote::tests::complete_cart();
    let (email, address) = (guests.email.clone(), guests.shipping_address.clone());
    own.email = Some(kernel::Email::parse("own@example.com").unwrap());
    own.take_in(&mut guests, NOW);
    assert_ne!(own.email, email);
    assert_eq!(own.shipping_address, address);
    assert_eq!((guests.email, guests.shipping_address), (None, None));
}

#[test]
fn a_customers_cart_lies_for_ninety_days() {
    let mut own = cart();
    own.adopt(&anna(), NOW);
    assert_eq!(own.due_at(), due_after(NOW, CUSTOMER_IDLE_MAX));
    let version = own.version;
    own.adopt(&anna(), Time::from_unix_ms(NOW.unix_ms() + 1));
    assert_eq!(own.version, version, "adopted already");
}

#[test]
fn only_its_own_order_opens_a_cart_again() {
    let order_id = |last: char| OrderId::parse(&format!("order_01h455vb4pex5vsknk084sn02{last}")).unwrap();
    let mut closed = cart();
    closed.status = Status::Completed;
    closed.order_id = Some(order_id('q'));
    assert!(!closed.clone().reopen(&order_id('r'), NOW));
    assert!(closed.reopen(&order_id('q'), NOW));
    assert!(!closed.reopen(&order_id('q'), NOW));
}

proptest! {
    /// Every piece of both carts is in the merged cart or told to be left out.
    #[test]
    fn no_piece_is_lost(
        own_lines in proptest::collection::vec((0..60_u64, 1..=Quantity::MAX), 0..60),
        guest_lines in proptest::collection::vec((0..120_u64, 1..=Quantity::MAX), 0..80),
    ) {
        let fill = |mut cart: Cart, lines: &[(u64, u32)], offset: u64| {
            for (index, (sku, count)) in lines.iter().enumerate() {
                let added = cart.add(line_id(offset + index as u64), goods(&format!("sku-{sku}")), pieces(*count), NOW);
                drop(added);
            }
            cart
        };
        let sum = |cart: &Cart| cart.lines.iter().map(|line| u64::from(line.quantity.get())).sum::<u64>();
        let mut own = fill(cart(), &own_lines, 0);
        let mut guests = fill(guest_cart(), &guest_lines, 1_000);
        let before = sum(&own) + sum(&guests);
        own.take_in(&mut guests, NOW);
        let left_out: u64 = own.left_out.iter().map(|left| u64::from(left.pieces)).sum();
        prop_assert_eq!(sum(&own) + left_out, before);
        prop_assert!(own.lines.len() <= LINES_MAX);
    }
}
