//! What a product says of itself, and what makes that consistent.
//!
//! The lengths of single texts are proven by the schema of the request; here is what concerns
//! several fields at once, and every count.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Currency, FieldFault, Handle, Money, Sku};

use crate::product::{CategoryId, VariantId};

/// What a product says of itself, variants aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// For people. Empty while a draft has none.
    pub title: String,
    /// For people, plain text or Markdown. May be empty.
    pub description: String,
    /// What a buyer chooses between, in the order in which it is shown.
    pub options: Vec<ProductOption>,
    /// Pictures; the first is the thumbnail.
    pub images: Vec<Image>,
    /// Where it is listed.
    pub category_ids: Vec<CategoryId>,
    /// Words for filters.
    pub tags: Vec<String>,
    /// Decides the tax rate, together with the region.
    pub tax_category: Handle,
    /// The shop's own notes, for example ids of other systems.
    pub metadata: BTreeMap<String, String>,
}

/// One thing a buyer chooses, for example `Color` of `red` or `blue`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductOption {
    /// For people.
    pub name: String,
    /// For people, in the order in which they are shown.
    pub values: Vec<String>,
}

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// Where it is.
    pub url: String,
    /// What it shows, for those who do not see it.
    pub alt: String,
}

/// What is sold: one combination of option values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// Names the variant for ever, whatever becomes of its SKU.
    pub variant_id: VariantId,
    /// Everything else.
    pub spec: VariantSpec,
}

/// A variant as asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VariantDraft {
    /// The variant that is meant. Without it, the one with the same SKU, else a new one.
    pub variant_id: Option<VariantId>,
    /// Everything else.
    pub spec: VariantSpec,
}

/// Everything about a variant but its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VariantSpec {
    /// What stock is counted by. Unique in the shop.
    pub sku: Sku,
    /// One value of each of the product's options, by the option's name.
    pub options: BTreeMap<String, String>,
    /// EAN, UPC or what else is printed on it.
    pub barcode: Option<String>,
    /// Weight.
    pub weight_grams: u32,
    /// Size, when it is known.
    pub dimensions_mm: Option<Dimensions>,
    /// Whether stock is counted. What is not counted never sells out.
    pub tracks_inventory: bool,
    /// Whether more may be sold than there is.
    pub allow_backorder: bool,
    /// At most one price a currency.
    pub prices: Vec<Price>,
}

/// A size in millimeters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dimensions {
    /// The longest side.
    pub length: u32,
    /// The side across.
    pub width: u32,
    /// Upright.
    pub height: u32,
}

/// A price in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price {
    /// What one piece costs.
    pub amount: Money,
    /// What it cost before, to be shown struck through. More than `amount`.
    pub compare_at: Option<Money>,
}

/// The most options of a product.
pub const OPTIONS_MAX: usize = 3;
/// The most values of an option.
pub const OPTION_VALUES_MAX: usize = 100;
/// The most variants of a product.
pub const VARIANTS_MAX: usize = 250;
/// The most prices of a variant.
pub const PRICES_MAX: usize = 10;
/// The most pictures of a product.
pub const IMAGES_MAX: usize = 20;
/// The most categories a product names itself; their ancestors come on top.
pub const CATEGORIES_MAX: usize = 5;
/// The most tags of a product.
pub const TAGS_MAX: usize = 50;
/// The most notes of a product.
pub const METADATA_MAX: usize = 50;
/// The longest name of a note.
pub const METADATA_NAME_CHARS_MAX: usize = 40;
/// The longest note.
pub const METADATA_VALUE_CHARS_MAX: usize = 500;

impl VariantSpec {
    /// The price in a currency.
    pub fn price_in(&self, currency: Currency) -> Option<&Price> {
        self.prices.iter().find(|price| price.amount.currency == currency)
    }

    /// The chosen values in the order of the options, for example `red / M`; `None` without options.
    pub fn title(&self, options: &[ProductOption]) -> Option<String> {
        let values: Vec<&str> = options
            .iter()
            .filter_map(|option| self.options.get(&option.name))
            .map(String::as_str)
            .collect();
        (!values.is_empty()).then(|| values.join(" / "))
    }
}

/// Everything that is inconsistent in a product, each fault named by its path on the wire.
pub fn faults<'a>(content: &Content, variants: impl IntoIterator<Item = &'a VariantSpec>) -> Vec<FieldFault> {
    let mut found = Faults(Vec::new());
    found.at_most("images", content.images.len(), IMAGES_MAX);
    found.at_most("tags", content.tags.len(), TAGS_MAX);
    found.at_most("metadata", content.metadata.len(), METADATA_MAX);
    found.at_most("category_ids", content.category_ids.len(), CATEGORIES_MAX);
    found.metadata(&content.metadata);
    found.unique("category_ids", "", content.category_ids.iter());
    found.unique("tags", "", content.tags.iter());
    found.options(&content.options);
    found.variants(content, variants);
    found.0
}

