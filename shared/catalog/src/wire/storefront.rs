//! Products as buyers see them.

use std::collections::BTreeMap;

use kernel::{Currency, Fault, Handle, Money, Sku, Time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::parts::{DimensionsBody, ImageBody, OptionBody, PriceBody, all, prices_in};
use crate::browse::Filter;
use crate::content::{ProductOption, Variant};
use crate::offer::Card;
use crate::product::{CategoryId, Product, ProductId, VariantId};

/// Which products are listed, and in which currency their prices are.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListProducts {
    /// Only products of the category with this handle, and of all below it.
    #[serde(default)]
    pub category: Option<Handle>,
    /// Only the product with this handle. Not together with `category`.
    #[serde(default)]
    pub handle: Option<Handle>,
    /// Only prices in this currency.
    #[serde(default)]
    pub currency: Option<Currency>,
}

impl ListProducts {
    /// The filter that is meant; two at once are refused.
    pub fn filter(&self) -> Result<Filter, Fault> {
        match (self.category.clone(), self.handle.clone()) {
            (None, None) => Ok(Filter::All),
            (Some(category), None) => Ok(Filter::Category(category)),
            (None, Some(handle)) => Ok(Filter::Handle(handle)),
            (Some(_), Some(_)) => Err(Fault::invalid(
                "filters_conflict",
                "give `category` or `handle`, not both",
            )),
        }
    }
}

/// In which currency a product's prices are.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetProduct {
    /// Only prices in this currency.
    #[serde(default)]
    pub currency: Option<Currency>,
}

/// A product in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CardView {
    /// Names the product.
    pub product_id: ProductId,
    /// Names it in a URL.
    pub handle: Handle,
    /// For people.
    #[schemars(example = &"Green tea")]
    pub title: String,
    /// The first picture.
    pub thumbnail: Option<String>,
    /// The lowest price of any variant, one a currency.
    pub prices_from: Vec<Money>,
    /// When it last went on sale; the list's order, latest first.
    pub published_at: Time,
}

/// A product on sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ProductView {
    /// Names the product.
    pub product_id: ProductId,
    /// Names it in a URL.
    pub handle: Handle,
    /// For people.
    #[schemars(example = &"Green tea")]
    pub title: String,
    /// For people, plain text or Markdown.
    pub description: String,
    /// What a buyer chooses between.
    pub options: Vec<OptionBody>,
    /// What is sold.
    pub variants: Vec<VariantView>,
    /// Pictures; the first is the thumbnail.
    pub images: Vec<ImageBody>,
    /// Where it is listed.
    pub category_ids: Vec<CategoryId>,
    /// Words for filters.
    pub tags: Vec<String>,
    /// When it last went on sale.
    pub published_at: Option<Time>,
    /// When it last changed.
    pub updated_at: Time,
}

/// What is sold: one combination of option values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct VariantView {
    /// Names the variant for ever.
    pub variant_id: VariantId,
    /// What goes into a cart.
    pub sku: Sku,
    /// The chosen values, for example `red / M`; null without options.
    pub title: Option<String>,
    /// The chosen value of each option, by the option's name.
    pub options: BTreeMap<String, String>,
    /// EAN, UPC or what else is printed on it.
    pub barcode: Option<String>,
    /// Weight.
    pub weight_grams: u32,
    /// Size.
    pub dimensions_mm: Option<DimensionsBody>,
    /// At most one price a currency.
    pub prices: Vec<PriceBody>,
}

impl CardView {
    /// The card with prices in one currency, or in all.
    pub fn of(card: Card, currency: Option<Currency>) -> Self {
        let asked = |price: &Money| currency.is_none_or(|currency| price.currency == currency);
        Self {
            product_id: card.product_id,
            handle: card.handle,
            title: card.title,
            thumbnail: card.thumbnail,
            prices_from: card.prices_from.into_iter().filter(asked).collect(),
            published_at: card.published_at,
        }
    }
}

impl ProductView {
    /// The product with prices in one currency, or in all.
    pub fn of(product: Product, currency: Option<Currency>) -> Self {
        let content = product.content;
        let variants = product.variants.into_iter();
        Self {
            product_id: product.product_id,
            handle: product.handle,
            title: content.title,
            description: content.description,
            variants: variants
                .map(|variant| VariantView::of(variant, &content.options, currency))
                .collect(),
            options: all(content.options),
            images: all(content.images),
            category_ids: content.category_ids,
            tags: content.tags,
            published_at: product.published_at,
            updated_at: product.updated_at,
        }
    }
}

impl VariantView {
    pub(super) fn of(variant: Variant, options: &[ProductOption], currency: Option<Currency>) -> Self {
        Self {
            variant_id: variant.variant_id,
            title: variant.spec.title(options),
            sku: variant.spec.sku,
            options: variant.spec.options,
            barcode: variant.spec.barcode,
            weight_grams: variant.spec.weight_grams,
            dimensions_mm: variant.spec.dimensions_mm.map(Into::into),
            prices: prices_in(currency, variant.spec.prices),
        }
    }
}
