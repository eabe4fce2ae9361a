//! A product lives by its rules, and says what is wrong in the words of the request.

use std::collections::BTreeMap;

use kernel::{Currency, Money, SeededRandom, Sku};
use proptest::prelude::*;

use super::*;
use crate::content::{Price, ProductOption, VariantSpec};
use crate::offer::{Card, Offer};

fn sku(text: &str) -> Sku {
    Sku::parse(text).unwrap()
}

fn eur(minor: i64) -> Price {
    Price {
        amount: Money::new(minor, Currency::EUR),
        compare_at: None,
    }
}

fn variant(name: &str, color: &str, minor: i64) -> VariantDraft {
    VariantDraft {
        variant_id: None,
        spec: VariantSpec {
            sku: sku(name),
            options: BTreeMap::from([("Color".to_owned(), color.to_owned())]),
            barcode: None,
            weight_grams: 100,
            dimensions_mm: None,
            tracks_inventory: true,
            allow_backorder: false,
            prices: vec![eur(minor)],
        },
    }
}

fn content() -> Content {
    Content {
        title: "Tea Pot".to_owned(),
        description: String::new(),
        options: vec![ProductOption {
            name: "Color".to_owned(),
            values: vec!["red".to_owned(), "blue".to_owned()],
        }],
        images: Vec::new(),
        category_ids: Vec::new(),
        tags: Vec::new(),
        tax_category: Handle::parse("standard").unwrap(),
        metadata: BTreeMap::new(),
    }
}

fn new_product() -> NewProduct {
    NewProduct {
        handle: None,
        content: content(),
        variants: vec![
            variant("pot-red", "red", 3_000),
            variant("pot-blue", "blue", 2_500),
        ],
    }
}

