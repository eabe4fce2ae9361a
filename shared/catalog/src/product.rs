//! A product and its life: draft → active → archived, and back to active.

use kernel::{FieldFault, Handle, Ids, Time, typed_id};

use crate::content::{Content, Variant, VariantDraft, faults};

typed_id!(
    /// Names one product.
    ProductId,
    "prod"
);
typed_id!(
    /// Names one variant of a product.
    VariantId,
    "var"
);
typed_id!(
    /// Names one category.
    CategoryId,
    "cat"
);
typed_id!(
    /// Names one change of a product. A repeated request mints the same one, and so finds that
    /// its change has been made.
    ChangeId,
    "chg"
);

/// Where a product is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Being prepared; only staff see it.
    Draft,
    /// On sale.
    Active,
    /// No longer on sale; only staff see it.
    Archived,
}

impl Status {
    /// Every status, in the order of a product's life.
    pub const ALL: [Self; 3] = [Self::Draft, Self::Active, Self::Archived];

    /// The name on the wire and in rows.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Active => "active",
            Self::Archived => "archived",
        }
    }

    /// The status of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }

    /// What staff may do to a product in this status.
    pub const fn allowed_actions(self) -> &'static [&'static str] {
        match self {
            Self::Draft | Self::Archived => &["update", "publish"],
            Self::Active => &["update", "archive"],
        }
    }
}

/// Something the shop sells, in one or more variants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// Names the product.
    pub product_id: ProductId,
    /// Names it in a URL. Unique in the shop.
    pub handle: Handle,
    /// Where it is in its life.
    pub status: Status,
    /// What it says of itself.
    pub content: Content,
    /// What is sold.
    pub variants: Vec<Variant>,
    /// Its categories and all their ancestors: where it is listed while it is active.
    pub listed_in: Vec<CategoryId>,
    /// Counts the changes; the first is 1.
    pub version: u64,
    /// The change that made this version.
    pub change_id: ChangeId,
    /// When it was created.
    pub created_at: Time,
    /// When it last changed.
    pub updated_at: Time,
    /// When it last went on sale.
    pub published_at: Option<Time>,
}

/// What a product is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewProduct {
    /// Without it, one is made of the title.
    pub handle: Option<Handle>,
    /// What it says of itself.
    pub content: Content,
    /// What is sold.
    pub variants: Vec<VariantDraft>,
}

/// What a product is to be afterwards; `None` leaves it as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// The URL name.
    pub handle: Handle,
    /// What it says of itself.
    pub content: Content,
    /// What is sold; `None` leaves the variants as they are.
    pub variants: Option<Vec<VariantDraft>>,
}

/// Which change makes the next version, and when.
#[derive(Debug, Clone)]
pub struct Change {
    /// Names the change.
    pub change_id: ChangeId,
    /// The present moment.
    pub now: Time,
}

/// Why a product may not become what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// The content contradicts itself.
    #[error("the product is not consistent")]
    Inconsistent(Vec<FieldFault>),
    /// Something that a product on sale needs is missing.
    #[error("a product on sale needs a title, a variant, and a price for every variant")]
    Unpublishable(Vec<FieldFault>),
    /// It is on sale already.
    #[error("the product is active; allowed are update and archive")]
    AlreadyActive,
    /// It is not on sale.
    #[error("only an active product can be archived; this one is {}", .0.as_str())]
    NotActive(Status),
}

impl Product {
    /// A new draft.
    pub fn draft(
        product_id: ProductId,
        new: NewProduct,
        ids: &Ids<'_>,
        change: Change,
    ) -> Result<Self, Unfit> {
        let handle = match new.handle {
            Some(handle) => handle,
            None => handle_of(&new.content.title, &product_id)?,
        };
        let product = Self {
            product_id,
            handle,
            status: Status::Draft,
            variants: adopt(new.variants, &[], ids)?,
            content: new.content,
            listed_in: Vec::new(),
            version: 1,
            change_id: change.change_id,
            created_at: change.now,
            updated_at: change.now,
            published_at: None,
        };
        product.consistent()
    }

    /// The product after a revision. One on sale must remain fit for sale.
    pub fn revised(&self, revision: Revision, ids: &Ids<'_>, change: Change) -> Result<Self, Unfit> {
        let variants = match revision.variants {
            Some(drafts) => adopt(drafts, &self.variants, ids)?,
            None => self.variants.clone(),
        };
        let product = Self {
            handle: revision.handle,
            content: revision.content,
            variants,
            ..self.next(change)
        };
        let product = product.consistent()?;
        match product.status {
            Status::Active => product.publishable(),
            Status::Draft | Status::Archived => Ok(product),
        }
    }

