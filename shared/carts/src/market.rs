//! What the shop offers a cart at this moment: its region, and an offer for each of its SKUs.

use std::collections::BTreeMap;

use catalog::Catalog;
use inventory::Inventory;
use kernel::{Fault, Handle, Sku};
use platform::Cloud;
use pricing::Pricing;
use pricing::region::Region;

use crate::cart::{Cart, Goods};
use crate::quote::{Offer, Quote};

/// The contexts that know what is sold, for how much, and how much of it is left.
pub(crate) struct Market {
    catalog: Catalog,
    pricing: Pricing,
    inventory: Inventory,
}

/// The market as one cart sees it.
pub(crate) struct Stall {
    region: Region,
    offers: BTreeMap<Sku, Offer>,
}

impl Market {
    pub(crate) fn new(cloud: &Cloud) -> Self {
        Self {
            catalog: Catalog::new(cloud),
            pricing: Pricing::new(cloud),
            inventory: Inventory::new(cloud),
        }
    }

    /// The region of this name, if there is one.
    pub(crate) async fn region(&self, region_id: &Handle) -> Result<Option<Region>, Fault> {
        self.pricing.region(region_id).await
    }

    /// What is offered for the cart's lines and for one more SKU: three reads side by side, or one
    /// when there is no SKU at all.
    pub(crate) async fn stall(&self, cart: &Cart, more: Option<&Sku>) -> Result<Stall, Fault> {
        let mut skus: Vec<Sku> = cart.lines.iter().map(|line| line.goods.sku.clone()).collect();
        if let Some(sku) = more.filter(|sku| !skus.contains(sku)) {
            skus.push(sku.clone());
        }
        let region = Box::pin(region(&self.pricing, cart));
        if skus.is_empty() {
            return Ok(Stall {
                region: region.await?,
                offers: BTreeMap::new(),
            });
        }
        let (variants, available) = (self.catalog.variants(&skus), self.inventory.available(&skus));
        let (region, variants, available) =
            tokio::try_join!(region, Box::pin(variants), Box::pin(available))?;
        let active = variants.into_values().filter(|variant| variant.active);
        let offers = active.filter_map(|variant| {
            let unit_price = variant.price_in(cart.currency)?;
            let available = available.get(&variant.sku).copied().unwrap_or(0);
            Some((variant.sku.clone(), offer(variant, unit_price, available)))
        });
        Ok(Stall {
            region,
            offers: offers.collect(),
        })
    }
}

impl Stall {
    /// The goods that are offered under a SKU in the cart's currency.
    pub(crate) fn goods(&self, sku: &Sku) -> Option<Goods> {
        self.offers.get(sku).map(|offer| offer.goods.clone())
    }

    /// What the cart costs by these offers.
    pub(crate) fn quote(&self, cart: &Cart) -> Result<Quote, Fault> {
        Quote::of(cart, &self.region, &self.offers)
    }
}

/// The region a cart is sold in. A cart whose region is gone is our mistake: regions stay.
async fn region(pricing: &Pricing, cart: &Cart) -> Result<Region, Fault> {
    let region = pricing.region(&cart.region_id).await?;
    region.ok_or_else(|| Fault::broken(format!("the region `{}` of a cart is gone", cart.region_id)))
}

fn offer(variant: catalog::offer::Offer, unit_price: kernel::Money, available: i64) -> Offer {
    let title = match &variant.variant_title {
        Some(options) => format!("{}, {options}", variant.title),
        None => variant.title.clone(),
    };
    let goods = Goods {
        sku: variant.sku,
        product_id: variant.product_id.to_string(),
        title,
        unit_price,
        tax_category: variant.tax_category,
    };
    Offer {
        goods,
        tracks_inventory: variant.tracks_inventory,
        allow_backorder: variant.allow_backorder,
        available,
    }
}
