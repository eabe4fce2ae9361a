//! Products as the back office sends them.

use std::collections::BTreeMap;

use kernel::{Handle, InvalidText, Sku};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use super::parts::{DimensionsBody, ImageBody, OptionBody, PriceBody, all};
use crate::content::{Content, VariantDraft, VariantSpec};
use crate::patch::{NotesPatch, Patch};
use crate::product::{CategoryId, NewProduct, VariantId};

/// A product to be created, as a draft.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateProduct {
    /// For people. A draft may do without.
    #[serde(default)]
    #[schemars(length(max = 200), example = &"Green tea")]
    pub title: String,
    /// Names the product in a URL; unique in the shop. Without it, one is made of the title.
    #[serde(default)]
    pub handle: Option<Handle>,
    /// For people, plain text or Markdown.
    #[serde(default)]
    #[schemars(length(max = 20_000), example = &"From the first harvest of the year.")]
    pub description: String,
    /// What a buyer chooses between; at most 3.
    #[serde(default)]
    #[schemars(length(max = 3))]
    pub options: Vec<OptionBody>,
    /// What is sold: one variant for each offered combination of option values, at most 250. A
    /// product without options has one variant.
    #[serde(default)]
    #[schemars(length(max = 250))]
    pub variants: Vec<VariantInput>,
    /// Pictures; the first is the thumbnail.
    #[serde(default)]
    #[schemars(length(max = 20))]
    pub images: Vec<ImageBody>,
    /// Where it is listed; the categories above come by themselves.
    #[serde(default)]
    #[schemars(length(max = 5))]
    pub category_ids: Vec<CategoryId>,
    /// Words for filters.
    #[serde(default)]
    #[schemars(length(max = 50), inner(length(min = 1, max = 50)))]
    pub tags: Vec<String>,
    /// Decides the tax rate, together with the region. Without it, `standard`.
    #[serde(default)]
    pub tax_category: Option<Handle>,
    /// The shop's own notes: names of 1 to 40 characters, values of at most 500.
    #[serde(default)]
    #[schemars(extend("maxProperties" = 50))]
    pub metadata: BTreeMap<String, String>,
}

/// One variant of a product.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VariantInput {
    /// Which variant is meant, when its SKU changes. Without it, the one with the same SKU, else a
    /// new one.
    #[serde(default)]
    pub variant_id: Option<VariantId>,
    /// What stock is counted by; unique in the shop.
    pub sku: Sku,
    /// One value of each of the product's options, by the option's name.
    #[serde(default)]
    #[schemars(extend("maxProperties" = 3), example = serde_json::json!({"Color": "red"}))]
    pub options: BTreeMap<String, String>,
    /// EAN, UPC or what else is printed on it.
    #[serde(default)]
    #[schemars(length(min = 1, max = 50), example = &"4006381333931")]
    pub barcode: Option<String>,
    /// Weight.
    #[serde(default)]
    #[schemars(range(max = 10_000_000), example = 100)]
    pub weight_grams: u32,
    /// Size.
    #[serde(default)]
    pub dimensions_mm: Option<DimensionsBody>,
    /// Whether stock is counted. What is not counted never sells out.
    #[serde(default = "yes")]
    pub tracks_inventory: bool,
    /// Whether more may be sold than there is.
    #[serde(default)]
    pub allow_backorder: bool,
    /// At most one price a currency. A product on sale needs one for every variant.
    #[serde(default)]
    #[schemars(length(max = 10))]
    pub prices: Vec<PriceBody>,
}

