//! Regions are kept, listed and never overwritten unseen.

use std::sync::Arc;

use kernel::{CountryCode, Currency, Limit, Rate};
use testing::World;

use super::*;
use crate::{Pricing, PutRegionError};

fn pricing() -> (Arc<World>, Pricing) {
    let world = Arc::new(World::new().unwrap());
    let pricing = Pricing::new(&testing::cloud(&world, "pricing-put-region"));
    (world, pricing)
}

fn id(text: &str) -> Handle {
    Handle::parse(text).unwrap()
}

fn terms(name: &str) -> Terms {
    let eur = |minor| Money::new(minor, Currency::EUR);
    Terms {
        name: name.to_owned(),
        currency: Currency::EUR,
        countries: vec![CountryCode::parse("DE").unwrap()],
        tax: Tax {
            mode: TaxMode::Gross,
            rates: BTreeMap::from([(id("books"), Rate::parse("0.07").unwrap())]),
            default_rate: Rate::parse("0.19").unwrap(),
            shipping_category: id("standard"),
        },
        shipping_options: vec![ShippingOption {
            option_id: id("post"),
            name: "Post".to_owned(),
            amount: eur(490),
            free_from: Some(eur(5_000)),
        }],
    }
}

#[tokio::test(start_paused = true)]
async fn a_region_reads_back_as_it_was_put() {
    let (world, pricing) = pricing();
    let put = pricing
        .put_region(&id("eu"), None, terms("Europe"), world.now())
        .await
        .unwrap();
    assert_eq!(pricing.region(&id("eu")).await.unwrap(), Some(put));
    assert_eq!(pricing.region(&id("us")).await.unwrap(), None);
}

#[tokio::test(start_paused = true)]
async fn regions_are_listed_by_id_a_page_at_a_time() {
    let (world, pricing) = pricing();
    for name in ["eu", "au", "us"] {
        pricing
            .put_region(&id(name), None, terms(name), world.now())
            .await
            .unwrap();
    }
    let two = Limit::new(2).unwrap();
    let first = pricing.regions(two, None).await.unwrap();
    let second = pricing.regions(two, first.next.clone()).await.unwrap();
    let names: Vec<_> = first
        .items
        .iter()
        .chain(&second.items)
        .map(|region| region.region_id.as_str())
        .collect();
    assert_eq!(names, ["au", "eu", "us"]);
    assert_eq!(second.next, None);
}

#[tokio::test(start_paused = true)]
async fn an_editor_never_overwrites_what_they_have_not_seen() {
    let (world, pricing) = pricing();
    let now = world.now();
    pricing
        .put_region(&id("eu"), Some(0), terms("One"), now)
        .await
        .unwrap();
    pricing
        .put_region(&id("eu"), Some(1), terms("Two"), now)
        .await
        .unwrap();
    let late = pricing.put_region(&id("eu"), Some(1), terms("Three"), now).await;
    assert!(matches!(late, Err(PutRegionError::Stale)));
    let present = pricing.region(&id("eu")).await.unwrap().unwrap();
    assert_eq!((present.terms.name.as_str(), present.version), ("Two", 2));
}

#[tokio::test(start_paused = true)]
async fn a_repeated_put_keeps_the_version() {
    let (world, pricing) = pricing();
    let first = pricing
        .put_region(&id("eu"), None, terms("Europe"), world.now())
        .await
        .unwrap();
    world.clock.advance(kernel::Duration::hours(1));
    let again = pricing
        .put_region(&id("eu"), None, terms("Europe"), world.now())
        .await
        .unwrap();
    assert_eq!(again, first);
}
