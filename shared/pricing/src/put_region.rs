//! Putting a region: making it, or replacing its terms.

use kernel::{Fault, FieldFault, Handle, Time};

use crate::Pricing;
use crate::region::{Region, Terms};
use crate::store::StoreError;

/// How often a put without a condition is tried again because another one came between.
const TRIES_MAX: usize = 3;

/// Why a region was not put.
#[derive(Debug, thiserror::Error)]
pub enum PutRegionError {
    /// The terms contradict themselves.
    #[error("the region is not consistent")]
    Inconsistent(Vec<FieldFault>),
    /// It is no longer the version that the caller has read.
    #[error("the region has changed since it was read")]
    Stale,
    /// It could not be stored.
    #[error("the region could not be stored")]
    Store(#[from] StoreError),
}

impl From<PutRegionError> for Fault {
    fn from(error: PutRegionError) -> Self {
        match error {
            PutRegionError::Inconsistent(faults) => Self::invalid_fields(faults),
            PutRegionError::Stale => Self::Stale,
            PutRegionError::Store(source) => source.into(),
        }
    }
}

impl Pricing {
    /// Makes a region or replaces its terms. With `expected`, only of that version (0: only if
    /// there is none). Putting the same terms again changes nothing.
    ///
    /// Carts see new terms with their next quote; orders keep what they were placed with.
    pub async fn put_region(
        &self,
        region_id: &Handle,
        expected: Option<u64>,
        terms: Terms,
        now: Time,
    ) -> Result<Region, PutRegionError> {
        for _ in 0..TRIES_MAX {
            let present = self.store.region_now(region_id).await?;
            let version = present.as_ref().map_or(0, |region| region.version);
            if expected.is_some_and(|expected| expected != version) {
                return Err(PutRegionError::Stale);
            }
            let region = terms
                .clone()
                .into_region(region_id.clone(), present.as_ref(), now)
                .map_err(PutRegionError::Inconsistent)?;
            if present.as_ref() == Some(&region) {
                return Ok(region);
            }
            match self.store.put(&region, version).await {
                Ok(()) => return Ok(region),
                Err(StoreError::Stale) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(StoreError::Stale.into())
    }
}