/// Changes of a product (JSON Merge Patch): what is absent stays, `null` removes, lists are
/// replaced as a whole, `metadata` is merged.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateProduct {
    /// For people.
    #[serde(default, deserialize_with = "null_is_default")]
    #[schemars(length(max = 200), example = &"Green tea")]
    pub title: Option<String>,
    /// Names the product in a URL; unique in the shop. Cannot be removed.
    #[serde(default)]
    #[schemars(with = "Handle", transform = without_default)]
    pub handle: Option<Handle>,
    /// For people, plain text or Markdown.
    #[serde(default, deserialize_with = "null_is_default")]
    #[schemars(length(max = 20_000))]
    pub description: Option<String>,
    /// What a buyer chooses between; at most 3.
    #[serde(default, deserialize_with = "null_is_default")]
    #[schemars(length(max = 3))]
    pub options: Option<Vec<OptionBody>>,
    /// What is sold, all of it. A variant that is left out is no longer sold.
    #[serde(default, deserialize_with = "null_is_default")]
    #[schemars(length(max = 250))]
    pub variants: Option<Vec<VariantInput>>,
    /// Pictures; the first is the thumbnail.
    #[serde(default, deserialize_with = "null_is_default")]
    #[schemars(length(max = 20))]
    pub images: Option<Vec<ImageBody>>,
    /// Where it is listed.
    #[serde(default, deserialize_with = "null_is_default")]
    #[schemars(length(max = 5))]
    pub category_ids: Option<Vec<CategoryId>>,
    /// Words for filters.
    #[serde(default, deserialize_with = "null_is_default")]
    #[schemars(length(max = 50), inner(length(min = 1, max = 50)))]
    pub tags: Option<Vec<String>>,
    /// Decides the tax rate; removed, it is `standard`.
    #[serde(default, deserialize_with = "null_is_standard")]
    pub tax_category: Option<Handle>,
    /// The shop's own notes: a `null` removes one.
    #[serde(default, deserialize_with = "notes")]
    #[schemars(with = "Option<BTreeMap<String, Option<String>>>")]
    pub metadata: NotesPatch,
}

fn yes() -> bool {
    true
}

/// A field that may be absent but not `null` has no default that its schema allows.
fn without_default(schema: &mut schemars::Schema) {
    schema.remove("default");
}

/// The tax category of what names none.
fn standard() -> Result<Handle, InvalidText> {
    Handle::parse("standard")
}

/// `null` removes: the field is as if it had never been set.
fn null_is_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Option::<T>::deserialize(deserializer).map(|value| Some(value.unwrap_or_default()))
}

fn null_is_standard<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Handle>, D::Error> {
    match Option::<Handle>::deserialize(deserializer)? {
        Some(handle) => Ok(Some(handle)),
        None => standard().map(Some).map_err(serde::de::Error::custom),
    }
}

fn notes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NotesPatch, D::Error> {
    let changes = Option::<BTreeMap<String, Option<String>>>::deserialize(deserializer)?;
    Ok(changes.map_or(NotesPatch::Clear, NotesPatch::Merge))
}

impl TryFrom<CreateProduct> for NewProduct {
    type Error = InvalidText;

    /// Never fails in practice: the one text that is not from the request is `standard`.
    fn try_from(body: CreateProduct) -> Result<Self, InvalidText> {
        Ok(Self {
            handle: body.handle,
            content: Content {
                title: body.title.trim().to_owned(),
                description: body.description,
                options: all(body.options),
                images: all(body.images),
                category_ids: body.category_ids,
                tags: body.tags,
                tax_category: body.tax_category.map_or_else(standard, Ok)?,
                metadata: body.metadata,
            },
            variants: all(body.variants),
        })
    }
}

impl From<VariantInput> for VariantDraft {
    fn from(input: VariantInput) -> Self {
        Self {
            variant_id: input.variant_id,
            spec: VariantSpec {
                sku: input.sku,
                options: input.options,
                barcode: input.barcode,
                weight_grams: input.weight_grams,
                dimensions_mm: input.dimensions_mm.map(Into::into),
                tracks_inventory: input.tracks_inventory,
                allow_backorder: input.allow_backorder,
                prices: all(input.prices),
            },
        }
    }
}

impl From<UpdateProduct> for Patch {
    fn from(body: UpdateProduct) -> Self {
        Self {
            handle: body.handle,
            title: body.title.map(|title| title.trim().to_owned()),
            description: body.description,
            options: body.options.map(all),
            images: body.images.map(all),
            category_ids: body.category_ids,
            tags: body.tags,
            tax_category: body.tax_category,
            metadata: body.metadata,
            variants: body.variants.map(all),
        }
    }
}
