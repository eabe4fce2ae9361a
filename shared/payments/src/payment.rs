//! One order's payment: what was decided, what the provider says, and what follows. Pure.
//!
//! A decision (authorize, capture, refund, void) is written down as an *intent* before the
//! provider is asked, and stays until the provider's own books show it. What the provider says is
//! a [`Standing`]: everything it knows, not only the last step. [`Payment::settle`] brings the
//! shop's books to that standing, whoever asked for it (a buyer's order, staff, a webhook, the
//! reconciler), so that a crash, a duplicate or a lost answer ends in the same books.

use kernel::{Duration, Money, MoneyError, Time};

use crate::method::Method;
use crate::standing::{Stage, Standing};

kernel::typed_id!(
    /// Names the payment of one order: the same body, another prefix.
    PaymentId,
    "payment"
);
kernel::typed_id!(
    /// Names the order that is paid. Orders mint it.
    OrderId,
    "order"
);
kernel::typed_id!(
    /// Names one capture, here and at the provider.
    CaptureId,
    "capture"
);
kernel::typed_id!(
    /// Names one refund, here and at the provider.
    RefundId,
    "refund"
);

/// The most captures and refunds of one payment.
pub(crate) const MOVEMENTS_MAX: usize = 50;
/// How long a decision may be under way before the reconciler takes it up: longer than any
/// invocation lives.
pub(crate) const IN_FLIGHT: Duration = Duration::minutes(2);
/// How often a payment that waits for its buyer is compared with the provider.
pub(crate) const BUYER_WAIT: Duration = Duration::minutes(5);
/// How often a payment that contradicts the provider is compared again.
pub(crate) const MISMATCH_WAIT: Duration = Duration::minutes(15);

/// A decision that the provider's books do not show yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Intent {
    /// Ask for the total.
    Authorize,
    /// Take part of what is held.
    Capture {
        /// Its idempotency key.
        id: CaptureId,
        /// How much.
        amount: Money,
    },
    /// Give back part of what was taken.
    Refund {
        /// Its idempotency key.
        id: RefundId,
        /// How much.
        amount: Money,
        /// Why, in the words of whoever asked.
        reason: String,
    },
    /// Let go of what is held.
    Void,
}

/// The payment of one order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// Its id, and the idempotency key of its authorization.
    pub id: PaymentId,
    /// What it pays for.
    pub order_id: OrderId,
    /// How it is paid; `None` when what came was no usable method.
    pub method: Option<Method>,
    /// What is to be paid.
    pub total: Money,
    /// What the provider is known to know.
    pub standing: Standing,
    /// What was decided and is not yet known to be done, oldest first.
    pub intents: Vec<Intent>,
    /// Whether the order has ended, so that everything must go back.
    pub canceled: bool,
    /// What contradicts the provider's books, when something does.
    pub mismatch: Option<String>,
    /// Goes up with each change.
    pub version: u64,
    /// When the reconciler looks at it next; `None` when nothing is open.
    pub due_at: Option<Time>,
    /// When it was opened.
    pub opened_at: Time,
}

/// Where a payment stands, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// The provider was asked.
    Pending,
    /// The buyer must act.
    ActionRequired,
    /// The total is held.
    Authorized,
    /// Part of it was taken.
    PartiallyCaptured,
    /// All of it was taken, or all that will be.
    Captured,
    /// Part of what was taken was given back.
    PartiallyRefunded,
    /// All that was taken was given back.
    Refunded,
    /// What was held was let go.
    Voided,
    /// The provider declined.
    Failed,
}

