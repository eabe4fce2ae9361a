//! The port to whoever moves the money: five questions, each harmless when asked twice.
//!
//! A provider answers with everything it knows of the payment. When it gives no answer, its books
//! may or may not have changed: the caller asks again under the same key and never guesses.

use kernel::Money;

use crate::method::{Method, SandboxToken};
use crate::payment::{Intent, Payment, PaymentId};
use crate::sandbox::books::Sandbox;
use crate::standing::Standing;

/// Why a provider did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// No answer came; what happened is not known.
    #[error("the payment provider gave no answer")]
    NoAnswer(#[source] Option<platform::table::TableError>),
    /// The provider will not do it, now or later.
    #[error("the payment provider refused: {0}")]
    Refused(String),
}

/// The provider of one payment; one variant for each kind.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Provider<'a> {
    /// The embedded provider, and what this payment's token tells it.
    Sandbox(&'a Sandbox, SandboxToken),
}

/// Every provider the shop works with.
#[derive(Debug)]
pub(crate) struct Providers {
    pub(crate) sandbox: Sandbox,
}

impl Providers {
    /// The provider of a method.
    pub(crate) fn of(&self, method: Method) -> Provider<'_> {
        match method {
            Method::Sandbox(token) => Provider::Sandbox(&self.sandbox, token),
        }
    }
}

impl Provider<'_> {
    /// Does what was intended, under the intent's own key.
    pub(crate) async fn carry_out(
        &self,
        payment: &Payment,
        intent: &Intent,
    ) -> Result<Standing, ProviderError> {
        match intent {
            Intent::Authorize => self.authorize(&payment.id, payment.total).await,
            Intent::Capture { id, amount } => self.capture(&payment.id, id.as_str(), *amount).await,
            Intent::Refund { id, amount, .. } => self.refund(&payment.id, id.as_str(), *amount).await,
            Intent::Void => self.void(&payment.id).await,
        }
    }

    /// Sets the total aside. The payment's id is the key: a second call answers as things stand.
    pub(crate) async fn authorize(&self, id: &PaymentId, total: Money) -> Result<Standing, ProviderError> {
        match self {
            Self::Sandbox(sandbox, token) => sandbox.authorize(id, total, *token).await,
        }
    }

    /// Takes part of what is held, once for each key.
    pub(crate) async fn capture(
        &self,
        id: &PaymentId,
        key: &str,
        amount: Money,
    ) -> Result<Standing, ProviderError> {
        match self {
            Self::Sandbox(sandbox, _) => sandbox.capture(id, key, amount).await,
        }
    }

    /// Gives back part of what was taken, once for each key.
    pub(crate) async fn refund(
        &self,
        id: &PaymentId,
        key: &str,
        amount: Money,
    ) -> Result<Standing, ProviderError> {
        match self {
            Self::Sandbox(sandbox, _) => sandbox.refund(id, key, amount).await,
        }
    }

    /// Lets go of what is held. A second call changes nothing.
    pub(crate) async fn void(&self, id: &PaymentId) -> Result<Standing, ProviderError> {
        match self {
            Self::Sandbox(sandbox, _) => sandbox.void(id).await,
        }
    }

    /// How things stand; `None` when the provider has never heard of the payment.
    pub(crate) async fn look_up(&self, id: &PaymentId) -> Result<Option<Standing>, ProviderError> {
        match self {
            Self::Sandbox(sandbox, _) => sandbox.look_up(id).await,
        }
    }
}
