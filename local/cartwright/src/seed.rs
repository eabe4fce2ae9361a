//! The sample shop, loaded through the shop's own HTTP API with a staff key.
//!
//! Every call has an `Idempotency-Key` of its own, and what is there already is left as it is:
//! a seeding that was cut short can be started again.

use std::{collections::BTreeMap, sync::Arc};

use anyhow::{Context, bail, ensure};
use axum::http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{sync::Semaphore, task::JoinSet};

use crate::client;

const CATEGORIES: &str = include_str!("../seed/categories.json");
const LOCATIONS: &str = include_str!("../seed/locations.json");
const REGIONS: &str = include_str!("../seed/regions.json");
const PRODUCTS: &str = include_str!("../seed/products.json");
/// Products on their way at the same time.
const AT_ONCE: usize = 4;

/// The functions a seeding calls; without one of them there is no sample shop.
pub const FUNCTIONS: [&str; 6] = [
    "catalog-create-category",
    "catalog-create-product",
    "catalog-publish-product",
    "inventory-adjust-stock",
    "inventory-create-location",
    "pricing-put-region",
];

#[derive(Deserialize)]
struct Category {
    handle: String,
    name: String,
    parent: Option<String>,
}

#[derive(Deserialize)]
struct Location {
    name: String,
    /// Of a hundred pieces, how many lie here.
    share: i64,
}

#[derive(Clone, Deserialize)]
struct Product {
    handle: String,
    title: String,
    categories: Vec<String>,
    variants: Vec<Variant>,
    /// The rest is as the API takes it.
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

#[derive(Clone, Deserialize)]
struct Variant {
    sku: String,
    stock: i64,
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

/// Where things were put.
struct Places {
    categories: BTreeMap<String, String>,
    /// Location ids with their shares.
    locations: Vec<(String, i64)>,
}

struct Shop {
    url: String,
    authorization: String,
}

/// Loads regions, locations, categories and so many products (all of the sample when not said).
/// More than the sample has are made by numbering it on. Says how many products are new.
pub async fn seed(url: &str, staff_key: &str, products: Option<usize>) -> anyhow::Result<usize> {
    let shop = Arc::new(Shop {
        url: url.to_owned(),
        authorization: format!("Bearer {staff_key}"),
    });
    let sample: Vec<Product> = serde_json::from_str(PRODUCTS)?;
    shop.regions().await?;
    let places = Arc::new(Places {
        categories: shop.categories().await?,
        locations: shop.locations().await?,
    });
    let permits = Arc::new(Semaphore::new(AT_ONCE));
    let mut tasks = JoinSet::new();
    for at in 0..products.unwrap_or(sample.len()) {
        let product = numbered(&sample[at % sample.len()], at / sample.len());
        let (shop, places, permits) = (shop.clone(), places.clone(), permits.clone());
        tasks.spawn(async move {
            let _permit = permits.acquire_owned().await?;
            let handle = product.handle.clone();
            shop.product(product, &places)
                .await
                .with_context(|| format!("product `{handle}`"))
        });
    }
    let mut added = 0;
    while let Some(outcome) = tasks.join_next().await {
        added += usize::from(outcome??);
    }
    Ok(added)
}

/// The sample once more: other names, other SKUs.
fn numbered(product: &Product, round: usize) -> Product {
    let mut product = product.clone();
    if round > 0 {
        let number = round + 1;
        product.handle = format!("{}-{number}", product.handle);
        product.title = format!("{} No. {number}", product.title);
        for variant in &mut product.variants {
            variant.sku = format!("{}-{number}", variant.sku);
        }
    }
    product
}

impl Shop {
    async fn regions(&self) -> anyhow::Result<()> {
        for mut region in serde_json::from_str::<Vec<Value>>(REGIONS)? {
            let id = region["region_id"].take();
            let id = id.as_str().context("a sample region has no id")?;
            if let Some(terms) = region.as_object_mut() {
                terms.remove("region_id");
            }
            self.call(Method::PUT, &format!("/v1/admin/regions/{id}"), &region)
                .await?;
        }
        Ok(())
    }

