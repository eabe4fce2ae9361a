//! A quote adds up, whatever is in it.

use std::collections::BTreeMap;

use kernel::{CountryCode, Time};
use proptest::prelude::*;

use super::*;
use crate::region::{Tax, Terms};

fn handle(text: &str) -> Handle {
    Handle::parse(text).unwrap()
}

fn currency(code: &str) -> Currency {
    Currency::parse(code).unwrap()
}

/// A region with 19 % by default, 7 % on books and 0 % on gifts; shipping 490, free from 5000.
fn region(mode: TaxMode, currency: Currency) -> Region {
    let rate = |text| Rate::parse(text).unwrap();
    Region {
        region_id: handle("test"),
        terms: Terms {
            name: "Test".to_owned(),
            currency,
            countries: vec![CountryCode::parse("DE").unwrap()],
            tax: Tax {
                mode,
                rates: BTreeMap::from([(handle("books"), rate("0.07")), (handle("gifts"), rate("0"))]),
                default_rate: rate("0.19"),
                shipping_category: handle("standard"),
            },
            shipping_options: vec![ShippingOption {
                option_id: handle("post"),
                name: "Post".to_owned(),
                amount: Money::new(490, currency),
                free_from: Some(Money::new(5_000, currency)),
            }],
        },
        version: 1,
        updated_at: Time::from_unix_ms(0),
    }
}

fn line(minor: i64, quantity: u32, category: &str, currency: Currency) -> Line {
    Line {
        line_id: format!("{category}-{minor}-{quantity}"),
        sku: Sku::parse("tea").unwrap(),
        title: "Tea".to_owned(),
        unit_price: Money::new(minor, currency),
        quantity: Quantity::new(quantity).unwrap(),
        tax_category: handle(category),
    }
}

#[test]
fn gross_prices_contain_their_tax() {
    let region = region(TaxMode::Gross, Currency::EUR);
    let quote = quote(
        &region,
        vec![line(1_190, 2, "standard", Currency::EUR)],
        Some(&handle("post")),
    )
    .unwrap();
    assert_eq!(quote.lines[0].tax.minor, 380);
    assert_eq!(quote.subtotal.minor, 2_380);
    assert_eq!(quote.shipping.as_ref().unwrap().tax.minor, 78);
    assert_eq!(quote.tax.minor, 458);
    assert_eq!(quote.total.minor, 2_870);
}

#[test]
fn net_prices_get_their_tax_on_top() {
    let region = region(TaxMode::Net, Currency::USD);
    let quote = quote(
        &region,
        vec![line(1_000, 2, "standard", Currency::USD)],
        Some(&handle("post")),
    )
    .unwrap();
    assert_eq!(quote.lines[0].total.minor, 2_380);
    assert_eq!(quote.shipping.as_ref().unwrap().total.minor, 583);
    assert_eq!(quote.subtotal.minor, 2_000);
    assert_eq!(quote.total.minor, 2_963);
}

#[test]
fn tax_is_rounded_half_even_on_each_line_and_not_on_the_sum() {
    let mut region = region(TaxMode::Net, Currency::EUR);
    region.terms.tax.default_rate = Rate::parse("0.05").unwrap();
    let lines = vec![
        line(50, 1, "standard", Currency::EUR),
        line(70, 1, "standard", Currency::EUR),
    ];
    let quote = quote(&region, lines, None).unwrap();
    assert_eq!(
        quote.lines.iter().map(|line| line.tax.minor).collect::<Vec<_>>(),
        [2, 4]
    );
    assert_eq!(quote.tax.minor, 6);
}

#[test]
fn shipping_is_free_from_its_threshold_on() {
    let region = region(TaxMode::Gross, Currency::EUR);
    let shipping = |minor| {
        let lines = vec![line(minor, 1, "standard", Currency::EUR)];
        quote(&region, lines, Some(&handle("post")))
            .unwrap()
            .shipping
            .unwrap()
            .amount
            .minor
    };
    assert_eq!(shipping(4_999), 490);
    assert_eq!(shipping(5_000), 0);
}

#[test]
fn tax_is_listed_by_rate_lowest_first() {
    let region = region(TaxMode::Gross, Currency::EUR);
    let lines = vec![
        line(1_190, 1, "standard", Currency::EUR),
        line(1_070, 1, "books", Currency::EUR),
        line(500, 1, "gifts", Currency::EUR),
        line(1_070, 1, "books", Currency::EUR),
    ];
    let tax_lines = quote(&region, lines, None).unwrap().tax_lines;
    let listed: Vec<_> = tax_lines
        .iter()
        .map(|line| (line.rate.to_string(), line.taxable.minor, line.tax.minor))
        .collect();
    assert_eq!(
        listed,
        [
            ("0".to_owned(), 500, 0),
            ("0.07".to_owned(), 2_000, 140),
            ("0.19".to_owned(), 1_000, 190)
        ]
    );
}

