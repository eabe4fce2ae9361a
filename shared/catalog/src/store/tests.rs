//! The store over a real (embedded) table: what is seen is always one version of a product.

mod costs;
mod faults;
mod many;

use std::sync::Arc;

use kernel::{Currency, Fault, Handle, Ids, Limit, SeededRandom, Sku, Time};
use serde_json::{Value, json};
use testing::World;

use crate::category::{Category, NewCategory};
use crate::patch::Patch;
use crate::product::{NewProduct, Product, Status};
use crate::wire::{CreateCategory, CreateProduct, UpdateProduct};
use crate::{Catalog, Filter};

/// A shop with nothing but a catalog. Every call is a request of its own, with its own ids.
struct Shop {
    world: Arc<World>,
    catalog: Catalog,
}

impl Shop {
    fn open() -> Self {
        let world = Arc::new(World::new().unwrap());
        let catalog = Catalog::new(&testing::cloud(&world, "catalog-update-product"));
        Self { world, catalog }
    }

    async fn create(&self, request: i64, body: Value) -> Result<Product, Fault> {
        let new = new_product(body);
        let random = seeded(request);
        Ok(self.catalog.create(&ids(request, &random), new).await?)
    }

    async fn update(&self, request: i64, product: &Product, body: Value) -> Result<Product, Fault> {
        let random = seeded(request);
        let ids = ids(request, &random);
        Ok(self
            .catalog
            .update(&ids, &product.product_id, None, patch(body))
            .await?)
    }

    async fn publish(&self, request: i64, product: &Product) -> Result<Product, Fault> {
        let random = seeded(request);
        Ok(self
            .catalog
            .publish(&ids(request, &random), &product.product_id, None)
            .await?)
    }

    async fn archive(&self, request: i64, product: &Product) -> Result<Product, Fault> {
        let random = seeded(request);
        Ok(self
            .catalog
            .archive(&ids(request, &random), &product.product_id, None)
            .await?)
    }

    async fn category(
        &self,
        request: i64,
        handle: &str,
        parent: Option<&Category>,
    ) -> Result<Category, Fault> {
        let body =
            json!({"handle": handle, "name": handle, "parent_id": parent.map(|parent| &parent.category_id)});
        let new: NewCategory = serde_json::from_value::<CreateCategory>(body).unwrap().into();
        let random = seeded(request);
        Ok(self.catalog.create_category(&ids(request, &random), new).await?)
    }

    async fn listed(&self, filter: Filter) -> Vec<String> {
        let page = self.catalog.browse(filter, Limit::default(), None).await.unwrap();
        page.items
            .into_iter()
            .map(|card| card.handle.to_string())
            .collect()
    }

    async fn offered(&self, name: &str) -> Option<crate::offer::Offer> {
        self.catalog
            .variants(&[sku(name)])
            .await
            .unwrap()
            .remove(&sku(name))
    }
}

fn seeded(request: i64) -> SeededRandom {
    SeededRandom::new(u64::try_from(request).unwrap())
}

/// The ids of one request: repeated, it mints the same.
fn ids(request: i64, random: &SeededRandom) -> Ids<'_> {
    Ids::new(Time::from_unix_ms(1_700_000_000_000 + request), random)
}

fn new_product(body: Value) -> NewProduct {
    serde_json::from_value::<CreateProduct>(body)
        .unwrap()
        .try_into()
        .unwrap()
}

fn patch(body: Value) -> Patch {
    serde_json::from_value::<UpdateProduct>(body).unwrap().into()
}

fn sku(name: &str) -> Sku {
    Sku::parse(name).unwrap()
}

fn handle(name: &str) -> Handle {
    Handle::parse(name).unwrap()
}

/// A product of one variant whose SKU is the title in lower case.
fn simple(title: &str) -> Value {
    let sku = title.to_lowercase();
    json!({"title": title, "variants": [{"sku": sku, "prices": [{"amount": 500, "currency": "EUR"}]}]})
}

