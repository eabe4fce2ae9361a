//! The catalog: what the shop sells, how it is sorted, and what it costs before tax and discount.
//!
//! - [`product`], [`content`], [`patch`], [`category`], [`offer`]: the things and their rules; pure.
//! - [`Catalog`]: what others may ask and tell. Back office: [`create`](Catalog::create),
//!   [`update`](Catalog::update), [`publish`](Catalog::publish), [`archive`](Catalog::archive),
//!   [`inspect`](Catalog::inspect), [`inspect_all`](Catalog::inspect_all),
//!   [`create_category`](Catalog::create_category). Storefront: [`browse`](Catalog::browse),
//!   [`get`](Catalog::get), [`categories`](Catalog::categories). Carts and orders:
//!   [`variants`](Catalog::variants).
//! - [`wire`]: the same in JSON.
//!
//! A product's row is the truth; handle, SKUs and lists follow from it in the same transaction.

pub mod category;
pub mod content;
pub mod offer;
pub mod patch;
pub mod product;
pub mod wire;

mod archive;
mod browse;
mod change;
mod create;
mod create_category;
mod inspect;
mod publish;
mod store;
mod update;

use std::collections::BTreeMap;

use kernel::{Fault, Sku};
use platform::Cloud;

pub use browse::{BrowseError, Filter};
pub use change::ChangeError;
pub use create::CreateError;
pub use create_category::CreateCategoryError;
use offer::Offer;
use store::Store;
pub use store::StoreError;

/// What others may ask the catalog, or tell it.
#[derive(Debug)]
pub struct Catalog {
    store: Store,
}

impl Catalog {
    /// The catalog in the table `catalog`.
    pub fn new(cloud: &Cloud) -> Self {
        Self {
            store: Store::new(cloud),
        }
    }

    /// What is offered under these SKUs. Unknown SKUs are left out; what is no longer on sale is
    /// there, and not [`active`](Offer::active).
    ///
    /// One batch read of one row a SKU, which every change of the product rewrites in its own
    /// transaction. The answer may be a moment old; `version` says which version of the product
    /// the offer last changed in.
    pub async fn variants(&self, skus: &[Sku]) -> Result<BTreeMap<Sku, Offer>, Fault> {
        if skus.is_empty() {
            return Ok(BTreeMap::new());
        }
        Ok(self.store.offers(skus).await?)
    }
}
