//! Products as the back office sees them.

use std::collections::BTreeMap;

use kernel::{Handle, Money, Time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::parts::{ImageBody, OptionBody, all};
use super::storefront::VariantView;
use crate::content::{ProductOption, Variant};
use crate::offer::Summary;
use crate::product::{CategoryId, Product, ProductId, Status};

/// Which products are listed.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InspectProducts {
    /// Only products in this status. Without it: drafts, then active, then archived ones.
    #[serde(default)]
    pub status: Option<StatusName>,
}

/// Where a product is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StatusName {
    /// Being prepared; only staff see it.
    Draft,
    /// On sale.
    Active,
    /// No longer on sale; only staff see it.
    Archived,
}

/// A product in the back office's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SummaryView {
    /// Names the product.
    pub product_id: ProductId,
    /// Names it in a URL.
    pub handle: Handle,
    /// For people; empty while a draft has none.
    pub title: String,
    /// Where it is in its life.
    pub status: StatusName,
    /// The first picture.
    pub thumbnail: Option<String>,
    /// How many variants there are.
    pub variant_count: usize,
    /// The lowest price of any variant, one a currency.
    pub prices_from: Vec<Money>,
    /// Counts the changes.
    pub version: u64,
    /// When it last changed; the list's order, latest first.
    pub updated_at: Time,
    /// When it last went on sale.
    pub published_at: Option<Time>,
}

/// Everything about a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StaffProductView {
    /// Names the product.
    pub product_id: ProductId,
    /// Names it in a URL.
    pub handle: Handle,
    /// Where it is in its life.
    pub status: StatusName,
    /// For people; empty while a draft has none.
    pub title: String,
    /// For people, plain text or Markdown.
    pub description: String,
    /// What a buyer chooses between.
    pub options: Vec<OptionBody>,
    /// What is sold.
    pub variants: Vec<StaffVariantView>,
    /// Pictures; the first is the thumbnail.
    pub images: Vec<ImageBody>,
    /// The categories it names itself.
    pub category_ids: Vec<CategoryId>,
    /// Words for filters.
    pub tags: Vec<String>,
    /// Decides the tax rate.
    pub tax_category: Handle,
    /// The shop's own notes.
    pub metadata: BTreeMap<String, String>,
    /// Counts the changes; the ETag.
    pub version: u64,
    /// When it was created.
    pub created_at: Time,
    /// When it last changed.
    pub updated_at: Time,
    /// When it last went on sale.
    pub published_at: Option<Time>,
    /// What may be done with it now.
    #[schemars(example = &["update", "publish"])]
    pub allowed_actions: Vec<String>,
    /// Where that is done, and where the product is, by action.
    pub links: BTreeMap<String, String>,
}

/// Everything about a variant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StaffVariantView {
    /// What buyers see of it.
    #[serde(flatten)]
    pub shown: VariantView,
    /// Whether stock is counted.
    pub tracks_inventory: bool,
    /// Whether more may be sold than there is.
    pub allow_backorder: bool,
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

impl From<Summary> for SummaryView {
    fn from(summary: Summary) -> Self {
        Self {
            product_id: summary.product_id,
            handle: summary.handle,
            title: summary.title,
            status: summary.status.into(),
            thumbnail: summary.thumbnail,
            variant_count: summary.variant_count,
            prices_from: summary.prices_from,
            version: summary.version,
            updated_at: summary.updated_at,
            published_at: summary.published_at,
        }
    }
}

impl From<Product> for StaffProductView {
    fn from(product: Product) -> Self {
        let links = links(&product.product_id, product.status);
        let content = product.content;
        let variants = product.variants.into_iter();
        Self {
            product_id: product.product_id,
            handle: product.handle,
            status: product.status.into(),
            title: content.title,
            description: content.description,
            variants: variants
                .map(|variant| StaffVariantView::of(variant, &content.options))
                .collect(),
            options: all(content.options),
            images: all(content.images),
            category_ids: content.category_ids,
            tags: content.tags,
            tax_category: content.tax_category,
            metadata: content.metadata,
            version: product.version,
            created_at: product.created_at,
            updated_at: product.updated_at,
            published_at: product.published_at,
            allowed_actions: product
                .status
                .allowed_actions()
                .iter()
                .map(|action| (*action).to_owned())
                .collect(),
            links,
        }
    }
}

impl StaffVariantView {
    fn of(variant: Variant, options: &[ProductOption]) -> Self {
        Self {
            tracks_inventory: variant.spec.tracks_inventory,
            allow_backorder: variant.spec.allow_backorder,
            shown: VariantView::of(variant, options, None),
        }
    }
}

/// The product itself, the action's own address, and for buyers the storefront's.
fn links(product_id: &ProductId, status: Status) -> BTreeMap<String, String> {
    let own = format!("/v1/admin/products/{product_id}");
    let action = |action: &&str| match *action {
        "update" => ("update".to_owned(), own.clone()),
        name => (name.to_owned(), format!("{own}/{name}")),
    };
    let mut links: BTreeMap<_, _> = status.allowed_actions().iter().map(action).collect();
    if status == Status::Active {
        links.insert("storefront".to_owned(), format!("/v1/products/{product_id}"));
    }
    links.insert("self".to_owned(), own);
    links
}