    /// The product on sale from now on.
    pub fn published(&self, change: Change) -> Result<Self, Unfit> {
        if self.status == Status::Active {
            return Err(Unfit::AlreadyActive);
        }
        let product = Self {
            status: Status::Active,
            published_at: Some(change.now),
            ..self.next(change)
        };
        product.publishable()
    }

    /// The product no longer on sale.
    pub fn archived(&self, change: Change) -> Result<Self, Unfit> {
        match self.status {
            Status::Active => Ok(Self {
                status: Status::Archived,
                ..self.next(change)
            }),
            Status::Draft | Status::Archived => Err(Unfit::NotActive(self.status)),
        }
    }

    /// The variant with this SKU.
    pub fn variant(&self, sku: &kernel::Sku) -> Option<&Variant> {
        self.variants.iter().find(|variant| variant.spec.sku == *sku)
    }

    fn next(&self, change: Change) -> Self {
        Self {
            version: self.version.saturating_add(1),
            change_id: change.change_id,
            updated_at: change.now,
            ..self.clone()
        }
    }

    /// The product if nothing in it contradicts itself; with its prices in the order of currencies.
    fn consistent(mut self) -> Result<Self, Unfit> {
        let faults = faults(&self.content, self.variants.iter().map(|variant| &variant.spec));
        if !faults.is_empty() {
            return Err(Unfit::Inconsistent(faults));
        }
        for variant in &mut self.variants {
            variant.spec.prices.sort_by_key(|price| price.amount.currency);
        }
        Ok(self)
    }

    fn publishable(self) -> Result<Self, Unfit> {
        let mut faults = Vec::new();
        if self.content.title.is_empty() {
            faults.push(FieldFault::new(
                "title",
                "required",
                "a product on sale needs a title",
            ));
        }
        if self.variants.is_empty() {
            faults.push(FieldFault::new(
                "variants",
                "too_few",
                "a product on sale needs a variant",
            ));
        }
        for (index, variant) in self.variants.iter().enumerate() {
            if variant.spec.prices.is_empty() {
                let message = format!("`{}` has no price", variant.spec.sku);
                faults.push(FieldFault::new(
                    format!("variants[{index}].prices"),
                    "too_few",
                    message,
                ));
            }
        }
        if faults.is_empty() {
            Ok(self)
        } else {
            Err(Unfit::Unpublishable(faults))
        }
    }
}

/// Gives each draft the id of the variant it means, or a new one.
fn adopt(drafts: Vec<VariantDraft>, present: &[Variant], ids: &Ids<'_>) -> Result<Vec<Variant>, Unfit> {
    let mut adopted: Vec<Variant> = Vec::with_capacity(drafts.len());
    let mut faults = Vec::new();
    for (index, draft) in drafts.into_iter().enumerate() {
        let same_sku = || present.iter().find(|variant| variant.spec.sku == draft.spec.sku);
        let variant_id = match draft.variant_id {
            Some(named) => {
                if !present.iter().any(|variant| variant.variant_id == named) {
                    let message = format!("the product has no variant `{named}`");
                    faults.push(FieldFault::new(
                        format!("variants[{index}].variant_id"),
                        "unknown",
                        message,
                    ));
                }
                named
            }
            None => same_sku().map_or_else(|| VariantId::mint(ids), |variant| variant.variant_id.clone()),
        };
        if adopted.iter().any(|variant| variant.variant_id == variant_id) {
            let message = format!("`{variant_id}` is meant twice");
            faults.push(FieldFault::new(
                format!("variants[{index}].variant_id"),
                "duplicate",
                message,
            ));
        }
        adopted.push(Variant {
            variant_id,
            spec: draft.spec,
        });
    }
    if faults.is_empty() {
        Ok(adopted)
    } else {
        Err(Unfit::Inconsistent(faults))
    }
}

/// The title as a URL name: `Grüner Tee, 100 g` becomes `gr-ner-tee-100-g`. A title without any
/// usable letter gives way to the body of the id.
fn handle_of(title: &str, product_id: &ProductId) -> Result<Handle, Unfit> {
    let words: Vec<String> = title
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    let mut text = words.join("-");
    text.truncate(Handle::CHARS_MAX);
    let text = text.trim_end_matches('-');
    let body = product_id.as_str().rsplit('_').next().unwrap_or_default();
    Handle::parse(text)
        .or_else(|_| Handle::parse(body))
        .map_err(|error| Unfit::Inconsistent(vec![FieldFault::new("handle", "required", error.to_string())]))
}

#[cfg(test)]
mod tests;
