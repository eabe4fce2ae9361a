//! An order is placed on the quote the buyer saw, or not at all.

use std::collections::BTreeMap;

use kernel::{Duration, Fault, Quantity};
use platform::token::{BadSeal, Sealer};

use super::{Missing, QuotedError, agree};
use crate::cart::tests::{NOW, cart, goods, line_id, pieces};
use crate::cart::{Cart, Details};
use crate::quote::tests::{address, complete_cart, region};
use crate::quote::{Offer, Quote};
use crate::quote_id::{QUOTE_LIFE, Seen};

fn quote(cart: &Cart, available: i64) -> Quote {
    let offer = |sku: &str| {
        (
            goods(sku).sku,
            Offer {
                goods: goods(sku),
                tracks_inventory: true,
                allow_backorder: false,
                available,
            },
        )
    };
    Quote::of(cart, &region(), &BTreeMap::from([offer("tea"), offer("cup")])).unwrap()
}

fn refusal(cart: Cart, available: i64, seen: Result<Seen, BadSeal>) -> Fault {
    let quote = quote(&cart, available);
    Fault::from(agree(cart, quote, seen).unwrap_err())
}

#[test]
fn the_quote_that_was_seen_is_agreed_to() {
    let (cart, sealer) = (complete_cart(), Sealer::new(b"secret"));
    let quote = quote(&cart, 5);
    let quote_id = Seen::of(&cart, &quote).seal(&sealer, NOW).unwrap();
    let seen = Seen::open(&sealer, &quote_id.text, NOW.plus(QUOTE_LIFE));
    let agreed = agree(cart.clone(), quote.clone(), seen).unwrap();
    assert_eq!(
        (agreed.version, agreed.quote, agreed.cart_id),
        (cart.version, quote, cart.cart_id)
    );
}

#[test]
fn a_quote_id_lives_fifteen_minutes_and_does_not_differ_within_one() {
    let (cart, sealer) = (complete_cart(), Sealer::new(b"secret"));
    let seen = Seen::of(&cart, &quote(&cart, 5));
    let quote_id = seen.seal(&sealer, NOW).unwrap();
    assert_eq!(
        seen.seal(&sealer, NOW.plus(Duration::seconds(59))).unwrap(),
        quote_id
    );
    let late = NOW.plus(Duration::minutes(16));
    assert_eq!(Seen::open(&sealer, &quote_id.text, late), Err(BadSeal::Expired));
    assert_eq!(refusal(cart, 5, Err(BadSeal::Expired)).code(), "quote_expired");
}

#[test]
fn a_cart_changed_since_is_not_agreed_to() {
    let mut cart = complete_cart();
    let seen = Seen::of(&cart, &quote(&cart, 5));
    cart.add(line_id(2), goods("cup"), Quantity::ONE, NOW).unwrap();
    assert_eq!(refusal(cart, 5, Ok(seen)).code(), "quote_changed");
}

#[test]
fn a_price_changed_since_is_not_agreed_to() {
    let cart = complete_cart();
    let seen = Seen::of(&cart, &quote(&cart, 5));
    let mut dearer = goods("tea");
    dearer.unit_price.minor += 1;
    let offer = Offer {
        goods: dearer,
        tracks_inventory: false,
        allow_backorder: false,
        available: 0,
    };
    let quote = Quote::of(
        &cart,
        &region(),
        &BTreeMap::from([(offer.goods.sku.clone(), offer)]),
    )
    .unwrap();
    assert!(matches!(agree(cart, quote, Ok(seen)), Err(QuotedError::Changed)));
}

#[test]
fn the_quote_of_another_cart_is_unknown() {
    let cart = complete_cart();
    let mut other = complete_cart();
    other.cart_id = crate::CartId::parse("cart_01h455vb4pex5vsknk084sn02q").unwrap();
    let seen = Seen::of(&other, &quote(&other, 5));
    let fault = refusal(cart.clone(), 5, Ok(seen));
    assert!(matches!(fault, Fault::Invalid { fields, .. } if fields[0].code == "unknown_quote"));
    assert!(matches!(
        refusal(cart, 5, Err(BadSeal::Forged)),
        Fault::Invalid { .. }
    ));
}

#[test]
fn what_is_missing_or_wrong_is_told_before_the_quote_is_looked_at() {
    let stale = || Err(BadSeal::Expired);
    assert_eq!(refusal(cart(), 5, stale()).code(), "cart_empty");

    let mut anonymous = complete_cart();
    anonymous
        .amend(
            Details {
                email: Some(None),
                ..Details::default()
            },
            NOW,
        )
        .unwrap();
    let fault = refusal(anonymous, 5, stale());
    assert!(
        matches!(fault, Fault::Refused { code: "cart_incomplete", fields, .. } if fields[0].field == "email")
    );

    let mut two = complete_cart();
    two.add(line_id(2), goods("cup"), pieces(9), NOW).unwrap();
    let Fault::Refused { code, fields, detail } = refusal(two, 2, stale()) else {
        panic!("not refused")
    };
    assert_eq!(
        (code, detail.as_str()),
        ("sold_out", "9 of `cup` were asked for, 2 are left")
    );
    assert_eq!(fields[0].field, "lines[1].quantity");

    let mut abroad = complete_cart();
    let details = Details {
        shipping_address: Some(Some(address("US"))),
        ..Details::default()
    };
    abroad.amend(details, NOW).unwrap();
    assert_eq!(refusal(abroad, 5, stale()).code(), "country_not_served");
}

#[test]
fn every_missing_field_is_named() {
    let mut cart = cart();
    cart.add(line_id(1), goods("tea"), Quantity::ONE, NOW).unwrap();
    let quote = quote(&cart, 5);
    let Err(QuotedError::Incomplete(missing)) = agree(cart, quote, Err(BadSeal::Forged)) else {
        panic!("complete")
    };
    assert_eq!(
        missing,
        [
            Missing::Email,
            Missing::ShippingAddress,
            Missing::ShippingOptionId
        ]
    );
}
