//! The product's own row.

use std::collections::BTreeMap;

use kernel::{Handle, Sku, Time};
use platform::table::Key;
use serde::{Deserialize, Serialize};

use super::{Prices, StatusName, product_key, read_prices, stored_prices};
use crate::content::{Content, Dimensions, Image, ProductOption, Variant, VariantSpec};
use crate::product::{CategoryId, ChangeId, Product, ProductId, VariantId};

/// The product itself. Its status is called `state` here: the index `by_status` is sparse and
/// holds the small [`HandleRow`](super::HandleRow)s only.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::store) struct ProductRow {
    pk: String,
    sk: String,
    product_id: ProductId,
    handle: Handle,
    state: StatusName,
    title: String,
    description: String,
    options: Vec<OptionPart>,
    images: Vec<ImagePart>,
    category_ids: Vec<CategoryId>,
    tags: Vec<String>,
    tax_category: Handle,
    metadata: BTreeMap<String, String>,
    variants: Vec<VariantPart>,
    listed_in: Vec<CategoryId>,
    pub(in crate::store) version: u64,
    change_id: ChangeId,
    created_at: Time,
    changed_at: Time,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    published_at: Option<Time>,
}

#[derive(Debug, Serialize, Deserialize)]
struct OptionPart {
    name: String,
    values: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct ImagePart {
    url: String,
    alt: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct VariantPart {
    variant_id: VariantId,
    sku: Sku,
    options: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    barcode: Option<String>,
    weight_grams: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dimensions_mm: Option<DimensionsPart>,
    tracks_inventory: bool,
    allow_backorder: bool,
    prices: Prices,
}

#[derive(Debug, Serialize, Deserialize)]
struct DimensionsPart {
    length: u32,
    width: u32,
    height: u32,
}

impl From<&Product> for ProductRow {
    fn from(product: &Product) -> Self {
        let Key { pk, sk } = product_key(&product.product_id);
        let content = product.content.clone();
        Self {
            pk,
            sk,
            product_id: product.product_id.clone(),
            handle: product.handle.clone(),
            state: product.status.into(),
            title: content.title,
            description: content.description,
            options: content
                .options
                .into_iter()
                .map(|ProductOption { name, values }| OptionPart { name, values })
                .collect(),
            images: content
                .images
                .into_iter()
                .map(|Image { url, alt }| ImagePart { url, alt })
                .collect(),
            category_ids: content.category_ids,
            tags: content.tags,
            tax_category: content.tax_category,
            metadata: content.metadata,
            variants: product.variants.iter().map(VariantPart::from).collect(),
            listed_in: product.listed_in.clone(),
            version: product.version,
            change_id: product.change_id.clone(),
            created_at: product.created_at,
            changed_at: product.updated_at,
            published_at: product.published_at,
        }
    }
}

impl From<ProductRow> for Product {
    fn from(row: ProductRow) -> Self {
        Self {
            product_id: row.product_id,
            handle: row.handle,
            status: row.state.into(),
            content: Content {
                title: row.title,
                description: row.description,
                options: row
                    .options
                    .into_iter()
                    .map(|OptionPart { name, values }| ProductOption { name, values })
                    .collect(),
                images: row
                    .images
                    .into_iter()
                    .map(|ImagePart { url, alt }| Image { url, alt })
                    .collect(),
                category_ids: row.category_ids,
                tags: row.tags,
                tax_category: row.tax_category,
                metadata: row.metadata,
            },
            variants: row.variants.into_iter().map(Variant::from).collect(),
            listed_in: row.listed_in,
            version: row.version,
            change_id: row.change_id,
            created_at: row.created_at,
            updated_at: row.changed_at,
            published_at: row.published_at,
        }
    }
}

impl From<&Variant> for VariantPart {
    fn from(variant: &Variant) -> Self {
        let spec = variant.spec.clone();
        let part = |Dimensions {
                        length,
                        width,
                        height,
                    }| DimensionsPart {
            length,
            width,
            height,
        };
        Self {
            variant_id: variant.variant_id.clone(),
            sku: spec.sku,
            options: spec.options,
            barcode: spec.barcode,
            weight_grams: spec.weight_grams,
            dimensions_mm: spec.dimensions_mm.map(part),
            tracks_inventory: spec.tracks_inventory,
            allow_backorder: spec.allow_backorder,
            prices: stored_prices(&spec.prices),
        }
    }
}

impl From<VariantPart> for Variant {
    fn from(part: VariantPart) -> Self {
        let size = |DimensionsPart {
                        length,
                        width,
                        height,
                    }| Dimensions {
            length,
            width,
            height,
        };
        Self {
            variant_id: part.variant_id,
            spec: VariantSpec {
                sku: part.sku,
                options: part.options,
                barcode: part.barcode,
                weight_grams: part.weight_grams,
                dimensions_mm: part.dimensions_mm.map(size),
                tracks_inventory: part.tracks_inventory,
                allow_backorder: part.allow_backorder,
                prices: read_prices(part.prices),
            },
        }
    }
}
