//! The sandbox tells the merchant what happened on its side: signed webhooks.

use std::sync::Arc;

use kernel::{Clock, Fault};
use platform::Cloud;
use platform::cloud::Secret;
use platform::outbound::Outbound;
use platform::stream::Change;

use super::books::{ACCOUNT, AccountRow};
use crate::signature::sign;
use crate::wire::{WebhookData, WebhookEvent};

/// Sends the sandbox's webhooks.
pub struct Notifier {
    outbound: Outbound,
    secret: Secret,
    url: String,
    clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for Notifier {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Notifier")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

impl Notifier {
    /// A notifier that calls the shop's own webhook route.
    pub fn new(cloud: &Cloud) -> Self {
        Self {
            outbound: cloud.outbound(),
            secret: cloud.secret("sandbox-webhook"),
            url: format!("{}/v1/webhooks/sandbox", cloud.need("SHOP_URL")),
            clock: cloud.clock(),
        }
    }

    /// Sends the webhook of one change of the sandbox's books, if there is one.
    ///
    /// A repeated call sends the same event again; the receiver knows it by its id. Anything but a
    /// 2xx answer is a reason to try again.
    pub async fn tell(&self, change: &Change) -> Result<(), Fault> {
        if change.key().1 != ACCOUNT {
            return Ok(());
        }
        let Some(row) = change.new::<AccountRow>()? else {
            return Ok(());
        };
        let before = change.old::<AccountRow>()?.and_then(|row| row.webhook);
        let Some(webhook) = row
            .webhook
            .clone()
            .filter(|webhook| Some(webhook) != before.as_ref())
        else {
            return Ok(());
        };
        let event = WebhookEvent {
            kind: "payment.updated".to_owned(),
            data: WebhookData {
                payment_id: row.payment_id().clone(),
            },
        };
        let body = event.body()?;
        for _ in 0..webhook.copies {
            self.post(&webhook.event_id, &body).await?;
        }
        Ok(())
    }

    async fn post(&self, event_id: &str, body: &[u8]) -> Result<(), Fault> {
        let timestamp_s = self.clock.now().unix_s();
        let headers = [
            ("content-type", "application/json".to_owned()),
            ("webhook-id", event_id.to_owned()),
            ("webhook-timestamp", timestamp_s.to_string()),
            (
                "webhook-signature",
                sign(self.secret.bytes(), event_id, timestamp_s, body),
            ),
        ];
        let reply = self.outbound.post(&self.url, &headers, body.to_vec()).await?;
        match reply.status {
            200..=299 => Ok(()),
            status => Err(Fault::busy(format!(
                "the merchant answered webhook `{event_id}` with {status}"
            ))),
        }
    }
}
