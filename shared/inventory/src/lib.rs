//! Inventory: what the shop has, where it lies, and to whom it is promised.
//!
//! Stock is kept per SKU and location as a level: `available = on_hand − reserved − safety`. Every
//! change of `on_hand` is an adjustment, so that the adjustments of a level always add up to it.
//! An order's stock is set aside all or nothing, as its one reservation; only the order's end
//! gives it back or takes it out of the house. Reserving works a batch of orders at a time: a SKU
//! that everybody wants is written once a batch, not once a buyer.

pub mod facts;
pub mod heard;
pub mod wire;

mod adjust;
mod locate;
mod plan;
mod release;
mod reservation;
mod reserve;
mod ship;
mod stock;
mod store;

use std::sync::Arc;

use kernel::{Clock, Random};
use platform::Cloud;

pub use adjust::AdjustError;
pub use locate::LocateError;
pub use plan::{Demand, LEVELS_PER_ORDER_MAX, Need};
pub use release::ReleaseError;
pub use reservation::NotHeld;
pub use reserve::ReserveError;
pub use ship::ShipError;
pub use stock::{Adjust, Adjustment, AdjustmentId, Level, LevelError, Location, LocationId, OrderId, Reason};

/// What others may ask of inventory, or tell it.
pub struct Inventory {
    store: store::Store,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl Inventory {
    /// Inventory over the table that the function is granted.
    pub fn new(cloud: &Cloud) -> Self {
        Self {
            store: store::Store::new(cloud),
            clock: cloud.clock(),
            random: cloud.random(),
        }
    }
}

impl std::fmt::Debug for Inventory {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Inventory")
            .field("store", &self.store)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
