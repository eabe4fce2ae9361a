//! A quote says what is wrong, what is missing, and never changes silently.

use std::collections::BTreeMap;

use kernel::{Address, CountryCode, Currency, Email, Handle, Money, Quantity, Rate, Sku};
use pricing::region::{Region, ShippingOption, Tax, TaxMode, Terms};

use super::{Missing, Offer, Problem, Quote};
use crate::cart::tests::{NOW, cart, goods, line_id, pieces};
use crate::cart::{Cart, Details};

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

fn handle(text: &str) -> Handle {
    Handle::parse(text).unwrap()
}

pub(crate) fn region() -> Region {
    let standard = ShippingOption {
        option_id: handle("standard"),
        name: "Standard".into(),
        amount: eur(490),
        free_from: Some(eur(10_000)),
    };
    let tax = Tax {
        mode: TaxMode::Gross,
        rates: BTreeMap::new(),
        default_rate: Rate::parse("0.19").unwrap(),
        shipping_category: handle("standard"),
    };
    let terms = Terms {
        name: "Europe".into(),
        currency: Currency::EUR,
        countries: vec![CountryCode::parse("DE").unwrap()],
        tax,
        shipping_options: vec![standard],
    };
    Region {
        region_id: handle("eu"),
        terms,
        version: 1,
        updated_at: NOW,
    }
}

pub(crate) fn address(country: &str) -> Address {
    Address {
        name: "Anna Beispiel".into(),
        line1: "Hauptstr. 1".into(),
        line2: None,
        postal_code: Some("10115".into()),
        city: "Berlin".into(),
        province: None,
        country: CountryCode::parse(country).unwrap(),
        phone: None,
    }
}

/// A cart with two teas that lacks nothing.
pub(crate) fn complete_cart() -> Cart {
    let mut cart = cart();
    cart.add(line_id(1), goods("tea"), pieces(2), NOW).unwrap();
    let details = Details {
        email: Some(Some(Email::parse("anna@example.com").unwrap())),
        shipping_address: Some(Some(address("DE"))),
        billing_address: None,
        shipping_option_id: Some(Some(handle("standard"))),
    };
    cart.amend(details, NOW).unwrap();
    cart
}

fn offer(available: i64) -> Offer {
    Offer {
        goods: goods("tea"),
        tracks_inventory: true,
        allow_backorder: false,
        available,
    }
}

fn quote(cart: &Cart, offer: Offer) -> Quote {
    Quote::of(
        cart,
        &region(),
        &BTreeMap::from([(offer.goods.sku.clone(), offer)]),
    )
    .unwrap()
}

fn codes(quote: &Quote) -> Vec<&'static str> {
    quote.problems.iter().map(Problem::code).collect()
}

#[test]
fn a_complete_cart_is_priced_to_the_last_cent() {
    let quote = quote(&complete_cart(), offer(2));
    assert_eq!(
        (quote.subtotal, quote.tax, quote.total),
        (eur(3_998), eur(716), eur(4_488))
    );
    assert_eq!(quote.lines[0].total, eur(3_998));
    assert!(quote.is_complete() && quote.problems.is_empty() && quote.prices_include_tax);
}

#[test]
fn an_empty_cart_names_everything_that_is_missing() {
    let quote = Quote::of(&cart(), &region(), &BTreeMap::new()).unwrap();
    let all = [
        Missing::Lines,
        Missing::Email,
        Missing::ShippingAddress,
        Missing::ShippingOptionId,
    ];
    assert_eq!(quote.missing, all);
    assert_eq!(quote.total, eur(0));
    assert!(!quote.is_complete());
}

#[test]
fn short_stock_is_a_problem_only_where_stock_counts() {
    let check = |offer: Offer, expected: &[&str]| {
        let quote = quote(&complete_cart(), offer);
        assert_eq!(codes(&quote), expected);
        assert_eq!(quote.is_complete(), expected.is_empty());
    };
    check(offer(1), &["sold_out"]);
    check(offer(-3), &["sold_out"]);
    check(offer(2), &[]);
    check(
        Offer {
            allow_backorder: true,
            ..offer(0)
        },
        &[],
    );
    check(
        Offer {
            tracks_inventory: false,
            ..offer(0)
        },
        &[],
    );
}

#[test]
fn sold_out_says_how_many_are_left() {
    let message = |available| quote(&complete_cart(), offer(available)).problems[0].message();
    assert_eq!(message(1), "2 of `tea` were asked for, 1 is left");
    assert_eq!(message(-1), "2 of `tea` were asked for, none is left");
}

#[test]
fn a_changed_price_is_told_charged_and_does_not_block() {
    let mut dearer = offer(9);
    dearer.goods.unit_price = eur(2_500);
    let quote = quote(&complete_cart(), dearer);
    let told = &quote.problems[0];
    assert_eq!(told.message(), "`tea` was 19.99 EUR and is now 25.00 EUR");
    assert_eq!(quote.subtotal, eur(5_000));
    assert!(quote.is_complete());
}

#[test]
fn goods_that_are_gone_or_sold_in_another_currency_block() {
    let gone = Quote::of(&complete_cart(), &region(), &BTreeMap::new()).unwrap();
    let mut dollars = offer(9);
    dollars.goods.unit_price = Money::new(1, Currency::USD);
    for quote in [gone, quote(&complete_cart(), dollars)] {
        assert_eq!(codes(&quote), ["not_for_sale"]);
        assert_eq!(quote.subtotal, eur(3_998));
        assert!(!quote.is_complete());
    }
}

#[test]
fn a_country_or_an_option_that_the_region_lacks_blocks() {
    let mut cart = complete_cart();
    let details = Details {
        shipping_address: Some(Some(address("US"))),
        shipping_option_id: Some(Some(handle("pigeon"))),
        ..Details::default()
    };
    cart.amend(details, NOW).unwrap();
    let quote = quote(&cart, offer(9));
    assert_eq!(codes(&quote), ["country_not_served", "shipping_option_gone"]);
    assert_eq!(quote.shipping, None);
    assert!(!quote.is_complete());
}

#[test]
fn options_are_offered_at_what_they_would_cost_these_goods() {
    let mut cart = complete_cart();
    assert_eq!(quote(&cart, offer(9)).shipping_options[0].1, eur(490));
    cart.set_quantity(&line_id(1), pieces(10), NOW).unwrap();
    assert_eq!(quote(&cart, offer(99)).shipping_options[0].1, eur(0));
}

#[test]
fn a_sum_beyond_counting_is_refused() {
    let mut cart = complete_cart();
    cart.set_quantity(&line_id(1), pieces(Quantity::MAX), NOW)
        .unwrap();
    let mut gold = offer(9_999);
    gold.goods.unit_price = eur(Money::MINOR_MAX);
    let offers = BTreeMap::from([(Sku::parse("tea").unwrap(), gold)]);
    assert_eq!(
        Quote::of(&cart, &region(), &offers).unwrap_err().code(),
        "total_too_large"
    );
}

#[test]
fn the_same_cart_has_the_same_terms_and_another_price_has_others() {
    let cart = complete_cart();
    let terms = quote(&cart, offer(2)).terms();
    assert_eq!(quote(&cart, offer(77)).terms(), terms);
    let mut dearer = offer(2);
    dearer.goods.unit_price = eur(2_000);
    assert_ne!(quote(&cart, dearer).terms(), terms);
}