#[tokio::test(start_paused = true)]
async fn a_product_reads_back_as_it_was_created() {
    let shop = Shop::open();
    let body = json!({
        "title": "Tea", "description": "Green.", "tags": ["new"], "metadata": {"erp": "7"},
        "options": [{"name": "Size", "values": ["S", "M"]}],
        "images": [{"url": "https://example.com/tea.webp", "alt": "Tea"}],
        "variants": [{
            "sku": "tea-s", "options": {"Size": "S"}, "barcode": "123", "weight_grams": 100,
            "dimensions_mm": {"length": 3, "width": 2, "height": 1}, "allow_backorder": true,
            "prices": [
                {"amount": 550, "currency": "USD"},
                {"amount": 500, "currency": "EUR", "compare_at": {"amount": 600, "currency": "EUR"}}
            ]
        }]
    });
    let created = shop.create(1, body.clone()).await.unwrap();
    assert_eq!(shop.catalog.inspect(&created.product_id).await.unwrap(), created);
    let repeated = shop.create(1, body).await.unwrap();
    assert_eq!(repeated, created, "the same request finds what it has made");
}

#[tokio::test(start_paused = true)]
async fn buyers_see_a_product_only_while_it_is_on_sale() {
    let shop = Shop::open();
    let tea = shop.create(1, simple("Tea")).await.unwrap();
    assert!(shop.catalog.get(&tea.product_id).await.is_err());
    assert!(!shop.offered("tea").await.unwrap().active);

    let tea = shop.publish(2, &tea).await.unwrap();
    assert_eq!(shop.catalog.get(&tea.product_id).await.unwrap(), tea);
    assert_eq!(shop.listed(Filter::All).await, ["tea"]);
    assert_eq!(shop.listed(Filter::Handle(handle("tea"))).await, ["tea"]);
    let offer = shop.offered("tea").await.unwrap();
    assert!(offer.active);
    assert_eq!(offer.price_in(Currency::EUR).unwrap().minor, 500);

    let tea = shop.archive(3, &tea).await.unwrap();
    assert!(shop.catalog.get(&tea.product_id).await.is_err());
    assert!(shop.listed(Filter::All).await.is_empty());
    assert!(shop.listed(Filter::Handle(handle("tea"))).await.is_empty());
    assert!(!shop.offered("tea").await.unwrap().active);
}

#[tokio::test(start_paused = true)]
async fn handles_and_skus_are_unique_and_free_again_once_given_up() {
    let shop = Shop::open();
    let tea = shop.create(1, simple("Tea")).await.unwrap();
    let same_handle = json!({"title": "Tea", "variants": [{"sku": "other"}]});
    assert_eq!(
        shop.create(2, same_handle).await.unwrap_err().code(),
        "handle_taken"
    );
    let same_sku = json!({"title": "Other", "variants": [{"sku": "tea"}]});
    assert_eq!(
        shop.create(3, same_sku.clone()).await.unwrap_err().code(),
        "sku_taken"
    );
    assert!(
        shop.offered("other").await.is_none(),
        "a refused product leaves nothing behind"
    );

    let renamed = json!({"handle": "old-tea", "variants": [{"sku": "old-tea"}]});
    let renamed = shop.update(4, &tea, renamed).await.unwrap();
    shop.create(5, same_sku).await.unwrap();
    shop.create(6, json!({"title": "Tea"})).await.unwrap();
    assert_eq!(
        shop.offered("old-tea").await.unwrap().product_id,
        renamed.product_id
    );
}

#[tokio::test(start_paused = true)]
async fn a_product_stands_in_its_categories_and_all_above_and_moves_with_a_change() {
    let shop = Shop::open();
    let drinks = shop.category(1, "drinks", None).await.unwrap();
    let tea = shop.category(2, "tea", Some(&drinks)).await.unwrap();
    let gifts = shop.category(3, "gifts", None).await.unwrap();
    let mut body = simple("Sencha");
    body["category_ids"] = json!([tea.category_id]);
    let sencha = shop.create(4, body).await.unwrap();
    let sencha = shop.publish(5, &sencha).await.unwrap();
    let of = |name: &str| Filter::Category(handle(name));
    assert_eq!(shop.listed(of("tea")).await, ["sencha"]);
    assert_eq!(shop.listed(of("drinks")).await, ["sencha"]);

    shop.update(6, &sencha, json!({"category_ids": [gifts.category_id]}))
        .await
        .unwrap();
    assert!(shop.listed(of("drinks")).await.is_empty());
    assert_eq!(shop.listed(of("gifts")).await, ["sencha"]);
    let unknown = shop.catalog.browse(of("toys"), Limit::default(), None).await;
    assert!(matches!(unknown, Err(crate::BrowseError::UnknownCategory)));
}

