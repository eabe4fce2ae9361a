//! The order and its rules: three statuses, who may move them, and what is written down of it.
//!
//! ```text
//! pending ──reserved──► reserved ──authorized──► confirmed ──ship──► fulfilled ──delivered & captured──► completed
//!    │ sold out, expired    │ declined, expired      │ buyer or staff
//!    └──────────────────────┴────────► canceled ◄────┘          (buyer and staff may cancel from any of the three)
//! ```

use carts::{CartId, CustomerId, Holder, OrderId};
use kernel::{Duration, Time};

mod erase;
mod history;
mod parts;
mod words;

pub use erase::Erasure;
pub use history::{Actor, Entry, HISTORY_MAX};
pub use parts::{
    Cancellation, Line, LineId, OrderNumber, PaymentMethod, PaymentSnapshot, Purchase, Shipment, Shipping,
    StockOutcome,
};
pub use words::{Action, CancelReason, FulfillmentStatus, PaymentStatus, Status};

/// How long an order may wait for stock and payment before it is canceled.
pub const DECIDED_WITHIN: Duration = Duration::minutes(30);

/// An order. Only its own methods move it; nothing that was bought ever changes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::struct_field_names,
    reason = "an id is called in full wherever it stands"
)]
pub struct Order {
    pub(crate) order_id: OrderId,
    pub(crate) cart_id: CartId,
    pub(crate) customer_id: Option<CustomerId>,
    pub(crate) erasure: Erasure,
    pub(crate) number: Option<OrderNumber>,
    pub(crate) status: Status,
    pub(crate) payment_status: PaymentStatus,
    pub(crate) fulfillment_status: FulfillmentStatus,
    pub(crate) purchase: Purchase,
    pub(crate) payment: Option<PaymentSnapshot>,
    pub(crate) shipment: Option<Shipment>,
    pub(crate) cancellation: Option<Cancellation>,
    pub(crate) history: Vec<Entry>,
    pub(crate) version: u64,
    pub(crate) placed_at: Time,
    pub(crate) expires_at: Time,
    pub(crate) reserved_at: Option<Time>,
    pub(crate) confirmed_at: Option<Time>,
    pub(crate) canceled_at: Option<Time>,
    pub(crate) delivered_at: Option<Time>,
    pub(crate) completed_at: Option<Time>,
}

/// What a message or a request did to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moved {
    /// Something is different and must be stored.
    Yes,
    /// It was known already or comes too late; nothing is to be stored.
    No,
}

/// The order is about to be confirmed and has no number yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a confirmed order needs a number")]
pub struct NeedsNumber;

/// An action that the order's state does not permit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this order is {status} and cannot {action}; it permits {}", words::list(.allowed))]
pub struct NotAllowed {
    /// What was asked.
    pub action: Action,
    /// What the order is.
    pub status: Status,
    /// What it permits.
    pub allowed: Vec<Action>,
}

impl NotAllowed {
    /// The stable word for it.
    pub const fn code(&self) -> &'static str {
        match self.status {
            Status::Canceled => "already_canceled",
            Status::Pending
            | Status::Reserved
            | Status::Confirmed
            | Status::Fulfilled
            | Status::Completed => "order_state",
        }
    }
}

impl Order {
    /// A new order, waiting for stock.
    pub fn place(order_id: OrderId, cart_id: CartId, purchase: Purchase, now: Time) -> Self {
        let mut order = Self {
            order_id,
            cart_id,
            customer_id: None,
            erasure: Erasure::No,
            number: None,
            status: Status::Pending,
            payment_status: PaymentStatus::Awaiting,
            fulfillment_status: FulfillmentStatus::Unfulfilled,
            purchase,
            payment: None,
            shipment: None,
            cancellation: None,
            history: Vec::new(),
            version: 0,
            placed_at: now,
            expires_at: now.plus(DECIDED_WITHIN),
            reserved_at: None,
            confirmed_at: None,
            canceled_at: None,
            delivered_at: None,
            completed_at: None,
        };
        order.record(Actor::Buyer, "placed", None, now);
        order
    }

