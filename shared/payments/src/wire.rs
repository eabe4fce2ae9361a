//! JSON in and out: the back office's payments, the provider's webhooks, the bank's page.

use kernel::{Fault, Money, Time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::facts::StatusWord;
use crate::ledger::Entry;
use crate::payment::{OrderId, Payment, PaymentId, Status};
use crate::sandbox::{ChallengeId, Outcome};
use crate::standing::{Kind, Stage};

/// Money to be taken.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CapturePayment {
    /// How much; absent: all that is authorized and not yet captured.
    #[serde(default)]
    pub amount: Option<Money>,
}

/// Money to be given back.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundPayment {
    /// How much; absent: all that was captured and not yet refunded.
    #[serde(default)]
    pub amount: Option<Money>,
    /// Why.
    #[schemars(length(min = 1, max = 500), example = &"the cup arrived broken")]
    pub reason: String,
}

/// What the buyer does on the sandbox bank's page.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CompleteChallenge {
    /// Confirm the payment, or do not.
    pub outcome: OutcomeWord,
}

/// What the buyer does on the sandbox bank's page.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeWord {
    /// Confirms the payment.
    Approve,
    /// Does not.
    Decline,
}

/// A challenge that was answered.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ChallengeView {
    /// Its id.
    pub id: ChallengeId,
    /// How it was answered.
    pub outcome: OutcomeWord,
}

/// An order's payment.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PaymentView {
    /// Its id.
    pub id: PaymentId,
    /// What it pays for.
    pub order_id: OrderId,
    /// Where it stands.
    pub status: StatusWord,
    /// Whom it is charged through; absent when no usable method was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<&'static str>,
    /// What is to be paid.
    pub total: Money,
    /// What was set aside in all.
    pub authorized: Money,
    /// What was taken in all.
    pub captured: Money,
    /// What was given back in all.
    pub refunded: Money,
    /// Captures and refunds, oldest first.
    pub movements: Vec<MovementView>,
    /// Why it was declined, when it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decline_code: Option<String>,
    /// Where the buyer must act, while they must.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub challenge_url: Option<String>,
    /// What contradicts the provider's books, when something does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mismatch: Option<String>,
    /// What may be done with it now.
    pub allowed_actions: Vec<ActionWord>,
    /// When it was opened.
    pub opened_at: Time,
    /// Greater with each change.
    pub version: u64,
}

/// What may be done with a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActionWord {
    /// Take what is left.
    Capture,
    /// Give back what was taken.
    Refund,
}

/// A payment with its ledger.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct StatementView {
    /// The payment.
    #[serde(flatten)]
    pub payment: PaymentView,
    /// Where the money went, oldest entry first.
    pub ledger: Vec<EntryView>,
}

/// One capture or refund.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct MovementView {
    /// Its id.
    pub id: String,
    /// Which way.
    pub kind: MovementWord,
    /// How much.
    pub amount: Money,
}

/// Which way money moved.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MovementWord {
    /// To the shop.
    Capture,
    /// Back to the buyer.
    Refund,
}

/// One movement of money between two accounts.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct EntryView {
    /// The account the amount went to: `buyer`, `held` or `merchant`.
    pub debit: &'static str,
    /// The account the amount came from.
    pub credit: &'static str,
    /// How much.
    pub amount: Money,
    /// The payment, capture or refund that caused it.
    pub cause: String,
    /// When.
    pub at: Time,
}

/// What the sandbox provider tells. Unknown fields are ignored: a provider may add some.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookEvent {
    /// What happened.
    #[serde(rename = "type")]
    pub kind: String,
    /// To what.
    pub data: WebhookData,
}

/// What a webhook is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookData {
    /// Which payment.
    pub payment_id: PaymentId,
}

/// The body is not what a webhook looks like.
#[derive(Debug, thiserror::Error)]
#[error("the webhook is not readable")]
pub struct UnreadableWebhook(#[from] serde_json::Error);

impl WebhookEvent {
    /// Reads a webhook's body.
    pub fn read(body: &[u8]) -> Result<Self, UnreadableWebhook> {
        Ok(serde_json::from_slice(body)?)
    }

    /// The body to be signed and sent, byte for byte.
    pub fn body(&self) -> Result<Vec<u8>, Fault> {
        serde_json::to_vec(self).map_err(Fault::broken)
    }
}

impl From<OutcomeWord> for Outcome {
    fn from(word: OutcomeWord) -> Self {
        match word {
            OutcomeWord::Approve => Self::Approve,
            OutcomeWord::Decline => Self::Decline,
        }
    }
}

impl PaymentView {
    /// The payment as the back office sees it.
    pub fn of(payment: Payment) -> Result<Self, Fault> {
        let (captured, refunded) = (
            payment.standing.captured().map_err(Fault::broken)?,
            payment.standing.refunded().map_err(Fault::broken)?,
        );
        let (decline_code, challenge_url) = match &payment.standing.stage {
            Stage::Declined { code } => (Some(code.clone()), None),
            Stage::NeedsBuyer(challenge) => (None, Some(challenge.url.clone())),
            Stage::Asked | Stage::Authorized | Stage::Voided => (None, None),
        };
        Ok(Self {
            status: payment.status().into(),
            provider: payment.method.map(|method| method.provider().as_str()),
            allowed_actions: allowed_actions(&payment),
            authorized: payment.standing.authorized,
            movements: payment
                .standing
                .movements
                .into_iter()
                .map(MovementView::from)
                .collect(),
            id: payment.id,
            order_id: payment.order_id,
            total: payment.total,
            captured,
            refunded,
            decline_code,
            challenge_url,
            mismatch: payment.mismatch,
            opened_at: payment.opened_at,
            version: payment.version,
        })
    }
}

impl StatementView {
    /// The payment and its ledger as the back office sees them.
    pub fn of(payment: Payment, entries: Vec<Entry>) -> Result<Self, Fault> {
        let ledger = entries.into_iter().map(EntryView::from).collect();
        Ok(Self {
            payment: PaymentView::of(payment)?,
            ledger,
        })
    }
}

impl From<crate::standing::Movement> for MovementView {
    fn from(movement: crate::standing::Movement) -> Self {
        let kind = match movement.kind {
            Kind::Capture => MovementWord::Capture,
            Kind::Refund => MovementWord::Refund,
        };
        Self {
            id: movement.id,
            kind,
            amount: movement.amount,
        }
    }
}

impl From<Entry> for EntryView {
    fn from(entry: Entry) -> Self {
        Self {
            debit: entry.debit.as_str(),
            credit: entry.credit.as_str(),
            amount: entry.amount,
            cause: entry.cause,
            at: entry.at,
        }
    }
}

fn allowed_actions(payment: &Payment) -> Vec<ActionWord> {
    let some = |sum: Result<Money, kernel::MoneyError>| sum.is_ok_and(|left| left.minor > 0);
    let mut actions = Vec::new();
    let capturable = matches!(payment.status(), Status::Authorized | Status::PartiallyCaptured);
    if capturable && !payment.canceled && some(payment.capturable()) {
        actions.push(ActionWord::Capture);
    }
    if some(payment.refundable()) {
        actions.push(ActionWord::Refund);
    }
    actions
}
