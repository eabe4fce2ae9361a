//! Terms are whole or refused, with every fault named.

use super::*;

fn terms() -> Terms {
    let eur = |minor| Money::new(minor, Currency::EUR);
    Terms {
        name: "Europe".to_owned(),
        currency: Currency::EUR,
        countries: vec![
            CountryCode::parse("DE").unwrap(),
            CountryCode::parse("FR").unwrap(),
        ],
        tax: Tax {
            mode: TaxMode::Gross,
            rates: BTreeMap::from([(Handle::parse("books").unwrap(), Rate::parse("0.07").unwrap())]),
            default_rate: Rate::parse("0.19").unwrap(),
            shipping_category: Handle::parse("standard").unwrap(),
        },
        shipping_options: vec![ShippingOption {
            option_id: Handle::parse("post").unwrap(),
            name: "Post".to_owned(),
            amount: eur(490),
            free_from: Some(eur(5_000)),
        }],
    }
}

fn eu() -> Handle {
    Handle::parse("eu").unwrap()
}

#[test]
fn every_fault_is_named_at_once() {
    let mut terms = terms();
    terms.countries.push(CountryCode::parse("DE").unwrap());
    terms.shipping_options.push(ShippingOption {
        amount: Money::new(1, Currency::USD),
        free_from: Some(Money::new(-1, Currency::EUR)),
        ..terms.shipping_options[0].clone()
    });
    let faults = terms.faults();
    let named: Vec<_> = faults
        .iter()
        .map(|fault| (fault.field.as_str(), fault.code))
        .collect();
    assert_eq!(
        named,
        [
            ("countries[2]", "duplicate"),
            ("shipping_options[1].option_id", "duplicate"),
            ("shipping_options[1].amount", "wrong_currency"),
            ("shipping_options[1].free_from", "too_small"),
        ]
    );
}

#[test]
fn a_repeated_put_changes_nothing_and_a_change_counts_up() {
    let first = terms().into_region(eu(), None, Time::from_unix_ms(1)).unwrap();
    assert_eq!(first.version, 1);
    let again = terms()
        .into_region(eu(), Some(&first), Time::from_unix_ms(2))
        .unwrap();
    assert_eq!(again, first);
    let mut changed = terms();
    changed.name = "Euroland".to_owned();
    let second = changed
        .into_region(eu(), Some(&first), Time::from_unix_ms(2))
        .unwrap();
    assert_eq!((second.version, second.updated_at), (2, Time::from_unix_ms(2)));
}

#[test]
fn a_category_without_its_own_rate_has_the_default() {
    let tax = terms().tax;
    assert_eq!(tax.rate_of(&Handle::parse("books").unwrap()).to_string(), "0.07");
    assert_eq!(tax.rate_of(&Handle::parse("toys").unwrap()).to_string(), "0.19");
}
