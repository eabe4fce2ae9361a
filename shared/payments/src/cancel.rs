//! An order was canceled: what is held is let go, what was taken is given back.

use crate::Payments;
use crate::advance::{PaymentError, known};
use crate::authorize::payment_of;
use crate::payment::OrderId;

/// How often a payment that changes meanwhile is read again.
const TRIES_MAX: usize = 5;

impl Payments {
    /// Gives everything back.
    ///
    /// When the payment does not exist yet, it never will. When it is in flight, the authorization
    /// is let go as soon as it shows, by whoever sees it first. A repeated call goes on where the
    /// first one stopped.
    pub async fn cancel(&self, order_id: &OrderId) -> Result<(), PaymentError> {
        let id = payment_of(order_id)?;
        for _ in 0..TRIES_MAX {
            let Some(payment) = self.store.payment(&id).await? else {
                if self.store.insert_tombstone(&id, self.clock.now()).await? {
                    return Ok(());
                }
                continue;
            };
            let known = known(&payment);
            let payment = match payment.cancel(self.clock.now()) {
                None => payment,
                Some(canceled) => match self.save(canceled).await {
                    Ok(canceled) => canceled,
                    Err(PaymentError::Contended) => continue,
                    Err(error) => return Err(error),
                },
            };
            self.advance(payment, known).await?;
            return Ok(());
        }
        Err(PaymentError::Contended)
    }
}
