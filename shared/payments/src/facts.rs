//! What payments announce: `PaymentChanged`, with the whole state, whenever a buyer or the back
//! office could see a difference.

use kernel::{Fault, Money};
use platform::stream::{Announcement, Change, Fact};
use serde::{Deserialize, Serialize};

use crate::payment::{OrderId, Payment, PaymentId, Status};
use crate::standing::Stage;
use crate::store::rows::{PAYMENT, PaymentRow};

/// A payment is not as it was. A listener applies it only when `version` is greater than the one
/// it knows, since queues may reorder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentChanged {
    /// What it pays for.
    pub order_id: OrderId,
    /// Which payment.
    pub payment_id: PaymentId,
    /// Greater with each change.
    pub version: u64,
    /// Where it stands.
    pub status: StatusWord,
    /// What was set aside in all.
    pub authorized: Money,
    /// What was taken in all.
    pub captured: Money,
    /// What was given back in all.
    pub refunded: Money,
    /// Why it was declined, when it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decline_code: Option<String>,
    /// Where the buyer must act, while they must.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge_url: Option<String>,
}

/// Where a payment stands, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StatusWord {
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

impl Fact for PaymentChanged {
    const NAME: &'static str = "PaymentChanged";
    const VERSION: u32 = 1;
}

impl From<Status> for StatusWord {
    fn from(status: Status) -> Self {
        match status {
            Status::Pending => Self::Pending,
            Status::ActionRequired => Self::ActionRequired,
            Status::Authorized => Self::Authorized,
            Status::PartiallyCaptured => Self::PartiallyCaptured,
            Status::Captured => Self::Captured,
            Status::PartiallyRefunded => Self::PartiallyRefunded,
            Status::Refunded => Self::Refunded,
            Status::Voided => Self::Voided,
            Status::Failed => Self::Failed,
        }
    }
}

impl PaymentChanged {
    fn of(payment: &Payment) -> Result<Self, Fault> {
        let standing = &payment.standing;
        let (decline_code, challenge_url) = match &standing.stage {
            Stage::Declined { code } => (Some(code.clone()), None),
            Stage::NeedsBuyer(challenge) => (None, Some(challenge.url.clone())),
            Stage::Asked | Stage::Authorized | Stage::Voided => (None, None),
        };
        Ok(Self {
            order_id: payment.order_id.clone(),
            payment_id: payment.id.clone(),
            version: payment.version,
            status: payment.status().into(),
            authorized: standing.authorized,
            captured: standing.captured().map_err(Fault::broken)?,
            refunded: standing.refunded().map_err(Fault::broken)?,
            decline_code,
            challenge_url,
        })
    }

    /// Whether a listener would learn anything.
    fn tells_more_than(&self, before: &Self) -> bool {
        Self {
            version: before.version,
            ..self.clone()
        } != *before
    }
}

/// The facts of one change of the table.
///
/// A payment that has only just been opened tells nothing: that follows from its order. Nor does a
/// decision that is still under way: the money has not moved.
pub fn from_change(change: &Change) -> Result<Vec<Announcement>, Fault> {
    if change.key().1 != PAYMENT {
        return Ok(Vec::new());
    }
    let Some(row) = change.new::<PaymentRow>()? else {
        return Ok(Vec::new());
    };
    let after = PaymentChanged::of(&row.into())?;
    let news = match change.old::<PaymentRow>()? {
        Some(before) => after.tells_more_than(&PaymentChanged::of(&before.into())?),
        None => after.status != StatusWord::Pending,
    };
    Ok(if news {
        vec![Announcement::of(&after)]
    } else {
        Vec::new()
    })
}

#[cfg(test)]
mod tests;
