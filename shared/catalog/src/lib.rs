//! The catalog: products, variants, categories.

pub mod category;
pub mod content;
pub mod offer;
pub mod product;
