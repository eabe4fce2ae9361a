//! Money adds up, whatever the numbers.

use proptest::prelude::*;

use super::*;

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

#[test]
fn currencies_never_mix() {
    assert_eq!(
        eur(1).plus(Money::new(1, Currency::USD)),
        Err(MoneyError::Mixed(Currency::EUR, Currency::USD))
    );
}

#[test]
fn overflow_is_refused_and_never_wraps() {
    assert_eq!(eur(Money::MINOR_MAX).plus(eur(1)), Err(MoneyError::TooLarge));
    assert_eq!(
        eur(Money::MINOR_MAX).times(Quantity::new(9_999).unwrap()),
        Err(MoneyError::TooLarge)
    );
}

#[test]
fn a_share_rounds_half_to_even() {
    let check = |minor, rate: &str, expected| {
        assert_eq!(
            eur(minor).share(Rate::parse(rate).unwrap()),
            Ok(eur(expected)),
            "{minor} × {rate}"
        );
    };
    check(50, "0.05", 2); // 2.5
    check(70, "0.05", 4); // 3.5
    check(1999, "0.19", 380); // 379.81
    check(0, "0.19", 0);
}

#[test]
fn the_tax_within_a_gross_price_is_what_the_law_says() {
    assert_eq!(
        eur(11_900).tax_within(Rate::parse("0.19").unwrap()),
        Ok(eur(1_900))
    );
    assert_eq!(eur(1_000).tax_within(Rate::ZERO), Ok(eur(0)));
}

#[test]
fn minor_units_follow_iso_4217() {
    assert_eq!(eur(1999).to_string(), "19.99 EUR");
    assert_eq!(
        Money::new(500, Currency::parse("JPY").unwrap()).to_string(),
        "500 JPY"
    );
    assert_eq!(
        Money::new(-1_005, Currency::parse("KWD").unwrap()).to_string(),
        "-1.005 KWD"
    );
    assert!(Currency::parse("eur").is_err());
    assert!(Currency::parse("XXX").is_err(), "no currency has no minor units");
}

#[test]
fn rates_are_exact_text() {
    assert!(Rate::parse("0.19").is_ok());
    for bad in ["-0.1", "1.1", "1e-2", "", "0.1234567", "abc"] {
        assert!(Rate::parse(bad).is_err(), "{bad}");
    }
}

proptest! {
    #[test]
    fn allocated_parts_add_up_and_differ_from_the_exact_share_by_less_than_one(
        amount in 0_i64..1_000_000_000, weights in prop::collection::vec(0_u64..1_000_000, 1..40),
    ) {
        let parts = eur(amount).allocate(&weights).unwrap();
        prop_assert_eq!(parts.iter().map(|part| part.minor).sum::<i64>(), amount);
        let total: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
        if total > 0 {
            for (part, weight) in parts.iter().zip(&weights) {
                let exact_times_total = i128::from(amount) * i128::from(*weight);
                let distance = (i128::from(part.minor) * i128::try_from(total).unwrap() - exact_times_total).abs();
                prop_assert!(distance < i128::try_from(total).unwrap());
            }
        }
    }
}
