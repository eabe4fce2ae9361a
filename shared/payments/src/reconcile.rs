//! The duty that compares what is open with the providers' books, and repairs.

use kernel::{Fault, Limit, Time};
use platform::schedule::Swept;

use crate::Payments;
use crate::advance::{Known, PaymentError, is_due};
use crate::payment::{IN_FLIGHT, PaymentId};
use crate::store::rows::SHARDS;

impl Payments {
    /// Looks at the payments that have been open for too long, a page of each shard a sweep, longest
    /// first.
    ///
    /// Each is brought together with its provider's books: a lost answer is entered, a decision
    /// that died is carried out, an authorization of a canceled order that never came is given up.
    /// One that cannot be settled now is looked at again later, and does not keep the others from
    /// their turn. A second sweep finds what the first one left.
    pub async fn reconcile(&self, now: Time) -> Result<Swept, Fault> {
        let mut swept = Swept::default();
        for shard in 0..SHARDS {
            let page = self.store.page_of_due(shard, now, Limit::default()).await?;
            swept.left |= page.next.is_some();
            for id in &page.items {
                match self.reconcile_one(id, now).await {
                    Ok(()) => swept.handled += 1,
                    Err(error) => {
                        let fault = Fault::from(error);
                        tracing::error!(payment.id = %id, error = fault.chain(), "payment `{id}` is not settled");
                    }
                }
            }
        }
        Ok(swept)
    }

    async fn reconcile_one(&self, id: &PaymentId, now: Time) -> Result<(), PaymentError> {
        let Some(payment) = self.store.payment(id).await? else {
            return Ok(());
        };
        if !is_due(&payment, now) {
            return Ok(());
        }
        // Later first, so that one that fails below does not come back with every tick.
        self.store
            .postpone(&payment, payment.due(now).unwrap_or(now.plus(IN_FLIGHT)))
            .await?;
        let after = self.advance(payment.clone(), Known::PerhapsAndOver).await?;
        if after.version == payment.version && after.due(now).is_none() {
            self.store.close(&after).await?;
        }
        Ok(())
    }
}
