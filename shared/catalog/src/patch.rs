//! What staff want changed of a product, by the rules of JSON Merge Patch (RFC 7396).

use std::collections::BTreeMap;

use kernel::Handle;

use crate::content::{Content, Image, ProductOption, VariantDraft};
use crate::product::{CategoryId, Product, Revision};

/// The fields to be changed; `None` leaves one as it is. Lists are replaced as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Patch {
    /// The URL name.
    pub handle: Option<Handle>,
    /// The title; empty removes it.
    pub title: Option<String>,
    /// The description; empty removes it.
    pub description: Option<String>,
    /// What a buyer chooses between.
    pub options: Option<Vec<ProductOption>>,
    /// Pictures.
    pub images: Option<Vec<Image>>,
    /// Where it is listed.
    pub category_ids: Option<Vec<CategoryId>>,
    /// Words for filters.
    pub tags: Option<Vec<String>>,
    /// Decides the tax rate.
    pub tax_category: Option<Handle>,
    /// The shop's own notes.
    pub metadata: NotesPatch,
    /// What is sold.
    pub variants: Option<Vec<VariantDraft>>,
}

/// What becomes of the notes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum NotesPatch {
    /// They stay.
    #[default]
    Keep,
    /// All are removed.
    Clear,
    /// Named ones are set, or removed where there is no value; the others stay.
    Merge(BTreeMap<String, Option<String>>),
}

impl Patch {
    /// What the product is to be, once patched.
    pub fn on(self, product: &Product) -> Revision {
        let content = product.content.clone();
        Revision {
            handle: self.handle.unwrap_or_else(|| product.handle.clone()),
            content: Content {
                title: self.title.unwrap_or(content.title),
                description: self.description.unwrap_or(content.description),
                options: self.options.unwrap_or(content.options),
                images: self.images.unwrap_or(content.images),
                category_ids: self.category_ids.unwrap_or(content.category_ids),
                tags: self.tags.unwrap_or(content.tags),
                tax_category: self.tax_category.unwrap_or(content.tax_category),
                metadata: self.metadata.on(content.metadata),
            },
            variants: self.variants,
        }
    }
}

impl NotesPatch {
    fn on(self, mut notes: BTreeMap<String, String>) -> BTreeMap<String, String> {
        match self {
            Self::Keep => notes,
            Self::Clear => BTreeMap::new(),
            Self::Merge(changes) => {
                for (name, value) in changes {
                    match value {
                        Some(value) => notes.insert(name, value),
                        None => notes.remove(&name),
                    };
                }
                notes
            }
        }
    }
}