    /// The order's id.
    pub fn order_id(&self) -> &OrderId {
        &self.order_id
    }

    /// The cart it came from; who holds that cart's token may see the order.
    pub fn cart_id(&self) -> &CartId {
        &self.cart_id
    }

    /// The customer who placed it, or whose it has become since; none for a guest's.
    pub fn customer_id(&self) -> Option<&CustomerId> {
        self.customer_id.as_ref()
    }

    /// Whether it is this holder's: the order of the cart whose token they have, or of the account
    /// they are signed in to.
    pub fn is_of(&self, holder: &Holder) -> bool {
        let of_customer = self.customer_id.is_some() && holder.customer_id() == self.customer_id.as_ref();
        of_customer || holder.guest_cart() == Some(&self.cart_id)
    }

    /// Where it stands.
    pub fn status(&self) -> Status {
        self.status
    }

    /// What was agreed.
    pub fn purchase(&self) -> &Purchase {
        &self.purchase
    }

    /// Counts the changes.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Until when it must leave `pending` or `reserved`; nothing once it has.
    pub fn due_at(&self) -> Option<Time> {
        self.is_undecided().then_some(self.expires_at)
    }

    /// Whether a waiting client has something to act on: decided, or the buyer's bank asks for them.
    pub fn is_settled(&self) -> bool {
        !self.is_undecided() || self.payment_status == PaymentStatus::ActionRequired
    }

    /// Applies inventory's answer. Only a pending order listens; later answers, and repeated ones,
    /// change nothing: the reservation of a canceled order is released by its cancelation.
    pub fn stock_decided(&mut self, outcome: StockOutcome, now: Time) -> Moved {
        if self.status != Status::Pending {
            return Moved::No;
        }
        match outcome {
            StockOutcome::Reserved => {
                self.status = Status::Reserved;
                self.reserved_at = Some(now);
                self.record(Actor::Shop, "reserved", None, now);
            }
            StockOutcome::Rejected { detail } => self.end(CancelReason::SoldOut, detail, Actor::Shop, now),
        }
        Moved::Yes
    }

    /// Applies the state of the payment. Only a higher version than the one known changes anything,
    /// so that repeated and reordered messages are harmless.
    ///
    /// Money's state is kept in every status, also of a canceled order; it moves the order itself
    /// only from `reserved` (authorized: `confirmed` under `number`; failed or voided: `canceled`)
    /// and from a delivered `fulfilled` (captured: `completed`). A snapshot that confirms the order is
    /// refused without a number, and nothing changes: allocate one and call again.
    pub fn payment_changed(
        &mut self,
        snapshot: PaymentSnapshot,
        number: Option<OrderNumber>,
        now: Time,
    ) -> Result<Moved, NeedsNumber> {
        if self
            .payment
            .as_ref()
            .is_some_and(|known| snapshot.version <= known.version)
        {
            return Ok(Moved::No);
        }
        let confirms = self.status == Status::Reserved && snapshot.status.is_covered();
        if confirms && number.is_none() {
            return Err(NeedsNumber);
        }
        let declined = self.status == Status::Reserved && snapshot.status.is_lost();
        if self.payment_status != snapshot.status {
            self.payment_status = snapshot.status;
            self.record(
                Actor::Payments,
                snapshot.status.as_str(),
                snapshot.decline_code.clone(),
                now,
            );
        }
        let decline_code = snapshot.decline_code.clone();
        self.payment = Some(snapshot);
        if confirms {
            self.status = Status::Confirmed;
            self.number = number;
            self.confirmed_at = Some(now);
            self.record(Actor::Shop, "confirmed", None, now);
        } else if declined {
            self.end(CancelReason::PaymentDeclined, decline_code, Actor::Payments, now);
        }
        self.complete_if_done(now);
        self.version += 1;
        Ok(Moved::Yes)
    }

