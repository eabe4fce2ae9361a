//! Pricing: the regions in which the shop sells, and what goods cost there.
//!
//! - [`region`]: currency, countries, tax rates, ways of shipping; pure.
//! - [`quote`]: what lines cost, to the last minor unit; pure.
//! - [`Pricing`]: the regions, kept in the table `pricing`.
//! - [`wire`]: regions and quotes in JSON.

pub mod quote;
pub mod region;
pub mod wire;

mod put_region;
mod store;

use kernel::{Fault, Handle, Limit, Page};
use platform::Cloud;

pub use put_region::PutRegionError;
use region::Region;
use store::Store;
pub use store::StoreError;

/// What others may ask of prices and regions, or tell.
#[derive(Debug)]
pub struct Pricing {
    store: Store,
}

impl Pricing {
    /// The regions in the table `pricing`.
    pub fn new(cloud: &Cloud) -> Self {
        Self {
            store: Store::new(cloud),
        }
    }

    /// The region of this id, as it was a moment ago. Half a read unit.
    pub async fn region(&self, region_id: &Handle) -> Result<Option<Region>, Fault> {
        Ok(self.store.region(region_id).await?)
    }

    /// A page of all regions, by id.
    pub async fn regions(&self, limit: Limit, after: Option<String>) -> Result<Page<Region>, Fault> {
        Ok(self.store.regions(limit, after).await?)
    }
}