/// Why money may not move like this.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoveError {
    /// Nothing is authorized (any more).
    #[error("the payment is {} and cannot be captured", .0.as_str())]
    NotAuthorized(Status),
    /// The order has ended.
    #[error("the order was canceled; its payment is given back")]
    Canceled,
    /// Nothing is left to capture.
    #[error("everything that was authorized has been captured")]
    NothingToCapture,
    /// More than is left of the authorization.
    #[error("{asked} is more than the {left} left to capture")]
    CaptureTooLarge {
        /// What was asked for.
        asked: Money,
        /// What is left.
        left: Money,
    },
    /// Nothing is left to refund.
    #[error("everything that was captured has been refunded")]
    NothingToRefund,
    /// More than was captured and is not refunded yet.
    #[error("{asked} is more than the {left} left to refund")]
    RefundTooLarge {
        /// What was asked for.
        asked: Money,
        /// What is left.
        left: Money,
    },
    /// An amount of nothing, or less.
    #[error("the amount must be more than nothing")]
    NotPositive,
    /// Another currency than the payment's.
    #[error("the payment is in {0}")]
    OtherCurrency(kernel::Currency),
    /// Too many captures and refunds.
    #[error("a payment has at most {MOVEMENTS_MAX} captures and refunds")]
    TooManyMovements,
    /// The sums do not fit.
    #[error("the amounts do not add up")]
    Sum(#[from] MoneyError),
}

impl Status {
    /// The word in facts, views and books.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::ActionRequired => "action_required",
            Self::Authorized => "authorized",
            Self::PartiallyCaptured => "partially_captured",
            Self::Captured => "captured",
            Self::PartiallyRefunded => "partially_refunded",
            Self::Refunded => "refunded",
            Self::Voided => "voided",
            Self::Failed => "failed",
        }
    }
}

impl Payment {
    /// A payment that is to be authorized.
    pub fn open(order_id: OrderId, id: PaymentId, method: Method, total: Money, now: Time) -> Self {
        Self {
            id,
            order_id,
            method: Some(method),
            total,
            standing: Standing::asked(total.currency),
            intents: vec![Intent::Authorize],
            canceled: false,
            mismatch: None,
            version: 1,
            due_at: Some(now.plus(IN_FLIGHT)),
            opened_at: now,
        }
    }

    /// A payment that fails before any provider is asked, because of its method.
    pub fn unpayable(order_id: OrderId, id: PaymentId, code: &str, total: Money, now: Time) -> Self {
        let standing = Standing {
            stage: Stage::Declined {
                code: code.to_owned(),
            },
            ..Standing::asked(total.currency)
        };
        Self {
            id,
            order_id,
            method: None,
            total,
            standing,
            intents: Vec::new(),
            canceled: false,
            mismatch: None,
            version: 1,
            due_at: None,
            opened_at: now,
        }
    }

    /// Where the payment stands, derived from the provider's standing alone.
    pub fn status(&self) -> Status {
        let minor = |sum: Result<Money, MoneyError>| sum.map_or(0, |sum| sum.minor);
        let (captured, refunded) = (minor(self.standing.captured()), minor(self.standing.refunded()));
        match &self.standing.stage {
            Stage::Asked => Status::Pending,
            Stage::NeedsBuyer(_) => Status::ActionRequired,
            Stage::Declined { .. } => Status::Failed,
            Stage::Authorized | Stage::Voided if refunded > 0 && refunded == captured => Status::Refunded,
            Stage::Authorized | Stage::Voided if refunded > 0 => Status::PartiallyRefunded,
            Stage::Authorized if captured == 0 => Status::Authorized,
            Stage::Voided if captured == 0 => Status::Voided,
            Stage::Authorized if captured < self.standing.authorized.minor => Status::PartiallyCaptured,
            Stage::Authorized | Stage::Voided => Status::Captured,
        }
    }

    /// Whether a capture or refund of this id was decided already.
    pub fn knows(&self, id: &str) -> bool {
        let intended = |intent: &Intent| match intent {
            Intent::Capture { id: known, .. } => known.as_str() == id,
            Intent::Refund { id: known, .. } => known.as_str() == id,
            Intent::Authorize | Intent::Void => false,
        };
        self.standing.shows(id) || self.intents.iter().any(intended)
    }

    /// What can still be captured, decisions under way counted.
    pub fn capturable(&self) -> Result<Money, MoneyError> {
        let under_way = self.intents.iter().filter_map(|intent| match intent {
            Intent::Capture { amount, .. } => Some(*amount),
            Intent::Authorize | Intent::Refund { .. } | Intent::Void => None,
        });
        self.standing
            .held()?
            .minus(Money::sum(self.total.currency, under_way)?)
    }

