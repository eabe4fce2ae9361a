//! Money is taken: all of it when the order is shipped, or as staff say.

use kernel::{Money, Time};

use crate::Payments;
use crate::advance::{PaymentError, known};
use crate::authorize::payment_of;
use crate::payment::{CaptureId, MoveError, OrderId, Payment, PaymentId, RefundId, Status};

/// How often a payment that changes meanwhile is read again.
const TRIES_MAX: usize = 5;

impl Payments {
    /// Takes what is authorized and not yet taken, since the goods have left.
    ///
    /// The capture has one id for each order, so that a repeated call takes nothing more. What
    /// staff have taken or given back before is left as it is.
    pub async fn capture_shipped(&self, order_id: &OrderId) -> Result<(), PaymentError> {
        let id = payment_of(order_id)?;
        let capture_id = CaptureId::sibling_of(id.as_str()).map_err(|_| PaymentError::Missing)?;
        let captured = self.decide(&id, capture_id.as_str(), |payment, now| {
            payment.capture(capture_id.clone(), None, now)
        });
        match captured.await {
            Ok(_)
            | Err(PaymentError::Move(
                MoveError::NothingToCapture
                | MoveError::NotAuthorized(Status::Captured | Status::PartiallyRefunded | Status::Refunded),
            )) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Takes `amount`, or all that is left. The same capture id again takes nothing more, and
    /// finishes what the first call may have left undone.
    pub async fn capture(
        &self,
        order_id: &OrderId,
        id: CaptureId,
        amount: Option<Money>,
    ) -> Result<Payment, PaymentError> {
        let payment_id = payment_of(order_id)?;
        self.decide(&payment_id, id.as_str(), |payment, now| {
            payment.capture(id.clone(), amount, now)
        })
        .await
    }

    /// Gives back `amount`, or all that was taken and not given back. The same refund id again
    /// gives nothing more, and finishes what the first call may have left undone.
    pub async fn refund(
        &self,
        order_id: &OrderId,
        id: RefundId,
        amount: Option<Money>,
        reason: &str,
    ) -> Result<Payment, PaymentError> {
        let payment_id = payment_of(order_id)?;
        self.decide(&payment_id, id.as_str(), |payment, now| {
            payment.refund(id.clone(), amount, reason, now)
        })
        .await
    }

    /// Writes down a decision that bears an id, unless that was done before, and carries it out.
    async fn decide(
        &self,
        payment_id: &PaymentId,
        id: &str,
        decision: impl Fn(&Payment, Time) -> Result<Payment, MoveError>,
    ) -> Result<Payment, PaymentError> {
        for _ in 0..TRIES_MAX {
            let payment = self
                .store
                .payment(payment_id)
                .await?
                .ok_or(PaymentError::Missing)?;
            let known = known(&payment);
            let decided = if payment.knows(id) {
                payment
            } else {
                match self.save(decision(&payment, self.clock.now())?).await {
                    Ok(decided) => decided,
                    Err(PaymentError::Contended) => continue,
                    Err(error) => return Err(error),
                }
            };
            return self.advance(decided, known).await;
        }
        Err(PaymentError::Contended)
    }
}
