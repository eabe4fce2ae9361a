//! Categories in JSON.

use kernel::Handle;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::category::{Category, NewCategory};
use crate::product::CategoryId;

/// A category to be created.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateCategory {
    /// Names the category in a URL; unique in the shop.
    pub handle: Handle,
    /// For people.
    #[schemars(length(min = 1, max = 100), example = &"Tea")]
    pub name: String,
    /// The category above it; without it, this is a root. Categories are nested at most 5 deep.
    #[serde(default)]
    pub parent_id: Option<CategoryId>,
}

/// A category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CategoryView {
    /// Names the category.
    pub category_id: CategoryId,
    /// Names it in a URL.
    pub handle: Handle,
    /// For people.
    pub name: String,
    /// The category above it; null at a root.
    pub parent_id: Option<CategoryId>,
    /// The handles from the root down to this one.
    #[schemars(example = &"drinks/tea")]
    pub path: String,
    /// How deep it stands: 1 is a root.
    pub depth: usize,
}

impl From<CreateCategory> for NewCategory {
    fn from(body: CreateCategory) -> Self {
        Self {
            handle: body.handle,
            name: body.name,
            parent_id: body.parent_id,
        }
    }
}

impl From<Category> for CategoryView {
    fn from(category: Category) -> Self {
        Self {
            path: category.path(),
            depth: category.ancestors.len() + 1,
            parent_id: category.parent_id().cloned(),
            category_id: category.category_id,
            handle: category.handle,
            name: category.name,
        }
    }
}
