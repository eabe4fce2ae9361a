//! The shapes of the table's rows, and how they become things. They change only by addition.

use kernel::{Money, Time};
use platform::table::Key;
use serde::{Deserialize, Serialize};

use crate::ledger::{Account, Entry};
use crate::method::Method;
use crate::payment::{CaptureId, Intent, OrderId, Payment, PaymentId, RefundId};
use crate::standing::{Challenge, Kind, Movement, Stage, Standing};

pub(crate) const PAYMENT: &str = "payment";
pub(crate) const ENTRY: &str = "entry#";
/// How many partitions the index `by_due` has, so that none of them is hot.
pub(crate) const SHARDS: u8 = 8;

pub(crate) fn payment_pk(id: &PaymentId) -> String {
    format!("payment#{id}")
}

/// The partition of `by_due` that holds the open payments of one shard.
pub(crate) fn due(shard: u8) -> String {
    format!("open#{shard}")
}

/// The shard of a payment: its id ends at random.
fn shard(id: &PaymentId) -> u8 {
    id.as_str().bytes().last().unwrap_or(0) % SHARDS
}

pub(crate) fn payment_key(id: &PaymentId) -> Key {
    Key::new(payment_pk(id), PAYMENT)
}

pub(crate) fn tombstone_key(id: &PaymentId) -> Key {
    Key::new(payment_pk(id), "canceled")
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PaymentRow {
    pk: String,
    sk: String,
    payment_id: PaymentId,
    order_id: OrderId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    provider: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    /// The status in one word, for people who read the table.
    status: String,
    total: Money,
    #[serde(flatten)]
    standing: StandingRow,
    #[serde(default)]
    intents: Vec<IntentRow>,
    #[serde(default)]
    canceled: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mismatch: Option<String>,
    version: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    due: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    due_at: Option<Time>,
    opened_at: Time,
}

/// What a provider knows; the sandbox keeps its books in the same shape.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct StandingRow {
    stage: StageRow,
    authorized: Money,
    #[serde(default)]
    movements: Vec<MovementRow>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum StageRow {
    Asked,
    NeedsBuyer {
        challenge_id: String,
        challenge_url: String,
    },
    Authorized,
    Declined {
        code: String,
    },
    Voided,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct MovementRow {
    id: String,
    kind: KindWord,
    amount: Money,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum KindWord {
    Capture,
    Refund,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum IntentRow {
    Authorize,
    Capture {
        id: CaptureId,
        amount: Money,
    },
    Refund {
        id: RefundId,
        amount: Money,
        reason: String,
    },
    Void,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct TombstoneRow {
    pk: String,
    sk: String,
    canceled_at: Time,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct DueRow {
    pub(crate) payment_id: PaymentId,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct EntryRow {
    pk: String,
    sk: String,
    debit: AccountWord,
    credit: AccountWord,
    amount: Money,
    cause: String,
    at: Time,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum AccountWord {
    Buyer,
    Held,
    Merchant,
}

impl From<&Payment> for PaymentRow {
    fn from(payment: &Payment) -> Self {
        let key = payment_key(&payment.id);
        Self {
            pk: key.pk,
            sk: key.sk,
            payment_id: payment.id.clone(),
            order_id: payment.order_id.clone(),
            provider: payment.method.map(|method| method.provider().as_str().to_owned()),
            token: payment.method.map(|method| method.token().to_owned()),
            status: payment.status().as_str().to_owned(),
            total: payment.total,
            standing: (&payment.standing).into(),
            intents: payment.intents.iter().map(IntentRow::from).collect(),
            canceled: payment.canceled,
            mismatch: payment.mismatch.clone(),
            version: payment.version,
            due: payment.due_at.map(|_| due(shard(&payment.id))),
            due_at: payment.due_at,
            opened_at: payment.opened_at,
        }
    }
}

impl From<PaymentRow> for Payment {
    fn from(row: PaymentRow) -> Self {
        let method = row.provider.zip(row.token);
        Self {
            id: row.payment_id,
            order_id: row.order_id,
            method: method.and_then(|(provider, token)| Method::parse(&provider, &token).ok()),
            total: row.total,
            standing: row.standing.into(),
            intents: row.intents.into_iter().map(Intent::from).collect(),
            canceled: row.canceled,
            mismatch: row.mismatch,
            version: row.version,
            due_at: row.due_at,
            opened_at: row.opened_at,
        }
    }
}

impl From<&Standing> for StandingRow {
    fn from(standing: &Standing) -> Self {
        let stage = match &standing.stage {
            Stage::Asked => StageRow::Asked,
            Stage::NeedsBuyer(challenge) => StageRow::NeedsBuyer {
                challenge_id: challenge.id.clone(),
                challenge_url: challenge.url.clone(),
            },
            Stage::Authorized => StageRow::Authorized,
            Stage::Declined { code } => StageRow::Declined { code: code.clone() },
            Stage::Voided => StageRow::Voided,
        };
        let movement = |movement: &Movement| MovementRow {
            id: movement.id.clone(),
            kind: match movement.kind {
                Kind::Capture => KindWord::Capture,
                Kind::Refund => KindWord::Refund,
            },
            amount: movement.amount,
        };
        Self {
            stage,
            authorized: standing.authorized,
            movements: standing.movements.iter().map(movement).collect(),
        }
    }
}

impl From<StandingRow> for Standing {
    fn from(row: StandingRow) -> Self {
        let stage = match row.stage {
            StageRow::Asked => Stage::Asked,
            StageRow::NeedsBuyer {
                challenge_id,
                challenge_url,
            } => Stage::NeedsBuyer(Challenge {
                id: challenge_id,
                url: challenge_url,
            }),
            StageRow::Authorized => Stage::Authorized,
            StageRow::Declined { code } => Stage::Declined { code },
            StageRow::Voided => Stage::Voided,
        };
        let movement = |row: MovementRow| Movement {
            id: row.id,
            kind: match row.kind {
                KindWord::Capture => Kind::Capture,
                KindWord::Refund => Kind::Refund,
            },
            amount: row.amount,
        };
        Self {
            stage,
            authorized: row.authorized,
            movements: row.movements.into_iter().map(movement).collect(),
        }
    }
}

impl From<&Intent> for IntentRow {
    fn from(intent: &Intent) -> Self {
        match intent.clone() {
            Intent::Authorize => Self::Authorize,
            Intent::Capture { id, amount } => Self::Capture { id, amount },
            Intent::Refund { id, amount, reason } => Self::Refund { id, amount, reason },
            Intent::Void => Self::Void,
        }
    }
}

impl From<IntentRow> for Intent {
    fn from(row: IntentRow) -> Self {
        match row {
            IntentRow::Authorize => Self::Authorize,
            IntentRow::Capture { id, amount } => Self::Capture { id, amount },
            IntentRow::Refund { id, amount, reason } => Self::Refund { id, amount, reason },
            IntentRow::Void => Self::Void,
        }
    }
}

impl TombstoneRow {
    pub(crate) fn new(id: &PaymentId, now: Time) -> Self {
        let key = tombstone_key(id);
        Self {
            pk: key.pk,
            sk: key.sk,
            canceled_at: now,
        }
    }
}

impl EntryRow {
    /// The entry's key says which version of the payment it belongs to.
    pub(crate) fn new(payment: &Payment, index: usize, entry: &Entry) -> Self {
        Self {
            pk: payment_pk(&payment.id),
            sk: format!("{ENTRY}{:06}#{index}", payment.version),
            debit: entry.debit.into(),
            credit: entry.credit.into(),
            amount: entry.amount,
            cause: entry.cause.clone(),
            at: entry.at,
        }
    }
}

impl From<EntryRow> for Entry {
    fn from(row: EntryRow) -> Self {
        Self {
            debit: row.debit.into(),
            credit: row.credit.into(),
            amount: row.amount,
            cause: row.cause,
            at: row.at,
        }
    }
}

impl From<Account> for AccountWord {
    fn from(account: Account) -> Self {
        match account {
            Account::Buyer => Self::Buyer,
            Account::Held => Self::Held,
            Account::Merchant => Self::Merchant,
        }
    }
}

impl From<AccountWord> for Account {
    fn from(word: AccountWord) -> Self {
        match word {
            AccountWord::Buyer => Self::Buyer,
            AccountWord::Held => Self::Held,
            AccountWord::Merchant => Self::Merchant,
        }
    }
}
