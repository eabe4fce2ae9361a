//! What patterns cost, as `docs/access-patterns/catalog.md` says. Read units are counted in halves.

use std::future::Future;
use std::pin::Pin;

use kernel::Limit;
use platform::telemetry::{self, InvocationContext, Outcome};
use serde_json::{Value, json};

use super::{Shop, handle, sku};
use crate::Filter;

/// A product with as much on its card as a real one.
fn real(number: usize) -> Value {
    let price = |amount: usize, currency: &str| json!({"amount": amount, "currency": currency});
    json!({
        "title": format!("Sencha from the first harvest of Uji, number {number}"),
        "description": "x".repeat(1_000),
        "images": [{"url": format!("https://images.example.com/products/2026/sencha-first-harvest-{number}.webp")}],
        "variants": [{
            "sku": format!("tea-{number}"),
            "prices": [price(990, "EUR"), price(1_090, "USD"), price(1_500, "JPY")]
        }]
    })
}

async fn shop_of(count: usize, category: Option<&str>) -> Shop {
    let shop = Shop::open();
    let category_id = match category {
        Some(name) => Some(shop.category(1, name, None).await.unwrap().category_id),
        None => None,
    };
    for number in 0..count {
        let mut body = real(number);
        if let Some(category_id) = &category_id {
            body["category_ids"] = json!([category_id]);
        }
        let request = i64::try_from(10 + number * 2).unwrap();
        let product = shop.create(request, body).await.unwrap();
        shop.publish(request + 1, &product).await.unwrap();
    }
    shop
}

/// Calls, and read units in halves.
fn costs_of<'a, T>(
    shop: &'a Shop,
    call: impl Future<Output = T> + 'a,
) -> Pin<Box<dyn Future<Output = (u64, u64)> + 'a>> {
    Box::pin(async move {
        let work = async {
            drop(call.await);
            (telemetry::costs(), Outcome::ok("done"))
        };
        let costs = telemetry::in_invocation(InvocationContext::default(), &*shop.world.clock, work).await;
        (costs.calls, costs.read.halves())
    })
}

#[tokio::test(start_paused = true)]
async fn a_page_of_24_is_one_query_of_at_most_3_units() {
    let shop = shop_of(25, None).await;
    let page = shop.catalog.browse(Filter::All, Limit::new(24).unwrap(), None);
    let (calls, halves) = costs_of(&shop, page).await;
    assert_eq!(calls, 1);
    assert!(halves <= 2 * 3, "{halves} halves");
    let first = shop
        .catalog
        .browse(Filter::All, Limit::new(24).unwrap(), None)
        .await
        .unwrap();
    assert_eq!(first.items.len(), 24);
}

#[tokio::test(start_paused = true)]
async fn a_page_of_a_category_costs_half_a_unit_more() {
    let shop = shop_of(3, Some("tea")).await;
    let limit = Limit::default();
    let all = costs_of(&shop, shop.catalog.browse(Filter::All, limit, None)).await;
    let category = costs_of(
        &shop,
        shop.catalog.browse(Filter::Category(handle("tea")), limit, None),
    )
    .await;
    assert_eq!(category, (all.0 + 1, all.1 + 1));
}

#[tokio::test(start_paused = true)]
async fn a_product_is_one_read_of_half_a_unit() {
    let shop = shop_of(1, None).await;
    let listed = shop
        .catalog
        .browse(Filter::All, Limit::default(), None)
        .await
        .unwrap();
    let product_id = &listed.items[0].product_id;
    assert_eq!(costs_of(&shop, shop.catalog.get(product_id)).await, (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_cart_line_is_half_a_unit_and_all_lines_are_one_call() {
    let shop = shop_of(10, None).await;
    let skus: Vec<_> = (0..10).map(|number| sku(&format!("tea-{number}"))).collect();
    assert_eq!(costs_of(&shop, shop.catalog.variants(&skus)).await, (1, 10));
}

#[tokio::test(start_paused = true)]
async fn publishing_a_product_is_one_read_and_one_transaction() {
    let shop = shop_of(1, None).await;
    let product = shop.create(500, real(99)).await.unwrap();
    let (calls, halves) = costs_of(&shop, shop.publish(501, &product)).await;
    assert_eq!((calls, halves), (2, 2));
}