    /// What can still be refunded, decisions under way counted.
    pub fn refundable(&self) -> Result<Money, MoneyError> {
        let under_way = self.intents.iter().filter_map(|intent| match intent {
            Intent::Refund { amount, .. } => Some(*amount),
            Intent::Authorize | Intent::Capture { .. } | Intent::Void => None,
        });
        let taken = self.standing.captured()?.minus(self.standing.refunded()?)?;
        taken.minus(Money::sum(self.total.currency, under_way)?)
    }

    /// Decides a capture of `amount`, or of all that is left.
    ///
    /// The sum of all captures never exceeds what was authorized, those under way included.
    pub fn capture(&self, id: CaptureId, amount: Option<Money>, now: Time) -> Result<Self, MoveError> {
        if self.canceled {
            return Err(MoveError::Canceled);
        }
        if self.standing.stage != Stage::Authorized {
            return Err(MoveError::NotAuthorized(self.status()));
        }
        let left = self.capturable()?;
        if left.is_zero() {
            return Err(MoveError::NothingToCapture);
        }
        let asked = amount.unwrap_or(left);
        self.movable(asked)?;
        if asked.minor > left.minor {
            return Err(MoveError::CaptureTooLarge { asked, left });
        }
        Ok(self.with_intent(Intent::Capture { id, amount: asked }, now))
    }

    /// Decides a refund of `amount`, or of all that is left.
    ///
    /// The sum of all refunds never exceeds what was captured, those under way included.
    pub fn refund(
        &self,
        id: RefundId,
        amount: Option<Money>,
        reason: &str,
        now: Time,
    ) -> Result<Self, MoveError> {
        let left = self.refundable()?;
        if left.is_zero() {
            return Err(MoveError::NothingToRefund);
        }
        let asked = amount.unwrap_or(left);
        self.movable(asked)?;
        if asked.minor > left.minor {
            return Err(MoveError::RefundTooLarge { asked, left });
        }
        let intent = Intent::Refund {
            id,
            amount: asked,
            reason: reason.to_owned(),
        };
        Ok(self.with_intent(intent, now))
    }

    /// Decides that everything goes back; `None` when that was decided before, or when nothing was
    /// ever held or all has gone back already.
    pub fn cancel(&self, now: Time) -> Option<Self> {
        if self.canceled || self.is_over() {
            return None;
        }
        let mut next = Self {
            canceled: true,
            version: self.version + 1,
            ..self.clone()
        };
        next.undo();
        next.due_at = next.due(now);
        Some(next)
    }

    fn is_over(&self) -> bool {
        match self.status() {
            Status::Failed | Status::Voided => self.intents.is_empty(),
            Status::Pending
            | Status::ActionRequired
            | Status::Authorized
            | Status::PartiallyCaptured
            | Status::Captured
            | Status::PartiallyRefunded
            | Status::Refunded => false,
        }
    }

    /// What to ask the provider next. An authorization of a canceled order is never started.
    pub fn next_intent(&self) -> Option<&Intent> {
        self.intents
            .iter()
            .find(|intent| !(self.canceled && **intent == Intent::Authorize))
    }

    /// When an open payment is looked at again.
    pub fn due(&self, now: Time) -> Option<Time> {
        match &self.standing.stage {
            _ if self.mismatch.is_some() => Some(now.plus(MISMATCH_WAIT)),
            _ if !self.intents.is_empty() => Some(now.plus(IN_FLIGHT)),
            Stage::Asked => Some(now.plus(IN_FLIGHT)),
            Stage::NeedsBuyer(_) => Some(now.plus(BUYER_WAIT)),
            Stage::Authorized | Stage::Declined { .. } | Stage::Voided => None,
        }
    }

    fn with_intent(&self, intent: Intent, now: Time) -> Self {
        let mut next = Self {
            version: self.version + 1,
            ..self.clone()
        };
        next.intents.push(intent);
        next.due_at = next.due(now);
        next
    }

    fn movable(&self, amount: Money) -> Result<(), MoveError> {
        if amount.currency != self.total.currency {
            return Err(MoveError::OtherCurrency(self.total.currency));
        }
        if amount.minor <= 0 {
            return Err(MoveError::NotPositive);
        }
        // One place is kept for the refund of a cancelation.
        if self.standing.movements.len() + self.intents.len() + 1 >= MOVEMENTS_MAX {
            return Err(MoveError::TooManyMovements);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
