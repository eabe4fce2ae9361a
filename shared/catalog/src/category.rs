//! A category: a place in the shop's tree.

use kernel::{Handle, Time};

use crate::product::CategoryId;

/// A place in the shop's tree of goods. It never moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// Names the category.
    pub category_id: CategoryId,
    /// Names it in a URL. Unique in the shop.
    pub handle: Handle,
    /// For people.
    pub name: String,
    /// Its ancestors, root first.
    pub ancestors: Vec<Ancestor>,
    /// Counts the changes; the first is 1.
    pub version: u64,
    /// When it was created.
    pub created_at: Time,
}

/// A category above another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ancestor {
    /// Names the category.
    pub category_id: CategoryId,
    /// Its part of the path.
    pub handle: Handle,
}

/// What a category is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCategory {
    /// Names it in a URL.
    pub handle: Handle,
    /// For people.
    pub name: String,
    /// The category above it; `None` makes a root.
    pub parent_id: Option<CategoryId>,
}

/// The tree is deep enough already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("categories are nested at most {} deep", Category::DEPTH_MAX)]
pub struct TooDeep;

impl Category {
    /// How deep categories nest: a root counts 1. It bounds in how many lists a product stands.
    pub const DEPTH_MAX: usize = 5;

    /// A new category below `parent`, or a new root.
    pub fn new(
        category_id: CategoryId,
        new: NewCategory,
        parent: Option<&Self>,
        now: Time,
    ) -> Result<Self, TooDeep> {
        let ancestors = parent.map_or_else(Vec::new, Self::line);
        if ancestors.len() >= Self::DEPTH_MAX {
            return Err(TooDeep);
        }
        Ok(Self {
            category_id,
            handle: new.handle,
            name: new.name,
            ancestors,
            version: 1,
            created_at: now,
        })
    }

    /// Where it stands in the tree, for example `drinks/tea`.
    pub fn path(&self) -> String {
        self.joined("/")
    }

    /// A text by which the tree sorts: each category, then all below it, then its next sibling.
    /// The separator sorts before everything that a handle may hold, which `/` does not.
    pub fn tree_position(&self) -> String {
        self.joined(" ")
    }

    /// The category above it.
    pub fn parent_id(&self) -> Option<&CategoryId> {
        self.ancestors.last().map(|ancestor| &ancestor.category_id)
    }

    fn joined(&self, separator: &str) -> String {
        let above = self.ancestors.iter().map(|ancestor| ancestor.handle.as_str());
        let handles: Vec<&str> = above.chain([self.handle.as_str()]).collect();
        handles.join(separator)
    }

    fn line(&self) -> Vec<Ancestor> {
        let own = Ancestor {
            category_id: self.category_id.clone(),
            handle: self.handle.clone(),
        };
        self.ancestors.iter().cloned().chain([own]).collect()
    }
}

/// These categories and all their ancestors, each once: the lists in which a product stands.
pub fn shelves(categories: &[Category]) -> Vec<CategoryId> {
    let mut all: Vec<CategoryId> = categories
        .iter()
        .flat_map(Category::line)
        .map(|place| place.category_id)
        .collect();
    all.sort();
    all.dedup();
    all
}

#[cfg(test)]
mod tests;
