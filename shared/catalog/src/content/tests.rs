//! Contradictions are found, each by its path.

use kernel::SeededRandom;

use super::*;

fn option(name: &str, values: &[&str]) -> ProductOption {
    ProductOption {
        name: name.to_owned(),
        values: values.iter().map(|value| (*value).to_owned()).collect(),
    }
}

fn variant(sku: &str, options: &[(&str, &str)]) -> VariantSpec {
    let options = options
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    VariantSpec {
        sku: Sku::parse(sku).unwrap(),
        options: options.collect(),
        barcode: None,
        weight_grams: 0,
        dimensions_mm: None,
        tracks_inventory: true,
        allow_backorder: false,
        prices: Vec::new(),
    }
}

fn content(options: Vec<ProductOption>) -> Content {
    Content {
        title: "Shirt".to_owned(),
        description: String::new(),
        options,
        images: Vec::new(),
        category_ids: Vec::new(),
        tags: Vec::new(),
        tax_category: Handle::parse("standard").unwrap(),
        metadata: BTreeMap::new(),
    }
}

#[track_caller]
fn check(content: &Content, variants: &[VariantSpec], expected: &[(&str, &str)]) {
    let found = faults(content, variants);
    let named: Vec<_> = found
        .iter()
        .map(|fault| (fault.field.as_str(), fault.code))
        .collect();
    assert_eq!(named, expected);
}

#[test]
fn a_subset_of_the_combinations_is_fine() {
    let shirt = content(vec![
        option("Color", &["red", "blue"]),
        option("Size", &["S", "M"]),
    ]);
    let variants = [
        variant("r-s", &[("Color", "red"), ("Size", "S")]),
        variant("b-m", &[("Color", "blue"), ("Size", "M")]),
    ];
    check(&shirt, &variants, &[]);
    assert_eq!(variants[1].title(&shirt.options).as_deref(), Some("blue / M"));
}

#[test]
fn every_variant_has_its_own_combination_of_known_values() {
    let shirt = content(vec![option("Color", &["red", "blue"])]);
    let variants = [
        variant("a", &[("Color", "red")]),
        variant("b", &[("Color", "red")]),
        variant("c", &[("Color", "green")]),
        variant("d", &[("Size", "S")]),
    ];
    check(
        &shirt,
        &variants,
        &[
            ("variants[1].options", "duplicate"),
            ("variants[2].options.Color", "unknown_option_value"),
            ("variants[3].options", "option_missing"),
            ("variants[3].options.Size", "unknown_option"),
        ],
    );
}

#[test]
fn without_options_there_is_one_variant() {
    let plain = content(Vec::new());
    check(&plain, &[variant("a", &[])], &[]);
    check(
        &plain,
        &[variant("a", &[]), variant("a", &[])],
        &[
            ("variants[1].sku", "duplicate"),
            ("variants[1].options", "duplicate"),
        ],
    );
}

#[test]
fn options_are_counted_and_differ() {
    let values: Vec<String> = (0..=OPTION_VALUES_MAX).map(|number| number.to_string()).collect();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    let wild = content(vec![
        option("A", &values),
        option("A", &["x", "x"]),
        option("B", &[]),
        option("C", &["y"]),
    ]);
    check(
        &wild,
        &[],
        &[
            ("options", "too_many"),
            ("options[1].name", "duplicate"),
            ("options[0].values", "too_many"),
            ("options[1].values[1]", "duplicate"),
            ("options[2].values", "too_few"),
        ],
    );
}

#[test]
fn there_are_at_most_250_variants() {
    let count = VARIANTS_MAX + 1;
    let values: Vec<String> = (0..20).map(|number| number.to_string()).collect();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    let content = content(vec![option("A", &values), option("B", &values)]);
    let variants: Vec<_> = (0..count)
        .map(|number| {
            let (a, b) = (values[number / 20], values[number % 20]);
            variant(&format!("sku-{number}"), &[("A", a), ("B", b)])
        })
        .collect();
    check(&content, &variants[..VARIANTS_MAX], &[]);
    check(&content, &variants, &[("variants", "too_many")]);
}

#[test]
fn a_price_is_one_per_currency_and_below_what_it_was() {
    let price = |minor, before: Option<(i64, Currency)>| Price {
        amount: Money::new(minor, Currency::EUR),
        compare_at: before.map(|(minor, currency)| Money::new(minor, currency)),
    };
    let mut one = variant("a", &[]);
    one.prices = vec![
        price(100, Some((100, Currency::EUR))),
        price(-1, Some((200, Currency::USD))),
    ];
    check(
        &content(Vec::new()),
        &[one],
        &[
            ("variants[0].prices[1].amount", "duplicate"),
            ("variants[0].prices[0].compare_at", "too_small"),
            ("variants[0].prices[1].amount", "out_of_range"),
            ("variants[0].prices[1].compare_at", "wrong_currency"),
        ],
    );
}

#[test]
fn categories_and_tags_are_named_once() {
    let ids = SeededRandom::new(1);
    let category = CategoryId::mint(&kernel::Ids::new(kernel::Time::from_unix_ms(1), &ids));
    let mut twice = content(Vec::new());
    twice.category_ids = vec![category.clone(), category];
    twice.tags = vec!["new".to_owned(), "new".to_owned()];
    check(
        &twice,
        &[],
        &[("category_ids[1]", "duplicate"), ("tags[1]", "duplicate")],
    );
}
