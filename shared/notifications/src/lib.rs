//! Notifications: what the shop writes to its buyers, each letter once.
//!
//! A message row is written before a letter is handed to the mail service and marked afterwards.
//! Duplicate facts, and functions that die before or after the handing over, therefore end with
//! one letter, with one exception that no sender can rule out: when the mail service accepts a
//! letter and its answer, or our mark, is lost, the letter goes out again, since the service takes
//! no idempotency key. At least once is the promise; twice is rare, and never happens without such
//! a loss.

pub mod heard;

mod account;
mod letter;
mod message;
mod send;
mod store;

use std::sync::Arc;

use kernel::Clock;
use platform::Cloud;
use platform::mail::Mailer;

pub use account::AccountMails;
pub use letter::{Bought, Cancelation, Confirmation, Dispatch, Letter};
pub use message::{LEASE, Topic};
pub use send::NotifyError;

/// Writes to buyers.
pub struct Notifications {
    store: store::Store,
    mailer: Mailer,
    clock: Arc<dyn Clock>,
}

impl Notifications {
    /// Notifications over the table and the mail service that the function is granted.
    pub fn new(cloud: &Cloud) -> Self {
        Self {
            store: store::Store::new(cloud),
            mailer: cloud.mailer(),
            clock: cloud.clock(),
        }
    }
}

impl std::fmt::Debug for Notifications {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Notifications")
            .field("store", &self.store)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