/// Runs a rule with ids and a change of the moment `ms`.
fn at<T>(ms: i64, rule: impl FnOnce(&Ids<'_>, Change) -> T) -> T {
    let random = SeededRandom::new(u64::try_from(ms).unwrap());
    let ids = Ids::new(Time::from_unix_ms(ms), &random);
    let change = Change {
        change_id: ChangeId::mint(&ids),
        now: ids.now(),
    };
    rule(&ids, change)
}

fn draft(new: NewProduct) -> Result<Product, Unfit> {
    at(1, |ids, change| {
        Product::draft(ProductId::mint(ids), new, ids, change)
    })
}

fn revision(product: &Product) -> Revision {
    Revision {
        handle: product.handle.clone(),
        content: product.content.clone(),
        variants: None,
    }
}

fn named(unfit: &Unfit) -> Vec<(&str, &str)> {
    match unfit {
        Unfit::Inconsistent(faults) | Unfit::Unpublishable(faults) => faults
            .iter()
            .map(|fault| (fault.field.as_str(), fault.code))
            .collect(),
        Unfit::AlreadyActive | Unfit::NotActive(_) => Vec::new(),
    }
}

#[test]
fn a_product_goes_on_sale_off_sale_and_on_sale_again() {
    let draft = draft(new_product()).unwrap();
    assert_eq!(draft.handle.as_str(), "tea-pot");
    assert_eq!(
        at(2, |_, change| draft.archived(change)),
        Err(Unfit::NotActive(Status::Draft))
    );
    let active = at(2, |_, change| draft.published(change)).unwrap();
    assert_eq!(
        (active.version, active.published_at),
        (2, Some(Time::from_unix_ms(2)))
    );
    assert_eq!(
        at(3, |_, change| active.published(change)),
        Err(Unfit::AlreadyActive)
    );
    let archived = at(3, |_, change| active.archived(change)).unwrap();
    assert_eq!(Card::of(&archived), None);
    let again = at(4, |_, change| archived.published(change)).unwrap();
    assert_eq!(
        (again.version, again.published_at),
        (4, Some(Time::from_unix_ms(4)))
    );
    assert_eq!(again.created_at, draft.created_at);
}

#[test]
fn what_a_product_on_sale_needs_is_named_at_once() {
    let mut new = new_product();
    new.handle = Some(Handle::parse("pot").unwrap());
    new.content.title.clear();
    new.variants[1].spec.prices.clear();
    let bare = draft(new).unwrap();
    let refused = at(2, |_, change| bare.published(change)).unwrap_err();
    assert_eq!(
        named(&refused),
        [("title", "required"), ("variants[1].prices", "too_few")]
    );
}

#[test]
fn a_product_on_sale_stays_fit_for_sale() {
    let active = at(2, |_, change| draft(new_product()).unwrap().published(change)).unwrap();
    let stripped = Revision {
        variants: Some(Vec::new()),
        ..revision(&active)
    };
    let refused = at(3, |ids, change| active.revised(stripped, ids, change)).unwrap_err();
    assert_eq!(named(&refused), [("variants", "too_few")]);
}

#[test]
fn a_revised_variant_keeps_its_id_by_name_or_by_sku() {
    let product = draft(new_product()).unwrap();
    let mut renamed = variant("pot-crimson", "red", 3_000);
    renamed.variant_id = Some(product.variants[0].variant_id.clone());
    let variants = Some(vec![renamed, variant("pot-blue", "blue", 1)]);
    let revised = at(2, |ids, change| {
        product.revised(
            Revision {
                variants,
                ..revision(&product)
            },
            ids,
            change,
        )
    });
    let kept: Vec<_> = revised
        .unwrap()
        .variants
        .into_iter()
        .map(|variant| variant.variant_id)
        .collect();
    let before: Vec<_> = product
        .variants
        .into_iter()
        .map(|variant| variant.variant_id)
        .collect();
    assert_eq!(kept, before);
}

#[test]
fn a_foreign_variant_id_is_refused() {
    let product = draft(new_product()).unwrap();
    let mut foreign = variant("pot-red", "red", 1);
    foreign.variant_id = Some(at(9, |ids, _| VariantId::mint(ids)));
    let revised = Revision {
        variants: Some(vec![foreign]),
        ..revision(&product)
    };
    let refused = at(2, |ids, change| product.revised(revised, ids, change)).unwrap_err();
    assert_eq!(named(&refused), [("variants[0].variant_id", "unknown")]);
}

#[test]
fn a_card_shows_the_lowest_price_and_an_offer_its_own() {
    let active = at(2, |_, change| draft(new_product()).unwrap().published(change)).unwrap();
    assert_eq!(
        Card::of(&active).unwrap().prices_from,
        [Money::new(2_500, Currency::EUR)]
    );
    let offer = Offer::of(&active, &sku("pot-red")).unwrap();
    assert_eq!(
        offer.price_in(Currency::EUR),
        Some(Money::new(3_000, Currency::EUR))
    );
    assert_eq!(offer.price_in(Currency::USD), None);
    assert_eq!(offer.variant_title.as_deref(), Some("red"));
    assert!(offer.active);
    assert_eq!(Offer::of(&active, &sku("unknown")), None);
}

#[test]
fn the_same_moment_and_seed_make_the_same_product() {
    assert_eq!(draft(new_product()), draft(new_product()));
}

proptest! {
    #[test]
    fn any_title_makes_a_handle(title in "\\PC{0,200}") {
        let mut new = new_product();
        new.content.title = title;
        prop_assert!(Handle::parse(draft(new).unwrap().handle.as_str()).is_ok());
    }

    #[test]
    fn no_history_skips_or_repeats_a_version(steps in prop::collection::vec(0_u8..3, 0..30)) {
        let mut product = draft(new_product()).unwrap();
        for (moment, step) in (2_i64..).zip(steps) {
            let next = at(moment, |ids, change| match step {
                0 => product.published(change),
                1 => product.archived(change),
                _ => product.revised(revision(&product), ids, change),
            });
            if let Ok(next) = next {
                prop_assert_eq!(next.version, product.version + 1);
                prop_assert_eq!(Card::of(&next).is_some(), next.status == Status::Active);
                product = next;
            }
        }
    }
}
