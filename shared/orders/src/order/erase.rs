//! An order comes to an account, and one day forgets whose it was.
//!
//! What the law wants of a sale stays: number, goods, amounts, tax, country, times. Who bought, where
//! it went and how it was paid goes, at once or, while the goods are on their way, at the order's end.

use carts::CustomerId;
use kernel::{Address, Email, Fault, Time};

use super::{Actor, CancelReason, Moved, Order, Status};

/// Whether an order has forgotten whose it was.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Erasure {
    /// Nobody asked.
    #[default]
    No,
    /// It will, as soon as it has ended.
    AtEnd,
    /// It has.
    Done,
}

/// What stands where something was erased. `.invalid` is no domain (RFC 2606): mail never leaves.
const ERASED: &str = "erased";
const ERASED_EMAIL: &str = "erased@erased.invalid";

impl Erasure {
    /// The word that is stored.
    pub(crate) const fn as_str(self) -> Option<&'static str> {
        match self {
            Self::No => None,
            Self::AtEnd => Some("at_end"),
            Self::Done => Some("done"),
        }
    }

    /// Reads the word back.
    pub(crate) fn parse(word: Option<&str>) -> Option<Self> {
        [Self::No, Self::AtEnd, Self::Done]
            .into_iter()
            .find(|erasure| erasure.as_str() == word)
    }
}

impl Order {
    /// Belongs to an account from now on: the customer placed it as a guest, with the address that
    /// they have proven to be theirs. An order that belongs to one already stays there.
    pub(crate) fn attach(&mut self, customer_id: &CustomerId, now: Time) -> Moved {
        if self.customer_id.is_some() || self.erasure != Erasure::No {
            return Moved::No;
        }
        self.customer_id = Some(customer_id.clone());
        self.record(Actor::Shop, "attached", None, now);
        Moved::Yes
    }

    /// Forgets whose it was, or notes that it will when it has ended. The second call changes
    /// nothing, unless the order has ended in between.
    pub(crate) fn erase(&mut self, now: Time) -> Result<Moved, Fault> {
        match (self.erasure, self.ended_at()) {
            (Erasure::Done, _) | (Erasure::AtEnd, None) => Ok(Moved::No),
            (Erasure::No, None) => {
                self.erasure = Erasure::AtEnd;
                self.version += 1;
                Ok(Moved::Yes)
            }
            (Erasure::No | Erasure::AtEnd, Some(_)) => {
                self.forget()?;
                self.erasure = Erasure::Done;
                self.record(Actor::Shop, "erased", None, now);
                Ok(Moved::Yes)
            }
        }
    }

    /// When it came to its end, if it has.
    pub(crate) fn ended_at(&self) -> Option<Time> {
        match self.status {
            Status::Completed => self.completed_at,
            Status::Canceled => self.canceled_at,
            Status::Pending | Status::Reserved | Status::Confirmed | Status::Fulfilled => None,
        }
    }

    fn forget(&mut self) -> Result<(), Fault> {
        let purchase = &mut self.purchase;
        purchase.email = Email::parse(ERASED_EMAIL).map_err(Fault::broken)?;
        blank(&mut purchase.shipping.address);
        if let Some(address) = &mut purchase.billing_address {
            blank(address);
        }
        ERASED.clone_into(&mut purchase.payment_method.token);
        if let Some(payment) = &mut self.payment {
            payment.challenge_url = None;
        }
        if let Some(shipment) = &mut self.shipment {
            shipment.tracking_number = None;
        }
        if let Some(end) = &mut self.cancellation
            && matches!(end.reason, CancelReason::Buyer | CancelReason::Staff)
        {
            end.detail = None;
        }
        for entry in self.history.iter_mut().filter(|entry| entry.what == "shipped") {
            entry.why = None;
        }
        Ok(())
    }
}

/// Leaves the country, which the tax depends on.
fn blank(address: &mut Address) {
    *address = Address {
        name: ERASED.to_owned(),
        line1: ERASED.to_owned(),
        line2: None,
        postal_code: None,
        city: ERASED.to_owned(),
        province: None,
        country: address.country.clone(),
        phone: None,
    };
}

#[cfg(test)]
mod tests;