    async fn categories(&self) -> anyhow::Result<BTreeMap<String, String>> {
        let mut ids = BTreeMap::new();
        for category in serde_json::from_str::<Vec<Category>>(CATEGORIES)? {
            let parent = category.parent.as_ref().and_then(|parent| ids.get(parent));
            let mut body = json!({ "handle": category.handle, "name": category.name });
            if let Some(parent) = parent {
                body["parent_id"] = json!(parent);
            }
            let made = self.call(Method::POST, "/v1/admin/categories", &body).await?;
            let made = made.with_context(|| format!("category `{}` is there already", category.handle))?;
            ids.insert(category.handle, text(&made, "category_id")?);
        }
        Ok(ids)
    }

    async fn locations(&self) -> anyhow::Result<Vec<(String, i64)>> {
        let mut ids = Vec::new();
        for location in serde_json::from_str::<Vec<Location>>(LOCATIONS)? {
            let body = json!({ "name": location.name });
            let made = self.call(Method::POST, "/v1/admin/locations", &body).await?;
            let made = made.with_context(|| format!("location `{}` is there already", location.name))?;
            ids.push((text(&made, "id")?, location.share));
        }
        Ok(ids)
    }

    /// Creates, stocks and publishes one product; false when it was there already.
    async fn product(&self, product: Product, places: &Places) -> anyhow::Result<bool> {
        let category = |handle: &String| {
            places
                .categories
                .get(handle)
                .with_context(|| format!("the sample has no category `{handle}`"))
        };
        let categories: Vec<&String> = product
            .categories
            .iter()
            .map(category)
            .collect::<anyhow::Result<_>>()?;
        let variants: Vec<Value> = product
            .variants
            .iter()
            .map(|variant| {
                let mut body = json!(variant.rest);
                body["sku"] = json!(variant.sku);
                body
            })
            .collect();
        let mut body = json!(product.rest);
        body["handle"] = json!(product.handle);
        body["title"] = json!(product.title);
        body["category_ids"] = json!(categories);
        body["variants"] = json!(variants);
        let Some(made) = self.call(Method::POST, "/v1/admin/products", &body).await? else {
            return Ok(false);
        };
        let id = text(&made, "product_id")?;
        for variant in &product.variants {
            for (location, share) in &places.locations {
                let delta = variant.stock * share / 100;
                if delta > 0 {
                    let path = format!("/v1/admin/stock/{}/adjustments", variant.sku);
                    let body = json!({
                        "location_id": location,
                        "reason": "received",
                        "delta": delta,
                        "note": "opening stock",
                    });
                    self.call(Method::POST, &path, &body).await?;
                }
            }
        }
        self.call(
            Method::POST,
            &format!("/v1/admin/products/{id}/publish"),
            &Value::Null,
        )
        .await?;
        Ok(true)
    }

    /// One call; none when the shop has such a thing already.
    async fn call(&self, method: Method, path: &str, body: &Value) -> anyhow::Result<Option<Value>> {
        let bytes = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let key = format!(
            "seed-{}",
            crate::random::sha256_hex(&format!("{method} {path} {bytes}"))
        );
        let headers = [
            ("authorization", self.authorization.as_str()),
            ("idempotency-key", key.as_str()),
        ];
        let url = format!("{}{path}", self.url);
        let answer = client::send(method.clone(), &url, &headers, bytes.into()).await?;
        if answer.status == StatusCode::CONFLICT {
            return Ok(None);
        }
        let told = String::from_utf8_lossy(&answer.body);
        ensure!(
            answer.status.is_success(),
            "{method} {path} was answered {}: {told}",
            answer.status
        );
        if answer.body.is_empty() {
            return Ok(Some(Value::Null));
        }
        serde_json::from_slice(&answer.body)
            .map(Some)
            .with_context(|| format!("{method} {path} answered {told}"))
    }
}

fn text(value: &Value, name: &str) -> anyhow::Result<String> {
    match value[name].as_str() {
        Some(text) => Ok(text.to_owned()),
        None => bail!("`{name}` is missing in {value}"),
    }
}
