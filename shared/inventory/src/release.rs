//! An order ended without leaving the house: its stock is free again.

use kernel::Fault;
use platform::table::{TableError, TransactionError};

use crate::Inventory;
use crate::reservation::{Reservation, State};
use crate::stock::OrderId;

/// How often a reservation that changes meanwhile is read again.
const TRIES_MAX: usize = 8;

/// Why stock could not be released. Every reason is one for another try.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
    /// The table did not answer.
    #[error("the reservation could not be read")]
    Read(#[from] TableError),
    /// The table did not take it.
    #[error("the release could not be stored")]
    Write(#[source] TransactionError),
    /// The reservation or its levels kept changing.
    #[error("the reservation kept changing")]
    Contended,
}

impl From<ReleaseError> for Fault {
    fn from(error: ReleaseError) -> Self {
        match error {
            ReleaseError::Read(source) => source.into(),
            ReleaseError::Write(source) => source.into(),
            ReleaseError::Contended => Self::busy(error),
        }
    }
}

impl Inventory {
    /// Gives back what is set aside for an order.
    ///
    /// When nothing was decided yet, the order's reservation becomes one that is released already,
    /// so that the decision that is still on its way promises nothing. A second release finds
    /// nothing to give back; goods that have left the house stay gone.
    pub async fn release(&self, order_id: &OrderId) -> Result<(), ReleaseError> {
        for _ in 0..TRIES_MAX {
            let Some(reservation) = self.store.reservation(order_id).await? else {
                let tombstone = Reservation::tombstone(order_id.clone(), self.clock.now());
                if self.store.insert_reservation(&tombstone).await? {
                    return Ok(());
                }
                continue;
            };
            let Some(step) = reservation.release() else {
                if reservation.state == State::Committed {
                    tracing::warn!(order.id = %order_id, "order `{order_id}` was canceled after its goods left");
                }
                return Ok(());
            };
            match self.store.release(&step).await {
                Ok(()) => return Ok(()),
                Err(error) if error.is_condition_failed() || error.is_conflict() => {}
                Err(error) => return Err(ReleaseError::Write(error)),
            }
        }
        Err(ReleaseError::Contended)
    }
}
