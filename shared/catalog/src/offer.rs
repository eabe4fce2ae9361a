//! What others see of a product: a card in a list, and the offer that a cart line is made of.

use std::collections::BTreeMap;

use kernel::{Currency, Handle, Money, Sku, Time};

use crate::content::Price;
use crate::product::{Product, ProductId, Status, VariantId};

/// What a cart or an order needs to know of one variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// What is sold.
    pub sku: Sku,
    /// The product it belongs to.
    pub product_id: ProductId,
    /// The variant.
    pub variant_id: VariantId,
    /// The product's title.
    pub title: String,
    /// The chosen option values, for example `red / M`.
    pub variant_title: Option<String>,
    /// At most one price a currency.
    pub prices: Vec<Price>,
    /// Decides the tax rate.
    pub tax_category: Handle,
    /// Whether stock is counted.
    pub tracks_inventory: bool,
    /// Whether more may be sold than there is.
    pub allow_backorder: bool,
    /// Weight.
    pub weight_grams: u32,
    /// Whether the product is on sale. What is not must not be sold.
    pub active: bool,
    /// The product's first picture.
    pub thumbnail: Option<String>,
    /// The product's version in which the offer last changed.
    pub version: u64,
}

impl Offer {
    /// What the product offers under a SKU; `None` when it has no such variant.
    pub fn of(product: &Product, sku: &Sku) -> Option<Self> {
        let variant = product.variant(sku)?;
        Some(Self {
            sku: sku.clone(),
            product_id: product.product_id.clone(),
            variant_id: variant.variant_id.clone(),
            title: product.content.title.clone(),
            variant_title: variant.spec.title(&product.content.options),
            prices: variant.spec.prices.clone(),
            tax_category: product.content.tax_category.clone(),
            tracks_inventory: variant.spec.tracks_inventory,
            allow_backorder: variant.spec.allow_backorder,
            weight_grams: variant.spec.weight_grams,
            active: product.status == Status::Active,
            thumbnail: thumbnail(product),
            version: product.version,
        })
    }

    /// What one piece costs in a currency; `None` when it is not sold in it.
    pub fn price_in(&self, currency: Currency) -> Option<Money> {
        let price = self.prices.iter().find(|price| price.amount.currency == currency);
        price.map(|price| price.amount)
    }

    /// Whether a buyer sees the same in both, whatever their versions.
    pub fn says_the_same_as(&self, other: &Self) -> bool {
        let other = Self {
            version: self.version,
            ..other.clone()
        };
        *self == other
    }
}

/// What a list shows of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// Names the product.
    pub product_id: ProductId,
    /// Names it in a URL.
    pub handle: Handle,
    /// For people.
    pub title: String,
    /// The first picture.
    pub thumbnail: Option<String>,
    /// The lowest price of any variant, one a currency.
    pub prices_from: Vec<Money>,
    /// When it last went on sale.
    pub published_at: Time,
}

impl Card {
    /// The card of a product on sale; others have none.
    pub fn of(product: &Product) -> Option<Self> {
        Summary::of(product).card()
    }
}

/// What the back office's list shows of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Names the product.
    pub product_id: ProductId,
    /// Names it in a URL.
    pub handle: Handle,
    /// For people. Empty while a draft has none.
    pub title: String,
    /// Where it is in its life.
    pub status: Status,
    /// The first picture.
    pub thumbnail: Option<String>,
    /// How many variants there are.
    pub variant_count: usize,
    /// The lowest price of any variant, one a currency.
    pub prices_from: Vec<Money>,
    /// Counts the changes.
    pub version: u64,
    /// When it last changed.
    pub updated_at: Time,
    /// When it last went on sale.
    pub published_at: Option<Time>,
}

impl Summary {
    /// The summary of any product.
    pub fn of(product: &Product) -> Self {
        Self {
            product_id: product.product_id.clone(),
            handle: product.handle.clone(),
            title: product.content.title.clone(),
            status: product.status,
            thumbnail: thumbnail(product),
            variant_count: product.variants.len(),
            prices_from: prices_from(product),
            version: product.version,
            updated_at: product.updated_at,
            published_at: product.published_at,
        }
    }

    /// What buyers see of it; nothing unless it is on sale.
    pub fn card(self) -> Option<Card> {
        let published_at = self.published_at.filter(|_| self.status == Status::Active)?;
        Some(Card {
            product_id: self.product_id,
            handle: self.handle,
            title: self.title,
            thumbnail: self.thumbnail,
            prices_from: self.prices_from,
            published_at,
        })
    }
}

fn thumbnail(product: &Product) -> Option<String> {
    product.content.images.first().map(|image| image.url.clone())
}

fn prices_from(product: &Product) -> Vec<Money> {
    let mut lowest: BTreeMap<Currency, i64> = BTreeMap::new();
    for price in product.variants.iter().flat_map(|variant| &variant.spec.prices) {
        let minor = lowest.entry(price.amount.currency).or_insert(price.amount.minor);
        *minor = (*minor).min(price.amount.minor);
    }
    lowest
        .into_iter()
        .map(|(currency, minor)| Money::new(minor, currency))
        .collect()
}
