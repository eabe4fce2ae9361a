//! What buyers see: lists, products, the tree.

use kernel::{Fault, Handle, Limit, Page};

use crate::Catalog;
use crate::category::Category;
use crate::offer::{Card, Summary};
use crate::product::{Product, ProductId, Status};
use crate::store::StoreError;

/// Which products a list shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    /// All on sale.
    All,
    /// Those of this category and of all below it.
    Category(Handle),
    /// The one of this handle, or none.
    Handle(Handle),
}

/// Why nothing can be shown.
#[derive(Debug, thiserror::Error)]
pub enum BrowseError {
    /// The list asked for is that of no category.
    #[error("there is no such category")]
    UnknownCategory,
    /// There is no such product, or it is not on sale.
    #[error("there is no such product")]
    Missing,
    /// The table failed.
    #[error("the catalog could not be read")]
    Store(#[from] StoreError),
}

impl From<BrowseError> for Fault {
    fn from(error: BrowseError) -> Self {
        match error {
            BrowseError::UnknownCategory => Self::missing("category"),
            BrowseError::Missing => Self::missing("product"),
            BrowseError::Store(source) => source.into(),
        }
    }
}

impl Catalog {
    /// A page of products on sale, the last published first.
    pub async fn browse(
        &self,
        filter: Filter,
        limit: Limit,
        after: Option<String>,
    ) -> Result<Page<Card>, BrowseError> {
        match filter {
            Filter::All => Ok(self.store.cards(None, limit, after).await?),
            Filter::Category(handle) => {
                let category = self.store.category_by_handle(&handle).await?;
                let category = category.ok_or(BrowseError::UnknownCategory)?;
                Ok(self
                    .store
                    .cards(Some(&category.category_id), limit, after)
                    .await?)
            }
            Filter::Handle(handle) => {
                let card = self.store.by_handle(&handle).await?.and_then(Summary::card);
                Ok(Page {
                    items: card.into_iter().collect(),
                    next: None,
                })
            }
        }
    }

    /// A product on sale. Others are missing, whether they exist or not.
    pub async fn get(&self, product_id: &ProductId) -> Result<Product, BrowseError> {
        let product = self.store.product(product_id).await?;
        product
            .filter(|product| product.status == Status::Active)
            .ok_or(BrowseError::Missing)
    }

    /// A page of the tree: each category is followed by all below it.
    pub async fn categories(
        &self,
        limit: Limit,
        after: Option<String>,
    ) -> Result<Page<Category>, BrowseError> {
        Ok(self.store.tree(limit, after).await?)
    }
}
