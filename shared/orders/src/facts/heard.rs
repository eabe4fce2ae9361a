//! What this context hears: of other contexts' facts, what an order needs to know.

use carts::{CustomerId, OrderId};
use kernel::{Email, Money, Sku};
use platform::stream::Fact;
use serde::{Deserialize, Serialize};

use crate::order;

/// Somebody has an account from now on, and has proven this address to be theirs: of the
/// authority's fact, what an order needs to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserCreated {
    /// Who.
    pub user_id: CustomerId,
    /// Their address.
    pub email: Email,
}
fact!(UserCreated);

/// Somebody's account is gone, and what is known of them is to be forgotten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserErased {
    /// Who.
    pub user_id: CustomerId,
}
fact!(UserErased);

/// Inventory's answer to a placed order: of its fact, what an order needs to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockDecided {
    /// Which order.
    pub order_id: OrderId,
    /// Whether everything is held, or nothing.
    pub outcome: StockOutcome,
    /// What was short.
    #[serde(default)]
    pub sku: Option<Sku>,
    /// How many of it there were.
    #[serde(default)]
    pub available: Option<i64>,
}
fact!(StockDecided);

/// All or nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StockOutcome {
    /// Everything is held.
    Reserved,
    /// Nothing is held.
    Rejected,
}

/// The state of a payment: of the payments context's fact, what an order needs to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentChanged {
    /// Which order.
    pub order_id: OrderId,
    /// Which payment.
    pub payment_id: String,
    /// Counts the payment's changes; facts may arrive in any order.
    pub version: u64,
    /// Where it stands.
    pub status: PaymentStatus,
    /// Set aside in all.
    pub authorized: Money,
    /// Taken in all.
    pub captured: Money,
    /// Given back in all.
    pub refunded: Money,
    /// The provider's reason for a refusal.
    #[serde(default)]
    pub decline_code: Option<String>,
    /// Where the buyer must act.
    #[serde(default)]
    pub challenge_url: Option<String>,
}
fact!(PaymentChanged);

/// Where a payment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// The provider has not answered.
    Pending,
    /// The buyer must act.
    ActionRequired,
    /// Set aside.
    Authorized,
    /// Taken in part.
    PartiallyCaptured,
    /// Taken.
    Captured,
    /// Given back in part.
    PartiallyRefunded,
    /// Given back.
    Refunded,
    /// Given free.
    Voided,
    /// Refused.
    Failed,
}

impl From<StockDecided> for order::StockOutcome {
    fn from(fact: StockDecided) -> Self {
        match fact.outcome {
            StockOutcome::Reserved => Self::Reserved,
            StockOutcome::Rejected => {
                let left = fact
                    .available
                    .map(|available| format!(", {} left", available.max(0)));
                let detail = fact.sku.map(|sku| format!("{sku}{}", left.unwrap_or_default()));
                Self::Rejected { detail }
            }
        }
    }
}

impl From<PaymentChanged> for order::PaymentSnapshot {
    fn from(fact: PaymentChanged) -> Self {
        use order::PaymentStatus as Known;
        let status = match fact.status {
            PaymentStatus::Pending => Known::Awaiting,
            PaymentStatus::ActionRequired => Known::ActionRequired,
            PaymentStatus::Authorized => Known::Authorized,
            PaymentStatus::PartiallyCaptured => Known::PartiallyCaptured,
            PaymentStatus::Captured => Known::Captured,
            PaymentStatus::PartiallyRefunded => Known::PartiallyRefunded,
            PaymentStatus::Refunded => Known::Refunded,
            PaymentStatus::Voided => Known::Voided,
            PaymentStatus::Failed => Known::Failed,
        };
        Self {
            payment_id: fact.payment_id,
            version: fact.version,
            status,
            authorized: fact.authorized,
            captured: fact.captured,
            refunded: fact.refunded,
            decline_code: fact.decline_code,
            challenge_url: fact.challenge_url,
        }
    }
}
