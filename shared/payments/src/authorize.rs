//! An order has its goods: its total is set aside at the buyer's bank.

use kernel::Money;

use crate::Payments;
use crate::advance::{PaymentError, known};
use crate::method::Method;
use crate::payment::{OrderId, Payment, PaymentId};
use crate::store::Inserted;

/// What is to be paid, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// What it pays for.
    pub order_id: OrderId,
    /// How much.
    pub total: Money,
    /// The provider's name, as the buyer sent it.
    pub provider: String,
    /// The provider's token, as the buyer sent it.
    pub token: String,
}

impl Payments {
    /// Sets an order's total aside.
    ///
    /// The payment is written down before the provider is asked. A repeated call finds it, asks the
    /// provider how things stand, and goes on from there; it never asks for the money twice. When
    /// the order was canceled first, nothing is asked for. A method that cannot be charged fails
    /// the payment, so that the order ends.
    pub async fn authorize(&self, ask: Ask) -> Result<(), PaymentError> {
        let now = self.clock.now();
        let id = payment_of(&ask.order_id)?;
        let payment = match Method::parse(&ask.provider, &ask.token) {
            Ok(method) => Payment::open(ask.order_id, id, method, ask.total, now),
            Err(unusable) => Payment::unpayable(ask.order_id, id, unusable.code(), ask.total, now),
        };
        match self.store.insert(&payment).await? {
            Inserted::New => self.advance(payment, crate::advance::Known::Everything).await?,
            Inserted::Before(before) => {
                let known = known(&before);
                self.advance(*before, known).await?
            }
            Inserted::Canceled => payment,
        };
        Ok(())
    }
}

/// The one payment of an order: the same body, another prefix.
pub(crate) fn payment_of(order_id: &OrderId) -> Result<PaymentId, PaymentError> {
    PaymentId::sibling_of(order_id.as_str()).map_err(|_| PaymentError::Missing)
}
