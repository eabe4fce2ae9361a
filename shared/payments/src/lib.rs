//! Payments: one for each order, and where its money is.
//!
//! Three façades, by what they may do: [`Payments`] decides and asks the provider, [`Webhooks`]
//! hears the provider, [`Statements`] only shows. The embedded provider has two of its own:
//! [`Sandbox`], where the buyer answers challenges, and [`Notifier`], which sends its webhooks.
//!
//! Every decision is written down before the provider is asked, and every answer is entered as the
//! provider's whole standing ([`Payment::settle`]); so whoever repeats a step ends in the same
//! books. Card data never enters: a payment method is a token.

pub mod facts;
pub mod heard;
pub mod wire;

mod advance;
mod authorize;
mod cancel;
mod capture;
mod ledger;
mod method;
mod payment;
mod provider;
mod receive;
mod reconcile;
mod sandbox;
mod settle;
mod signature;
mod standing;
mod statement;
mod store;

use std::sync::Arc;

use kernel::Clock;
use platform::Cloud;

pub use advance::PaymentError;
pub use authorize::Ask;
pub use ledger::{Account, Entry, balance};
pub use method::{Method, MethodError, ProviderName, SandboxToken, looks_like_a_card};
pub use payment::{CaptureId, Intent, MoveError, OrderId, Payment, PaymentId, RefundId, Status};
pub use provider::ProviderError;
pub use receive::{WebhookError, Webhooks};
pub use sandbox::books::{ChallengeError, Sandbox};
pub use sandbox::notify::Notifier;
pub use sandbox::{ChallengeId, Outcome};
pub use signature::{BadSignature, Stamp, sign, verify};
pub use standing::{Challenge, Kind, Mismatch, Movement, Stage, Standing};
pub use statement::Statements;

/// Decides about money, and asks the provider to move it.
pub struct Payments {
    store: store::Store,
    providers: provider::Providers,
    clock: Arc<dyn Clock>,
}

impl Payments {
    /// Payments over the tables that the function is granted.
    pub fn new(cloud: &Cloud) -> Self {
        Self {
            store: store::Store::new(cloud),
            providers: provider::Providers {
                sandbox: Sandbox::new(cloud),
            },
            clock: cloud.clock(),
        }
    }
}

impl std::fmt::Debug for Payments {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Payments")
            .field("store", &self.store)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
