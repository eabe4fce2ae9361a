//! The rows of the table, and their keys. A stored shape changes only by addition.

mod card;
mod category;
mod product;
mod sku;

use std::collections::BTreeMap;

use kernel::{Currency, Handle, Money, Sku};
use platform::table::Key;
use serde::{Deserialize, Serialize};

use crate::category::Category;
use crate::content::Price;
use crate::product::{CategoryId, ProductId, Status};

pub(in crate::store) use card::{CardRow, HandleRow};
pub(in crate::store) use category::CategoryRow;
pub(in crate::store) use product::ProductRow;
pub(in crate::store) use sku::{IntentRow, SkuRow};

/// The partition of the tree of categories.
pub(in crate::store) const TREE: &str = "categories";

pub(in crate::store) fn product_key(product_id: &ProductId) -> Key {
    Key::new(format!("product#{product_id}"), "product")
}

pub(in crate::store) fn intent_key(product_id: &ProductId) -> Key {
    Key::new(format!("product#{product_id}"), "intent")
}

pub(in crate::store) fn handle_key(handle: &Handle) -> Key {
    Key::new(format!("handle#{handle}"), "product")
}

pub(in crate::store) fn sku_key(sku: &Sku) -> Key {
    Key::new(format!("sku#{sku}"), "variant")
}

pub(in crate::store) fn category_key(category_id: &CategoryId) -> Key {
    Key::new(format!("category#{category_id}"), "category")
}

pub(in crate::store) fn category_handle_key(handle: &Handle) -> Key {
    Key::new(format!("category-handle#{handle}"), "category")
}

pub(in crate::store) fn tree_key(category: &Category) -> Key {
    Key::new(TREE, category.tree_position())
}

/// The partition of a list of cards.
pub(in crate::store) fn list_name(category: Option<&CategoryId>) -> String {
    match category {
        None => "listing#all".to_owned(),
        Some(category_id) => format!("listing#category#{category_id}"),
    }
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::store) enum StatusName {
    Draft,
    Active,
    Archived,
}

/// Prices by currency.
pub(in crate::store) type Prices = BTreeMap<Currency, PricePart>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::store) struct PricePart {
    amount: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    compare_at: Option<i64>,
}

impl From<Status> for StatusName {
    fn from(status: Status) -> Self {
        match status {
            Status::Draft => Self::Draft,
            Status::Active => Self::Active,
            Status::Archived => Self::Archived,
        }
    }
}

impl From<StatusName> for Status {
    fn from(name: StatusName) -> Self {
        match name {
            StatusName::Draft => Self::Draft,
            StatusName::Active => Self::Active,
            StatusName::Archived => Self::Archived,
        }
    }
}

pub(in crate::store) fn stored_prices(prices: &[Price]) -> Prices {
    let part = |price: &Price| PricePart {
        amount: price.amount.minor,
        compare_at: price.compare_at.map(|before| before.minor),
    };
    prices
        .iter()
        .map(|price| (price.amount.currency, part(price)))
        .collect()
}

pub(in crate::store) fn read_prices(prices: Prices) -> Vec<Price> {
    let price = |(currency, part): (Currency, PricePart)| Price {
        amount: Money::new(part.amount, currency),
        compare_at: part.compare_at.map(|minor| Money::new(minor, currency)),
    };
    prices.into_iter().map(price).collect()
}

pub(in crate::store) fn stored_amounts(amounts: &[Money]) -> BTreeMap<Currency, i64> {
    amounts
        .iter()
        .map(|money| (money.currency, money.minor))
        .collect()
}

pub(in crate::store) fn read_amounts(amounts: BTreeMap<Currency, i64>) -> Vec<Money> {
    amounts
        .into_iter()
        .map(|(currency, minor)| Money::new(minor, currency))
        .collect()
}