    /// Cancels an order that has taken too long. An order that is decided, or still has time, stays.
    pub fn expire(&mut self, now: Time) -> Moved {
        if !self.is_undecided() || now < self.expires_at {
            return Moved::No;
        }
        self.end(CancelReason::Expired, None, Actor::Shop, now);
        Moved::Yes
    }

    /// Cancels by will of the buyer or of staff, as long as nothing is shipped.
    /// The second call, for the same reason, changes nothing.
    pub fn cancel(&mut self, by: Actor, why: Option<String>, now: Time) -> Result<Moved, NotAllowed> {
        let reason = if by == Actor::Buyer {
            CancelReason::Buyer
        } else {
            CancelReason::Staff
        };
        if self
            .cancellation
            .as_ref()
            .is_some_and(|cancellation| cancellation.reason == reason)
        {
            return Ok(Moved::No);
        }
        self.must_allow(Action::Cancel)?;
        self.end(reason, why, by, now);
        Ok(Moved::Yes)
    }

    /// Hands a confirmed and paid order to a carrier. The second call with the same carrier and
    /// tracking number changes nothing.
    pub fn ship(&mut self, shipment: Shipment, by: Actor, now: Time) -> Result<Moved, NotAllowed> {
        if self
            .shipment
            .as_ref()
            .is_some_and(|known| known.is_same(&shipment))
        {
            return Ok(Moved::No);
        }
        self.must_allow(Action::Ship)?;
        self.status = Status::Fulfilled;
        self.fulfillment_status = FulfillmentStatus::Fulfilled;
        let why = shipment.tracking_number.clone();
        self.shipment = Some(shipment);
        self.record(by, "shipped", why, now);
        Ok(Moved::Yes)
    }

    /// Notes that the goods arrived; an order that is captured as well is then complete.
    /// The second call changes nothing.
    pub fn deliver(&mut self, by: Actor, now: Time) -> Result<Moved, NotAllowed> {
        if self.delivered_at.is_some() {
            return Ok(Moved::No);
        }
        self.must_allow(Action::Deliver)?;
        self.delivered_at = Some(now);
        self.record(by, "delivered", None, now);
        self.complete_if_done(now);
        Ok(Moved::Yes)
    }

    /// What the present state permits.
    pub fn allowed_actions(&self) -> Vec<Action> {
        match self.status {
            Status::Confirmed if self.payment_status.is_covered() => vec![Action::Cancel, Action::Ship],
            Status::Pending | Status::Reserved | Status::Confirmed => vec![Action::Cancel],
            Status::Fulfilled if self.delivered_at.is_none() => vec![Action::Deliver],
            Status::Fulfilled | Status::Completed | Status::Canceled => Vec::new(),
        }
    }

    fn must_allow(&self, action: Action) -> Result<(), NotAllowed> {
        let allowed = self.allowed_actions();
        if allowed.contains(&action) {
            Ok(())
        } else {
            Err(NotAllowed {
                action,
                status: self.status,
                allowed,
            })
        }
    }

    fn is_undecided(&self) -> bool {
        matches!(self.status, Status::Pending | Status::Reserved)
    }

    fn complete_if_done(&mut self, now: Time) {
        if self.status == Status::Fulfilled
            && self.delivered_at.is_some()
            && self.payment_status.is_collected()
        {
            self.status = Status::Completed;
            self.completed_at = Some(now);
            self.record(Actor::Shop, "completed", None, now);
        }
    }

    fn end(&mut self, reason: CancelReason, detail: Option<String>, by: Actor, now: Time) {
        self.status = Status::Canceled;
        self.canceled_at = Some(now);
        self.cancellation = Some(Cancellation { reason, detail });
        self.record(by, "canceled", Some(reason.as_str().to_owned()), now);
    }

    fn record(&mut self, by: Actor, what: &'static str, why: Option<String>, now: Time) {
        self.version += 1;
        history::append(
            &mut self.history,
            Entry {
                at: now,
                by,
                what: what.to_owned(),
                why,
            },
        );
    }
}

#[cfg(test)]
pub(crate) mod tests;
