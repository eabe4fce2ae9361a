//! The provider says that something happened.

use std::sync::Arc;

use kernel::{Clock, Fault};
use platform::Cloud;
use platform::cloud::Secret;

use crate::Payments;
use crate::advance::{Known, PaymentError};
use crate::signature::{Stamp, verify};
use crate::wire::{UnreadableWebhook, WebhookEvent};

/// Hears the provider's webhooks.
pub struct Webhooks {
    payments: Payments,
    secret: Secret,
    clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for Webhooks {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Webhooks")
            .field("payments", &self.payments)
            .finish_non_exhaustive()
    }
}

/// Why a webhook was not taken.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// The provider has not sent it, or not now.
    #[error("the webhook's signature is not valid")]
    Unsigned,
    /// It was signed, and is not what a webhook looks like.
    #[error(transparent)]
    Unreadable(#[from] UnreadableWebhook),
    /// Its payment could not be settled.
    #[error(transparent)]
    Payment(#[from] PaymentError),
}

impl From<WebhookError> for Fault {
    fn from(error: WebhookError) -> Self {
        match error {
            WebhookError::Unsigned => Self::Unauthenticated {
                code: "webhook_signature_invalid",
                detail: "the webhook's signature is not valid",
            },
            WebhookError::Unreadable(_) => Self::invalid("webhook_unreadable", error.to_string()),
            WebhookError::Payment(source) => source.into(),
        }
    }
}

impl Webhooks {
    /// A receiver with the provider's secret.
    pub fn new(cloud: &Cloud) -> Self {
        Self {
            payments: Payments::new(cloud),
            secret: cloud.secret("sandbox-webhook"),
            clock: cloud.clock(),
        }
    }

    /// Takes one webhook.
    ///
    /// What it says is not believed: it is a reason to ask the provider how the payment stands, and
    /// that is entered once. A second copy of an event therefore finds nothing to enter. An event
    /// of a payment that is not ours is taken and forgotten, or it would be sent for ever.
    pub async fn receive(&self, stamp: Stamp<'_>, body: &[u8]) -> Result<(), WebhookError> {
        verify(self.secret.bytes(), stamp, body, self.clock.now()).map_err(|_| WebhookError::Unsigned)?;
        let event = WebhookEvent::read(body)?;
        let id = event.data.payment_id;
        let Some(payment) = self
            .payments
            .store
            .payment(&id)
            .await
            .map_err(PaymentError::from)?
        else {
            tracing::warn!(payment.id = %id, "webhook `{}` names a payment that is not ours", stamp.id);
            return Ok(());
        };
        self.payments.advance(payment, Known::Perhaps).await?;
        Ok(())
    }
}
