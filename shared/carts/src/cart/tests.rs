//! A cart keeps its limits, and a repeated change is one change.

use kernel::{Currency, Duration, Email, Handle, Ids, Money, Quantity, SeededRandom, Sku, Time};
use proptest::prelude::*;

use super::{Cart, CartId, ChangeError, Details, Goods, IDLE_MAX, LINES_MAX, LineId, Status, due_after};

pub(crate) const NOW: Time = Time::from_unix_ms(1_767_225_600_000);

pub(crate) fn cart() -> Cart {
    let random = SeededRandom::new(1);
    Cart::open(
        CartId::mint(&Ids::new(NOW, &random)),
        Handle::parse("eu").unwrap(),
        Currency::EUR,
        NOW,
    )
}

pub(crate) fn goods(sku: &str) -> Goods {
    Goods {
        sku: Sku::parse(sku).unwrap(),
        product_id: "product".into(),
        title: format!("The {sku}"),
        unit_price: Money::new(1_999, Currency::EUR),
        tax_category: Handle::parse("standard").unwrap(),
    }
}

pub(crate) fn line_id(seed: u64) -> LineId {
    LineId::mint(&Ids::new(NOW, &SeededRandom::new(seed)))
}

pub(crate) fn pieces(count: u32) -> Quantity {
    Quantity::new(count).unwrap()
}

#[test]
fn adding_the_same_sku_merges_quantities() {
    let mut cart = cart();
    cart.add(line_id(1), goods("tea"), pieces(2), NOW).unwrap();
    cart.add(line_id(2), goods("tea"), pieces(3), NOW).unwrap();
    assert_eq!(cart.lines.len(), 1);
    assert_eq!(cart.lines[0].quantity, pieces(5));
    assert_eq!(cart.lines[0].line_id, line_id(1));
    assert_eq!(cart.version, 3);
}

#[test]
fn a_repeated_add_is_added_once() {
    let mut cart = cart();
    for _ in 0..2 {
        cart.add(line_id(1), goods("tea"), pieces(2), NOW).unwrap();
        cart.add(line_id(2), goods("tea"), pieces(1), NOW).unwrap();
    }
    assert_eq!(cart.lines[0].quantity, pieces(3));
    assert_eq!(cart.version, 3);
}

#[test]
fn a_full_cart_takes_more_of_what_it_holds_but_nothing_new() {
    let mut cart = cart();
    for index in 0..LINES_MAX {
        cart.add(
            line_id(index as u64),
            goods(&format!("sku-{index}")),
            Quantity::ONE,
            NOW,
        )
        .unwrap();
    }
    assert_eq!(
        cart.add(line_id(900), goods("one-more"), Quantity::ONE, NOW),
        Err(ChangeError::TooManyLines)
    );
    assert_eq!(cart.add(line_id(901), goods("sku-0"), Quantity::ONE, NOW), Ok(()));
}

#[test]
fn a_line_never_holds_more_than_the_most_pieces() {
    let mut cart = cart();
    cart.add(line_id(1), goods("tea"), pieces(Quantity::MAX), NOW)
        .unwrap();
    let before = cart.clone();
    let refused = cart.add(line_id(2), goods("tea"), Quantity::ONE, NOW);
    assert!(matches!(refused, Err(ChangeError::TooManyPieces { .. })));
    assert_eq!(cart, before);
}

#[test]
fn goods_of_another_currency_do_not_enter() {
    let mut dollars = goods("tea");
    dollars.unit_price = Money::new(1, Currency::USD);
    let refused = cart().add(line_id(1), dollars, Quantity::ONE, NOW);
    assert!(matches!(refused, Err(ChangeError::OtherCurrency { .. })));
}

#[test]
fn a_closed_cart_refuses_every_change() {
    for (status, refusal) in [
        (Status::Completed, ChangeError::Completed { order_id: None }),
        (Status::Expired, ChangeError::Expired),
    ] {
        let mut cart = cart();
        cart.status = status;
        assert_eq!(
            cart.add(line_id(1), goods("tea"), Quantity::ONE, NOW),
            Err(refusal.clone())
        );
        assert_eq!(
            cart.set_quantity(&line_id(1), Quantity::ONE, NOW),
            Err(refusal.clone())
        );
        assert_eq!(cart.remove(&line_id(1), NOW), Err(refusal.clone()));
        assert_eq!(cart.amend(Details::default(), NOW), Err(refusal));
    }
}

#[test]
fn a_change_that_changes_nothing_keeps_the_version() {
    let mut cart = cart();
    cart.add(line_id(1), goods("tea"), pieces(2), NOW).unwrap();
    let email = Details {
        email: Some(Some(Email::parse("anna@example.com").unwrap())),
        ..Details::default()
    };
    cart.amend(email.clone(), NOW).unwrap();
    let version = cart.version;
    cart.amend(email, NOW).unwrap();
    cart.amend(Details::default(), NOW).unwrap();
    cart.set_quantity(&line_id(1), pieces(2), NOW).unwrap();
    cart.remove(&line_id(7), NOW).unwrap();
    assert_eq!(cart.version, version);
    assert!(cart.email.is_some());
}

#[test]
fn null_empties_a_detail() {
    let mut cart = cart();
    cart.shipping_option_id = Some(Handle::parse("standard").unwrap());
    cart.amend(
        Details {
            shipping_option_id: Some(None),
            ..Details::default()
        },
        NOW,
    )
    .unwrap();
    assert_eq!(cart.shipping_option_id, None);
}

#[test]
fn all_touches_of_one_day_are_due_on_one_day() {
    let midnight = Time::parse("2026-01-01T00:00:00.000Z").unwrap();
    let first = midnight.plus(Duration::millis(1));
    let last = midnight.plus(Duration::days(1));
    let due = Time::parse("2026-02-01T00:00:00.000Z").unwrap();
    assert_eq!(
        (due_after(first, IDLE_MAX), due_after(last, IDLE_MAX)),
        (due, due)
    );
    assert_ne!(due_after(last.plus(Duration::millis(1)), IDLE_MAX), due);
}

#[test]
fn every_status_reads_back() {
    for status in [Status::Active, Status::Completed, Status::Expired] {
        assert_eq!(Status::parse(status.as_str()), Some(status));
    }
    assert_eq!(Status::parse("open"), None);
}

proptest! {
    /// Whatever a buyer does, no SKU stands twice, no limit is passed, and the version never falls.
    #[test]
    fn a_cart_keeps_its_limits(steps in proptest::collection::vec((0_u8..4, 0_usize..120, 1_u32..=9_999), 1..300)) {
        let mut cart = cart();
        for (index, (kind, which, count)) in steps.into_iter().enumerate() {
            let version = cart.version;
            let known = cart.lines.get(which % cart.lines.len().max(1)).map(|line| line.line_id.clone());
            let outcome = match (kind, known) {
                (0, Some(id)) => cart.remove(&id, NOW),
                (1, Some(id)) => cart.set_quantity(&id, pieces(count), NOW),
                _ => cart.add(line_id(1_000 + index as u64), goods(&format!("sku-{which}")), pieces(count), NOW),
            };
            let mut skus: Vec<_> = cart.lines.iter().map(|line| line.goods.sku.clone()).collect();
            skus.sort();
            skus.dedup();
            prop_assert_eq!(skus.len(), cart.lines.len());
            prop_assert!(cart.lines.len() <= LINES_MAX);
            prop_assert!(cart.version >= version);
            prop_assert!(outcome.is_ok() || cart.version == version);
        }
    }
}
