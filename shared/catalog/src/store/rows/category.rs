//! The row of a category.

use kernel::{Handle, Time};
use platform::table::Key;
use serde::{Deserialize, Serialize};

use crate::category::{Ancestor, Category};
use crate::product::CategoryId;

/// A category; the same under three keys, since it never changes: by id, by handle, in the tree.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::store) struct CategoryRow {
    pk: String,
    sk: String,
    category_id: CategoryId,
    handle: Handle,
    name: String,
    ancestors: Vec<AncestorPart>,
    version: u64,
    created_at: Time,
}

#[derive(Debug, Serialize, Deserialize)]
struct AncestorPart {
    category_id: CategoryId,
    handle: Handle,
}

impl CategoryRow {
    pub(in crate::store) fn new(key: Key, category: &Category) -> Self {
        let part = |ancestor: &Ancestor| AncestorPart {
            category_id: ancestor.category_id.clone(),
            handle: ancestor.handle.clone(),
        };
        Self {
            pk: key.pk,
            sk: key.sk,
            category_id: category.category_id.clone(),
            handle: category.handle.clone(),
            name: category.name.clone(),
            ancestors: category.ancestors.iter().map(part).collect(),
            version: category.version,
            created_at: category.created_at,
        }
    }
}

impl From<CategoryRow> for Category {
    fn from(row: CategoryRow) -> Self {
        let ancestor = |part: AncestorPart| Ancestor {
            category_id: part.category_id,
            handle: part.handle,
        };
        Self {
            category_id: row.category_id,
            handle: row.handle,
            name: row.name,
            ancestors: row.ancestors.into_iter().map(ancestor).collect(),
            version: row.version,
            created_at: row.created_at,
        }
    }
}
