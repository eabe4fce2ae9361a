//! An order's goods left the house: what was promised is gone.

use kernel::{Fault, Ids};
use platform::table::{TableError, Transaction, TransactionError};

use crate::Inventory;
use crate::reservation::{LevelPieces, NotHeld, Step};
use crate::stock::{Adjustment, AdjustmentId, Level, LevelError, OrderId, Reason};

/// How often a level that changes meanwhile is read again, in all.
const TRIES_MAX: usize = 16;
/// Levels of one step: each is at most three writes (itself, what was found, what was sold), and
/// the reservation is one.
const LEVELS_MAX: usize = (Transaction::WRITES_MAX - 1) / 3;

/// Why the goods of an order could not be entered as gone.
#[derive(Debug, thiserror::Error)]
pub enum ShipError {
    /// Nothing was ever decided for the order.
    #[error("no stock was ever set aside for order `{0}`")]
    Unknown(OrderId),
    /// The order has no goods set aside.
    #[error(transparent)]
    NotHeld(#[from] NotHeld),
    /// The level contradicts the reservation.
    #[error("the level of `{0}` contradicts the reservation")]
    Level(kernel::Sku, #[source] LevelError),
    /// A level that goods were promised at is gone.
    #[error("the level of `{0}` is gone")]
    LevelGone(kernel::Sku),
    /// The table did not answer.
    #[error("the stock could not be read")]
    Read(#[from] TableError),
    /// The table did not take it.
    #[error("the sale could not be stored")]
    Write(#[source] TransactionError),
    /// The levels kept changing.
    #[error("the levels kept changing")]
    Contended,
}

impl From<ShipError> for Fault {
    fn from(error: ShipError) -> Self {
        match error {
            ShipError::Unknown(_)
            | ShipError::NotHeld(_)
            | ShipError::Level(..)
            | ShipError::LevelGone(_) => Self::broken(error),
            ShipError::Read(source) => source.into(),
            ShipError::Write(source) => source.into(),
            ShipError::Contended => Self::busy(error),
        }
    }
}

impl Inventory {
    /// Takes an order's goods out of the books: `on_hand` and `reserved` go down, with an
    /// adjustment `sold` for each level.
    ///
    /// A second call finds the reservation committed and changes nothing; one that died half-way
    /// goes on where it stopped.
    pub async fn ship(&self, order_id: &OrderId) -> Result<(), ShipError> {
        for _ in 0..TRIES_MAX {
            let reservation = self.store.reservation(order_id).await?;
            let reservation = reservation.ok_or_else(|| ShipError::Unknown(order_id.clone()))?;
            let Some(step) = reservation.ship(LEVELS_MAX)? else {
                return Ok(());
            };
            let found = self.store.levels_of(&step).await?;
            let (levels, adjustments) = self.sold(&step, &found)?;
            match self.store.ship(&step.next, &levels, &adjustments).await {
                Ok(()) => {}
                Err(error) if error.is_condition_failed() || error.is_conflict() => {}
                Err(error) => return Err(ShipError::Write(error)),
            }
        }
        Err(ShipError::Contended)
    }

    fn sold(&self, step: &Step, found: &[Level]) -> Result<(Vec<Level>, Vec<Adjustment>), ShipError> {
        let mut levels = Vec::with_capacity(step.levels.len());
        let mut adjustments = Vec::with_capacity(step.levels.len());
        for leaving in &step.levels {
            let at = |level: &&Level| level.sku == leaving.sku && level.location_id == leaving.location_id;
            let level = found
                .iter()
                .find(at)
                .ok_or_else(|| ShipError::LevelGone(leaving.sku.clone()))?;
            let (after, missing) = level
                .shipped(leaving.pieces)
                .map_err(|error| ShipError::Level(leaving.sku.clone(), error))?;
            if missing > 0 {
                let note = Some("found when a backorder was shipped".to_owned());
                adjustments.push(self.entry(
                    step,
                    leaving,
                    Reason::Counted,
                    (missing, level.on_hand + missing),
                    note,
                ));
            }
            adjustments.push(self.entry(
                step,
                leaving,
                Reason::Sold,
                (-leaving.pieces, after.on_hand),
                None,
            ));
            levels.push(after);
        }
        Ok((levels, adjustments))
    }

    fn entry(
        &self,
        step: &Step,
        leaving: &LevelPieces,
        reason: Reason,
        (delta, on_hand): (i64, i64),
        note: Option<String>,
    ) -> Adjustment {
        let now = self.clock.now();
        Adjustment {
            id: AdjustmentId::mint(&Ids::new(now, &*self.random)),
            sku: leaving.sku.clone(),
            location_id: leaving.location_id.clone(),
            reason,
            delta,
            on_hand,
            by: step.next.order_id.to_string(),
            note,
            at: now,
        }
    }
}
