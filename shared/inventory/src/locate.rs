//! Places where goods lie, and what lies there.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Fault, Limit, Page, Sku};
use platform::table::TableError;

use crate::Inventory;
use crate::stock::{Adjustment, Level, Location, LocationId};
use crate::store::LOCATIONS_MAX;

/// Why a location could not be added.
#[derive(Debug, thiserror::Error)]
pub enum LocateError {
    /// There are as many as a plan can look at.
    #[error("the shop has {LOCATIONS_MAX} locations already; that is the most")]
    TooMany,
    /// The table did not take it.
    #[error("the location could not be stored")]
    Store(#[from] TableError),
}

impl From<LocateError> for Fault {
    fn from(error: LocateError) -> Self {
        let detail = error.to_string();
        match error {
            LocateError::TooMany => Self::refused("too_many_locations", detail),
            LocateError::Store(source) => source.into(),
        }
    }
}

impl Inventory {
    /// Adds a place where goods lie. The same id again answers with the first location.
    pub async fn add_location(&self, id: LocationId, name: String) -> Result<Location, LocateError> {
        let known = self.store.all_locations().await?;
        if known.len() >= usize::from(LOCATIONS_MAX) && !known.contains(&id) {
            return Err(LocateError::TooMany);
        }
        let location = Location {
            id,
            name,
            created_at: self.clock.now(),
        };
        Ok(self.store.insert_location(&location).await?.unwrap_or(location))
    }

    /// A page of locations, oldest first.
    pub async fn locations(&self, limit: Limit, after: Option<String>) -> Result<Page<Location>, Fault> {
        Ok(self.store.page_of_locations(limit, after).await?)
    }

    /// A page of the levels of one SKU, oldest location first. Empty for an unknown SKU.
    pub async fn levels(&self, sku: &Sku, limit: Limit, after: Option<String>) -> Result<Page<Level>, Fault> {
        Ok(self.store.page_of_levels(sku, limit, after).await?)
    }

    /// A page of the adjustments of one SKU, newest first. Empty for an unknown SKU.
    pub async fn adjustments(
        &self,
        sku: &Sku,
        limit: Limit,
        after: Option<String>,
    ) -> Result<Page<Adjustment>, Fault> {
        Ok(self.store.page_of_adjustments(sku, limit, after).await?)
    }

    /// How many pieces of each SKU can be promised now, at all locations together. An SKU that was
    /// never anywhere has none. It may be a moment old: only reserving decides.
    ///
    /// One call for one SKU, two for up to a hundred levels.
    pub async fn available(&self, skus: &[Sku]) -> Result<BTreeMap<Sku, i64>, Fault> {
        let mut available: BTreeMap<Sku, i64> = skus.iter().map(|sku| (sku.clone(), 0)).collect();
        let wanted: BTreeSet<Sku> = skus.iter().cloned().collect();
        for level in self.store.levels(&wanted, false).await? {
            let pieces = level.available().max(0);
            *available.entry(level.sku).or_default() += pieces;
        }
        Ok(available)
    }
}
