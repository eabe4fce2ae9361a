//! Creating a product.

use kernel::{Fault, FieldFault, Ids};

use crate::Catalog;
use crate::category::shelves;
use crate::product::{CategoryId, Change, ChangeId, NewProduct, Product, ProductId, Unfit};
use crate::store::StoreError;

/// Why a product could not be created.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// It contradicts itself.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// It names categories that do not exist.
    #[error("a category does not exist")]
    UnknownCategories(Vec<FieldFault>),
    /// It could not be stored.
    #[error("the product could not be stored")]
    Store(#[from] StoreError),
}

impl From<CreateError> for Fault {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::Unfit(unfit) => unfit.into(),
            CreateError::UnknownCategories(faults) => Self::invalid_fields(faults),
            CreateError::Store(source) => source.into(),
        }
    }
}

impl From<Unfit> for Fault {
    fn from(unfit: Unfit) -> Self {
        let detail = unfit.to_string();
        match unfit {
            Unfit::Inconsistent(faults) => Self::invalid_fields(faults),
            Unfit::Unpublishable(fields) => Self::Refused {
                code: "product_not_publishable",
                detail,
                fields,
            },
            Unfit::AlreadyActive => Self::refused("product_already_active", detail),
            Unfit::NotActive(_) => Self::refused("product_not_active", detail),
        }
    }
}

impl Catalog {
    /// Creates a draft.
    ///
    /// Refused when the handle (`handle_taken`) or a SKU (`sku_taken`) belongs to another product.
    /// Repeated with the ids of the same request it finds the draft it has made.
    pub async fn create(&self, ids: &Ids<'_>, new: NewProduct) -> Result<Product, CreateError> {
        let product_id = ProductId::mint(ids);
        let change = Change {
            change_id: ChangeId::mint(ids),
            now: ids.now(),
        };
        let mut product = Product::draft(product_id, new, ids, change)?;
        product.listed_in = self.listed_in(&product.content.category_ids).await?;
        Ok(self.make(None, product).await?)
    }

    /// Where products of these categories are listed.
    pub(crate) async fn listed_in(
        &self,
        category_ids: &[CategoryId],
    ) -> Result<Vec<CategoryId>, CreateError> {
        let known = self.store.categories_by_id(category_ids).await?;
        let is_known = |id: &CategoryId| known.iter().any(|category| category.category_id == *id);
        let unknown = category_ids.iter().enumerate().filter(|(_, id)| !is_known(id));
        let faults: Vec<FieldFault> = unknown
            .map(|(index, id)| {
                let message = format!("there is no category `{id}`");
                FieldFault::new(format!("category_ids[{index}]"), "unknown_category", message)
            })
            .collect();
        if faults.is_empty() {
            Ok(shelves(&known))
        } else {
            Err(CreateError::UnknownCategories(faults))
        }
    }

    /// Writes a version of a product. When this very change has been made before, by an earlier
    /// try of the same request, what it made is the answer.
    pub(crate) async fn make(&self, before: Option<&Product>, after: Product) -> Result<Product, StoreError> {
        match self.store.write(before, &after).await {
            Ok(()) => Ok(after),
            Err(StoreError::Stale) => match self.store.product_now(&after.product_id).await? {
                Some(made) if made.change_id == after.change_id => {
                    self.store.settle(&made).await?;
                    Ok(made)
                }
                Some(_) | None => Err(StoreError::Stale),
            },
            Err(error) => Err(error),
        }
    }
}