#[test]
fn an_empty_cart_costs_nothing() {
    let quote = quote(&region(TaxMode::Net, currency("JPY")), Vec::new(), None).unwrap();
    assert_eq!(quote.total, Money::zero(currency("JPY")));
    assert!(quote.shipping.is_none());
}

#[test]
fn a_foreign_price_and_an_unknown_option_are_refused() {
    let region = region(TaxMode::Gross, Currency::EUR);
    assert!(matches!(
        quote(&region, vec![line(1, 1, "standard", Currency::USD)], None),
        Err(QuoteError::WrongCurrency { .. })
    ));
    assert_eq!(
        quote(&region, Vec::new(), Some(&handle("drone"))),
        Err(QuoteError::UnknownShippingOption(handle("drone")))
    );
}

#[test]
fn overflow_is_refused_and_never_wraps() {
    for mode in [TaxMode::Gross, TaxMode::Net] {
        let region = region(mode, Currency::EUR);
        let one = line(Money::MINOR_MAX, 1, "standard", Currency::EUR);
        assert_eq!(
            quote(&region, vec![one.clone(), one], None),
            Err(QuoteError::Amount(MoneyError::TooLarge))
        );
        let many = line(Money::MINOR_MAX / 2, 3, "gifts", Currency::EUR);
        assert_eq!(
            quote(&region, vec![many], None),
            Err(QuoteError::Amount(MoneyError::TooLarge))
        );
    }
}

fn any_lines(currency: Currency) -> impl Strategy<Value = Vec<Line>> {
    let category = prop::sample::select(vec!["standard", "books", "gifts", "unlisted"]);
    prop::collection::vec((0_i64..10_000_000, 1_u32..=9_999, category), 0..20).prop_map(move |lines| {
        lines
            .into_iter()
            .map(|(minor, quantity, category)| line(minor, quantity, category, currency))
            .collect()
    })
}

fn any_case() -> impl Strategy<Value = (Region, Vec<Line>, bool)> {
    let code = prop::sample::select(vec!["EUR", "JPY", "KWD"]);
    let mode = prop::sample::select(vec![TaxMode::Gross, TaxMode::Net]);
    (code, mode).prop_flat_map(|(code, mode)| {
        let currency = currency(code);
        (Just(region(mode, currency)), any_lines(currency), any::<bool>())
    })
}

proptest! {
    #[test]
    fn every_sum_of_a_quote_is_the_sum_of_its_parts((region, lines, shipped) in any_case()) {
        let post = handle("post");
        let quote = quote(&region, lines, shipped.then_some(&post)).unwrap();
        let sum = |part: fn(&QuotedLine) -> Money| quote.lines.iter().map(|line| part(line).minor).sum::<i64>();
        let (shipping_tax, shipping_total) =
            quote.shipping.as_ref().map_or((0, 0), |shipping| (shipping.tax.minor, shipping.total.minor));

        prop_assert_eq!(quote.subtotal.minor, sum(|line| line.subtotal));
        prop_assert_eq!(quote.discount.minor, sum(|line| line.discount));
        prop_assert_eq!(quote.tax.minor, sum(|line| line.tax) + shipping_tax);
        prop_assert_eq!(quote.total.minor, sum(|line| line.total) + shipping_total);
        prop_assert_eq!(quote.tax.minor, quote.tax_lines.iter().map(|line| line.tax.minor).sum::<i64>());
        let parts = quote.tax_lines.iter().map(|line| line.taxable.minor + line.tax.minor).sum::<i64>();
        prop_assert_eq!(quote.total.minor, parts);
    }

    #[test]
    fn a_gross_total_is_the_listed_price_and_a_net_total_is_that_and_the_tax((region, lines, shipped) in any_case()) {
        let post = handle("post");
        let quote = quote(&region, lines, shipped.then_some(&post)).unwrap();
        let listed = quote.subtotal.minor - quote.discount.minor
            + quote.shipping.as_ref().map_or(0, |shipping| shipping.amount.minor);
        let expected = match region.terms.tax.mode {
            TaxMode::Gross => listed,
            TaxMode::Net => listed + quote.tax.minor,
        };
        prop_assert_eq!(quote.total.minor, expected);
    }

    #[test]
    fn the_order_of_lines_never_changes_what_the_buyer_pays((region, mut lines, _) in any_case()) {
        let forward = quote(&region, lines.clone(), None).unwrap();
        lines.reverse();
        let backward = quote(&region, lines, None).unwrap();
        prop_assert_eq!((forward.total, forward.tax, forward.tax_lines), (backward.total, backward.tax, backward.tax_lines));
    }
}
