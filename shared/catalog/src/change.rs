//! What all changes of a product have in common: read, decide, write, and again when somebody else
//! was faster.

use kernel::{Fault, FieldFault, Ids};

use crate::Catalog;
use crate::create::CreateError;
use crate::product::{Change, ChangeId, Product, ProductId, Unfit};
use crate::store::StoreError;

/// How often a change is decided anew because another one came between.
const TRIES_MAX: usize = 3;

/// Why a product could not be changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// There is no such product.
    #[error("there is no such product")]
    Missing,
    /// It is no longer the version that the caller has read.
    #[error("the product has changed since it was read")]
    Stale,
    /// The rules refuse what it would become.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// It names categories that do not exist.
    #[error("a category does not exist")]
    UnknownCategories(Vec<FieldFault>),
    /// It could not be stored.
    #[error("the product could not be stored")]
    Store(#[from] StoreError),
}

impl From<CreateError> for ChangeError {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::Unfit(unfit) => Self::Unfit(unfit),
            CreateError::UnknownCategories(faults) => Self::UnknownCategories(faults),
            CreateError::Store(source) => Self::Store(source),
        }
    }
}

impl From<ChangeError> for Fault {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::Missing => Self::missing("product"),
            ChangeError::Stale => Self::Stale,
            ChangeError::Unfit(unfit) => unfit.into(),
            ChangeError::UnknownCategories(faults) => Self::invalid_fields(faults),
            ChangeError::Store(source) => source.into(),
        }
    }
}

impl Catalog {
    /// Makes the next version of a product by a rule.
    ///
    /// With `expected`, only of that version. Without, a change that came between is no obstacle:
    /// the rule decides again on what is there now. A repeated request finds its change made.
    pub(crate) async fn change(
        &self,
        ids: &Ids<'_>,
        product_id: &ProductId,
        expected: Option<u64>,
        rule: impl Fn(&Product, Change) -> Result<Product, Unfit>,
    ) -> Result<Product, ChangeError> {
        let change = Change {
            change_id: ChangeId::mint(ids),
            now: ids.now(),
        };
        for _ in 0..TRIES_MAX {
            let before = self
                .store
                .product_now(product_id)
                .await?
                .ok_or(ChangeError::Missing)?;
            if before.change_id == change.change_id {
                self.store.settle(&before).await?;
                return Ok(before);
            }
            if expected.is_some_and(|expected| expected != before.version) {
                return Err(ChangeError::Stale);
            }
            let mut after = rule(&before, change.clone())?;
            if after.content.category_ids != before.content.category_ids {
                after.listed_in = self.listed_in(&after.content.category_ids).await?;
            }
            match self.make(Some(&before), after).await {
                Err(StoreError::Stale) => {}
                Ok(product) => return Ok(product),
                Err(error) => return Err(error.into()),
            }
        }
        Err(StoreError::Stale.into())
    }
}
