//! Creating a category.

use kernel::{Fault, FieldFault, Ids};

use crate::Catalog;
use crate::category::{Category, NewCategory, TooDeep};
use crate::product::CategoryId;
use crate::store::StoreError;

/// Why a category could not be created.
#[derive(Debug, thiserror::Error)]
pub enum CreateCategoryError {
    /// The category above it does not exist.
    #[error("there is no category `{0}`")]
    UnknownParent(CategoryId),
    /// The category above it is as deep as categories go.
    #[error(transparent)]
    TooDeep(#[from] TooDeep),
    /// It could not be stored.
    #[error("the category could not be stored")]
    Store(#[from] StoreError),
}

impl From<CreateCategoryError> for Fault {
    fn from(error: CreateCategoryError) -> Self {
        let message = error.to_string();
        match error {
            CreateCategoryError::UnknownParent(_) => {
                Self::invalid_fields(vec![FieldFault::new("parent_id", "unknown_category", message)])
            }
            CreateCategoryError::TooDeep(TooDeep) => Self::refused("category_too_deep", message),
            CreateCategoryError::Store(source) => source.into(),
        }
    }
}

impl Catalog {
    /// Creates a category at the root or below another one.
    ///
    /// Refused when the handle is taken by another category (`handle_taken`). Repeated with the
    /// ids of the same request it finds the category it has made.
    pub async fn create_category(
        &self,
        ids: &Ids<'_>,
        new: NewCategory,
    ) -> Result<Category, CreateCategoryError> {
        let parent = match &new.parent_id {
            None => None,
            Some(parent_id) => {
                let found = self
                    .store
                    .categories_by_id(std::slice::from_ref(parent_id))
                    .await?;
                let missing = || CreateCategoryError::UnknownParent(parent_id.clone());
                Some(found.into_iter().next().ok_or_else(missing)?)
            }
        };
        let category = Category::new(CategoryId::mint(ids), new, parent.as_ref(), ids.now())?;
        self.store.insert_category(&category).await?;
        Ok(category)
    }
}