struct Faults(Vec<FieldFault>);

impl Faults {
    fn add(&mut self, field: impl Into<String>, code: &'static str, message: impl Into<String>) {
        self.0.push(FieldFault::new(field, code, message));
    }

    fn at_most(&mut self, field: &str, count: usize, max: usize) {
        if count > max {
            self.add(field, "too_many", format!("at most {max}, not {count}"));
        }
    }

    /// Each item differs from all before it; `part` is the path inside the item.
    fn unique<T: Ord + std::fmt::Display>(&mut self, list: &str, part: &str, items: impl Iterator<Item = T>) {
        let mut seen = BTreeSet::new();
        for (index, item) in items.enumerate() {
            let message = format!("`{item}` is used twice");
            if !seen.insert(item) {
                self.add(format!("{list}[{index}]{part}"), "duplicate", message);
            }
        }
    }

    fn metadata(&mut self, metadata: &BTreeMap<String, String>) {
        for (name, value) in metadata {
            let field = || format!("metadata.{name}");
            if name.is_empty() || name.chars().count() > METADATA_NAME_CHARS_MAX {
                let message = format!("a name has 1 to {METADATA_NAME_CHARS_MAX} characters");
                self.add(field(), "bad_name", message);
            }
            if value.chars().count() > METADATA_VALUE_CHARS_MAX {
                let message = format!("at most {METADATA_VALUE_CHARS_MAX} characters");
                self.add(field(), "too_long", message);
            }
        }
    }

    fn options(&mut self, options: &[ProductOption]) {
        self.at_most("options", options.len(), OPTIONS_MAX);
        self.unique("options", ".name", options.iter().map(|option| &option.name));
        for (index, option) in options.iter().enumerate() {
            let path = format!("options[{index}].values");
            self.at_most(&path, option.values.len(), OPTION_VALUES_MAX);
            self.unique(&path, "", option.values.iter());
            if option.values.is_empty() {
                self.add(path, "too_few", "an option needs at least one value");
            }
        }
    }

    fn variants<'a>(&mut self, content: &Content, variants: impl IntoIterator<Item = &'a VariantSpec>) {
        let variants: Vec<_> = variants.into_iter().collect();
        self.at_most("variants", variants.len(), VARIANTS_MAX);
        self.unique("variants", ".sku", variants.iter().map(|variant| &variant.sku));
        let mut combinations = BTreeSet::new();
        for (index, variant) in variants.into_iter().enumerate() {
            let path = format!("variants[{index}]");
            self.chosen_values(&path, &content.options, variant);
            self.prices(&format!("{path}.prices"), &variant.prices);
            if !combinations.insert(&variant.options) {
                let message = "another variant has the same option values";
                self.add(format!("{path}.options"), "duplicate", message);
            }
        }
    }

    fn chosen_values(&mut self, path: &str, options: &[ProductOption], variant: &VariantSpec) {
        for option in options {
            match variant.options.get(&option.name) {
                None => self.add(
                    format!("{path}.options"),
                    "option_missing",
                    format!("a value of `{}` is needed", option.name),
                ),
                Some(value) if !option.values.contains(value) => self.add(
                    format!("{path}.options.{}", option.name),
                    "unknown_option_value",
                    format!("`{value}` is not a value of `{}`", option.name),
                ),
                Some(_) => {}
            }
        }
        for name in variant.options.keys() {
            if !options.iter().any(|option| option.name == *name) {
                let message = format!("the product has no option `{name}`");
                self.add(format!("{path}.options.{name}"), "unknown_option", message);
            }
        }
    }

    fn prices(&mut self, path: &str, prices: &[Price]) {
        self.at_most(path, prices.len(), PRICES_MAX);
        self.unique(path, ".amount", prices.iter().map(|price| price.amount.currency));
        for (index, price) in prices.iter().enumerate() {
            if !(0..=Money::MINOR_MAX).contains(&price.amount.minor) {
                self.add(
                    format!("{path}[{index}].amount"),
                    "out_of_range",
                    "must not be negative",
                );
            }
            match price.compare_at {
                Some(before) if before.currency != price.amount.currency => self.add(
                    format!("{path}[{index}].compare_at"),
                    "wrong_currency",
                    format!("must be in {}", price.amount.currency),
                ),
                Some(before) if before.minor <= price.amount.minor => self.add(
                    format!("{path}[{index}].compare_at"),
                    "too_small",
                    "must be more than the price",
                ),
                Some(_) | None => {}
            }
        }
    }
}

#[cfg(test)]
mod tests;