#[tokio::test(start_paused = true)]
async fn an_unknown_category_is_named() {
    let shop = Shop::open();
    let random = seeded(9);
    let unknown = crate::product::CategoryId::mint(&ids(9, &random));
    let error = shop
        .create(1, json!({"title": "Tea", "category_ids": [unknown]}))
        .await
        .unwrap_err();
    let Fault::Invalid { fields, .. } = error else {
        panic!("{error:?}")
    };
    assert_eq!(
        (fields[0].field.as_str(), fields[0].code),
        ("category_ids[0]", "unknown_category")
    );
}

#[tokio::test(start_paused = true)]
async fn the_tree_is_listed_in_order_and_its_handles_are_unique() {
    let shop = Shop::open();
    let drinks = shop.category(1, "drinks", None).await.unwrap();
    shop.category(2, "hot", None).await.unwrap();
    shop.category(3, "tea", Some(&drinks)).await.unwrap();
    assert_eq!(shop.category(1, "drinks", None).await.unwrap(), drinks);
    assert_eq!(
        shop.category(4, "drinks", None).await.unwrap_err().code(),
        "handle_taken"
    );
    let tree = shop.catalog.categories(Limit::default(), None).await.unwrap();
    let paths: Vec<_> = tree.items.iter().map(Category::path).collect();
    assert_eq!(paths, ["drinks", "drinks/tea", "hot"]);
}

#[tokio::test(start_paused = true)]
async fn a_list_shows_the_last_published_first_and_no_page_repeats_or_skips() {
    let shop = Shop::open();
    let names = ["A", "B", "C", "D", "E"];
    for (request, name) in (1..).zip(names) {
        let product = shop.create(request, simple(name)).await.unwrap();
        shop.publish(100 + request, &product).await.unwrap();
    }
    let two = Limit::new(2).unwrap();
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = shop.catalog.browse(Filter::All, two, after).await.unwrap();
        seen.extend(page.items.iter().map(|card| card.title.clone()));
        if seen.len() == 2 {
            let late = shop.create(50, simple("Late")).await.unwrap();
            shop.publish(200, &late).await.unwrap();
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, ["E", "D", "C", "B", "A"]);
}

#[tokio::test(start_paused = true)]
async fn the_back_office_sees_every_status_a_page_at_a_time() {
    let shop = Shop::open();
    for (request, name) in (1..).zip(["A", "B", "C"]) {
        let product = shop.create(request, simple(name)).await.unwrap();
        if name != "A" {
            let product = shop.publish(100 + request, &product).await.unwrap();
            if name == "C" {
                shop.archive(200 + request, &product).await.unwrap();
            }
        }
    }
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = shop
            .catalog
            .inspect_all(None, Limit::new(1).unwrap(), after)
            .await
            .unwrap();
        seen.extend(
            page.items
                .iter()
                .map(|summary| (summary.title.clone(), summary.status)),
        );
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let expected = [
        ("A", Status::Draft),
        ("B", Status::Active),
        ("C", Status::Archived),
    ];
    assert_eq!(seen, expected.map(|(title, status)| (title.to_owned(), status)));
    let active = shop
        .catalog
        .inspect_all(Some(Status::Active), Limit::default(), None)
        .await
        .unwrap();
    assert_eq!(active.items.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn two_editors_never_overwrite_each_other_silently() {
    let shop = Shop::open();
    let tea = shop.create(1, simple("Tea")).await.unwrap();
    shop.update(2, &tea, json!({"title": "Green tea"})).await.unwrap();
    let random = seeded(3);
    let blind = patch(json!({"title": "Black tea"}));
    let late = shop
        .catalog
        .update(&ids(3, &random), &tea.product_id, Some(tea.version), blind)
        .await;
    assert!(matches!(late, Err(crate::ChangeError::Stale)));
    let merged = shop
        .update(4, &tea, json!({"description": "Fine."}))
        .await
        .unwrap();
    assert_eq!((merged.content.title.as_str(), merged.version), ("Green tea", 3));
}

#[tokio::test(start_paused = true)]
async fn an_offer_changes_its_version_only_when_it_says_something_new() {
    let shop = Shop::open();
    let tea = shop.create(1, simple("Tea")).await.unwrap();
    shop.update(2, &tea, json!({"description": "Not in any cart."}))
        .await
        .unwrap();
    assert_eq!(shop.offered("tea").await.unwrap().version, 1);
    shop.update(3, &tea, json!({"title": "Green tea"})).await.unwrap();
    let offer = shop.offered("tea").await.unwrap();
    assert_eq!((offer.title.as_str(), offer.version), ("Green tea", 3));
}
