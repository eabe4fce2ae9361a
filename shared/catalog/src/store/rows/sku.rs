//! The row of a SKU: its guard, and what a cart line needs to know; and the intent of a staged write.

use kernel::{Handle, Sku};
use platform::table::Key;
use serde::{Deserialize, Serialize};

use super::{Prices, intent_key, read_prices, sku_key, stored_prices};
use crate::offer::Offer;
use crate::product::{ChangeId, ProductId, VariantId};

/// Guards a SKU, and is what a cart line needs to know.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::store) struct SkuRow {
    pk: String,
    sk: String,
    pub(in crate::store) sku: Sku,
    pub(in crate::store) product_id: ProductId,
    /// The product's version in which the offer last changed; 0 in a bare claim.
    version: u64,
    /// The product's version that a staged write is making: until it is settled, the offer here
    /// is not to be believed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pending: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    offer: Option<OfferPart>,
}

#[derive(Debug, Serialize, Deserialize)]
struct OfferPart {
    variant_id: VariantId,
    title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    variant_title: Option<String>,
    prices: Prices,
    tax_category: Handle,
    tracks_inventory: bool,
    allow_backorder: bool,
    weight_grams: u32,
    active: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    thumbnail: Option<String>,
}

/// Says that a staged write of a product is on its way.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::store) struct IntentRow {
    pk: String,
    sk: String,
    change_id: ChangeId,
}

impl SkuRow {
    /// The row as it is when all is written.
    pub(in crate::store) fn settled(offer: &Offer) -> Self {
        let Key { pk, sk } = sku_key(&offer.sku);
        let stored = offer.clone();
        Self {
            pk,
            sk,
            sku: stored.sku,
            product_id: stored.product_id,
            version: stored.version,
            pending: None,
            offer: Some(OfferPart {
                variant_id: stored.variant_id,
                title: stored.title,
                variant_title: stored.variant_title,
                prices: stored_prices(&stored.prices),
                tax_category: stored.tax_category,
                tracks_inventory: stored.tracks_inventory,
                allow_backorder: stored.allow_backorder,
                weight_grams: stored.weight_grams,
                active: stored.active,
                thumbnail: stored.thumbnail,
            }),
        }
    }

    /// The row of a SKU that a change of this product, making this version, is about to have.
    pub(in crate::store) fn claim(sku: Sku, product_id: ProductId, version: u64) -> Self {
        let Key { pk, sk } = sku_key(&sku);
        Self {
            pk,
            sk,
            sku,
            product_id,
            version: 0,
            pending: Some(version),
            offer: None,
        }
    }

    /// Whether the product must be asked.
    pub(in crate::store) fn is_marked(&self) -> bool {
        self.pending.is_some()
    }

    /// The offer; nothing in a bare claim.
    pub(in crate::store) fn into_offer(self) -> Option<Offer> {
        let part = self.offer?;
        Some(Offer {
            sku: self.sku,
            product_id: self.product_id,
            variant_id: part.variant_id,
            title: part.title,
            variant_title: part.variant_title,
            prices: read_prices(part.prices),
            tax_category: part.tax_category,
            tracks_inventory: part.tracks_inventory,
            allow_backorder: part.allow_backorder,
            weight_grams: part.weight_grams,
            active: part.active,
            thumbnail: part.thumbnail,
            version: self.version,
        })
    }
}

impl IntentRow {
    pub(in crate::store) fn new(product_id: &ProductId, change_id: ChangeId) -> Self {
        let Key { pk, sk } = intent_key(product_id);
        Self { pk, sk, change_id }
    }
}
