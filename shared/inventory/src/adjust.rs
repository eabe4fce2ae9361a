//! Staff change what is on hand.

use kernel::Fault;
use platform::table::{TableError, TransactionError};

use crate::Inventory;
use crate::stock::{Adjust, Adjustment, Level, LevelError};

/// How often a level that changes meanwhile is read again.
const TRIES_MAX: usize = 8;

/// Why stock could not be adjusted.
#[derive(Debug, thiserror::Error)]
pub enum AdjustError {
    /// There is no such location.
    #[error("there is no such location")]
    NoLocation,
    /// The level may not change like this.
    #[error(transparent)]
    Level(#[from] LevelError),
    /// The table did not answer.
    #[error("the level could not be read")]
    Read(#[from] TableError),
    /// The table did not take it.
    #[error("the adjustment could not be stored")]
    Write(#[source] TransactionError),
    /// The level kept changing.
    #[error("the level kept changing")]
    Contended,
}

impl From<AdjustError> for Fault {
    fn from(error: AdjustError) -> Self {
        let detail = error.to_string();
        match error {
            AdjustError::NoLocation => Self::missing("location"),
            AdjustError::Level(LevelError::WrongSign(..)) => Self::invalid("adjustment_sign_wrong", detail),
            AdjustError::Level(LevelError::BelowReserved { .. }) => Self::refused("below_reserved", detail),
            AdjustError::Level(LevelError::TooMany) => Self::refused("stock_too_large", detail),
            AdjustError::Level(LevelError::NotReserved { .. }) => Self::broken(error),
            AdjustError::Read(source) => source.into(),
            AdjustError::Write(source) => source.into(),
            AdjustError::Contended => Self::busy(error),
        }
    }
}

impl Inventory {
    /// Changes what is on hand at one location, with the adjustment that explains it.
    ///
    /// Never takes away what orders were promised. The same adjustment id again answers with the
    /// first adjustment and changes nothing, even when a new one would be refused by now.
    pub async fn adjust(&self, adjust: Adjust) -> Result<Adjustment, AdjustError> {
        for _ in 0..TRIES_MAX {
            let found = self.store.level(&adjust.sku, &adjust.location_id).await?;
            if found.is_none() && !self.store.has_location(&adjust.location_id).await? {
                return Err(AdjustError::NoLocation);
            }
            let level = found.unwrap_or_else(|| Level::empty(adjust.sku.clone(), adjust.location_id.clone()));
            let level = match level.adjusted(&adjust) {
                Ok(level) => level,
                Err(refused) => {
                    let before = self.store.adjustment(&adjust.sku, &adjust.id).await?;
                    return before.ok_or(AdjustError::Level(refused));
                }
            };
            let adjustment = self.adjustment(&adjust, &level);
            match self.store.adjust(&level, &adjustment).await {
                Ok(()) => return Ok(adjustment),
                Err(error) if error.is_condition_failed() || error.is_conflict() => {
                    if let Some(before) = self.store.adjustment(&adjust.sku, &adjust.id).await? {
                        return Ok(before);
                    }
                }
                Err(error) => return Err(AdjustError::Write(error)),
            }
        }
        Err(AdjustError::Contended)
    }

    fn adjustment(&self, adjust: &Adjust, level: &Level) -> Adjustment {
        Adjustment {
            id: adjust.id.clone(),
            sku: adjust.sku.clone(),
            location_id: adjust.location_id.clone(),
            reason: adjust.reason,
            delta: adjust.delta,
            on_hand: level.on_hand,
            by: adjust.by.clone(),
            note: adjust.note.clone(),
            at: self.clock.now(),
        }
    }
}
