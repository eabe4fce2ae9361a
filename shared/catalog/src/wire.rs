//! The catalog in JSON.

mod category;
mod input;
mod parts;
mod staff;
mod storefront;

pub use category::{CategoryView, CreateCategory};
pub use input::{CreateProduct, UpdateProduct, VariantInput};
pub use parts::{DimensionsBody, ImageBody, OptionBody, PriceBody};
pub use staff::{InspectProducts, StaffProductView, StaffVariantView, StatusName, SummaryView};
pub use storefront::{CardView, GetProduct, ListProducts, ProductView, VariantView};

#[cfg(test)]
mod tests;
