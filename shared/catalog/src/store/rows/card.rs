//! A product in short: under its handle, and in the lists.

use std::collections::BTreeMap;

use kernel::{Currency, Handle, Time};
use platform::table::Key;
use serde::{Deserialize, Serialize};

use super::{StatusName, handle_key, list_name, read_amounts, stored_amounts};
use crate::offer::{Card, Summary};
use crate::product::{CategoryId, Product, ProductId};

/// Guards a handle, and is the product in short: for `?handle=` and for the back office's list.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::store) struct HandleRow {
    pk: String,
    sk: String,
    product_id: ProductId,
    handle: Handle,
    title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    thumbnail: Option<String>,
    variant_count: usize,
    prices_from: BTreeMap<Currency, i64>,
    /// Partition of the index `by_status`.
    status: StatusName,
    /// Sorts the index `by_status`.
    updated_at: Time,
    version: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    published_at: Option<Time>,
}

/// A product in a list of the storefront. Slim, because a page is paid by its bytes.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::store) struct CardRow {
    pk: String,
    sk: String,
    product_id: ProductId,
    handle: Handle,
    title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    thumbnail: Option<String>,
    prices_from: BTreeMap<Currency, i64>,
    published_at: Time,
}

impl From<&Product> for HandleRow {
    fn from(product: &Product) -> Self {
        let summary = Summary::of(product);
        let Key { pk, sk } = handle_key(&summary.handle);
        Self {
            pk,
            sk,
            product_id: summary.product_id,
            handle: summary.handle,
            title: summary.title,
            thumbnail: summary.thumbnail,
            variant_count: summary.variant_count,
            prices_from: stored_amounts(&summary.prices_from),
            status: summary.status.into(),
            updated_at: summary.updated_at,
            version: summary.version,
            published_at: summary.published_at,
        }
    }
}

impl From<HandleRow> for Summary {
    fn from(row: HandleRow) -> Self {
        Self {
            product_id: row.product_id,
            handle: row.handle,
            title: row.title,
            status: row.status.into(),
            thumbnail: row.thumbnail,
            variant_count: row.variant_count,
            prices_from: read_amounts(row.prices_from),
            version: row.version,
            updated_at: row.updated_at,
            published_at: row.published_at,
        }
    }
}

impl CardRow {
    /// The card in the list of a category, or of all.
    pub(in crate::store) fn new(category: Option<&CategoryId>, card: &Card) -> Self {
        Self {
            pk: list_name(category),
            sk: format!("{}#{}", card.published_at, card.product_id),
            product_id: card.product_id.clone(),
            handle: card.handle.clone(),
            title: card.title.clone(),
            thumbnail: card.thumbnail.clone(),
            prices_from: stored_amounts(&card.prices_from),
            published_at: card.published_at,
        }
    }

    pub(in crate::store) fn key(&self) -> Key {
        Key::new(&self.pk, &self.sk)
    }
}

impl From<CardRow> for Card {
    fn from(row: CardRow) -> Self {
        Self {
            product_id: row.product_id,
            handle: row.handle,
            title: row.title,
            thumbnail: row.thumbnail,
            prices_from: read_amounts(row.prices_from),
            published_at: row.published_at,
        }
    }
}
