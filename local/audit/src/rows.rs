//! The rows that the audit reads: only the fields it compares.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A row is not what its key says it is.
#[derive(Debug, thiserror::Error)]
#[error("the row {pk} / {sk} of table `{table}` cannot be read")]
pub struct BadRow {
    table: String,
    pk: String,
    sk: String,
    #[source]
    source: serde_json::Error,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Level {
    pub(crate) sku: String,
    pub(crate) location_id: String,
    pub(crate) on_hand: i64,
    pub(crate) reserved: i64,
    pub(crate) safety: i64,
    pub(crate) available: i64,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Adjustment {
    pub(crate) sku: String,
    pub(crate) location_id: String,
    pub(crate) delta: i64,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Reservation {
    pub(crate) order_id: String,
    pub(crate) state: String,
    #[serde(default)]
    pub(crate) lines: Vec<ReservationLine>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct ReservationLine {
    pub(crate) sku: String,
    #[serde(default)]
    pub(crate) allow_backorder: bool,
    pub(crate) parts: Vec<ReservationPart>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct ReservationPart {
    pub(crate) location_id: String,
    pub(crate) pieces: i64,
    #[serde(default)]
    pub(crate) shipped: bool,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Order {
    pub(crate) order_id: String,
    pub(crate) cart_id: String,
    pub(crate) status: String,
    pub(crate) number: Option<String>,
    pub(crate) purchase: Purchase,
    pub(crate) cancellation: Option<Cancellation>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Purchase {
    pub(crate) total: Money,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Cancellation {
    pub(crate) reason: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Cart {
    pub(crate) cart_id: String,
    pub(crate) status: String,
    pub(crate) order_id: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) struct Money {
    pub(crate) amount: i64,
}

/// The rows of one shop, sorted by what they are.
#[derive(Debug, Default)]
pub(crate) struct Books {
    pub(crate) levels: Vec<Level>,
    pub(crate) adjustments: Vec<Adjustment>,
    pub(crate) reservations: Vec<Reservation>,
    pub(crate) orders: Vec<Order>,
    pub(crate) carts: Vec<Cart>,
    pub(crate) payments: Vec<Payment>,
    pub(crate) entries: Vec<Entry>,
    pub(crate) accounts: Vec<Account>,
}

impl Books {
    pub(crate) fn read(tables: &BTreeMap<String, Vec<Value>>) -> Result<Self, BadRow> {
        let pick = Picker(tables);
        Ok(Self {
            levels: pick.rows("inventory", "sku#", "level#")?,
            adjustments: pick.rows("inventory", "sku#", "adjustment#")?,
            reservations: pick.rows("inventory", "order#", "reservation")?,
            orders: pick.rows("orders", "order#", "order")?,
            carts: pick.rows("carts", "cart#", "cart")?,
            payments: pick.rows("payments", "payment#", "payment")?,
            entries: pick.rows("payments", "payment#", "entry#")?,
            accounts: pick.rows("sandbox", "account#", "account")?,
        })
    }
}

pub(crate) struct Picker<'a>(pub(crate) &'a BTreeMap<String, Vec<Value>>);

impl Picker<'_> {
    /// The rows of a table whose keys begin so.
    pub(crate) fn rows<R: DeserializeOwned>(
        &self,
        table: &str,
        pk: &str,
        sk: &str,
    ) -> Result<Vec<R>, BadRow> {
        let rows = self.0.get(table).into_iter().flatten();
        let begins = |row: &Value, key: &str, prefix: &str| {
            row[key].as_str().is_some_and(|text| text.starts_with(prefix))
        };
        rows.filter(|row| begins(row, "pk", pk) && begins(row, "sk", sk))
            .map(|row| {
                R::deserialize(row).map_err(|source| BadRow {
                    table: table.to_owned(),
                    pk: row["pk"].as_str().unwrap_or_default().to_owned(),
                    sk: row["sk"].as_str().unwrap_or_default().to_owned(),
                    source,
                })
            })
            .collect()
    }
}

/// A payment, as the shop knows it.
#[derive(Debug, Deserialize)]
pub(crate) struct Payment {
    pub(crate) payment_id: String,
    pub(crate) order_id: String,
    pub(crate) total: Money,
    #[serde(flatten)]
    pub(crate) standing: Standing,
    #[serde(default)]
    pub(crate) intents: Vec<Value>,
    pub(crate) mismatch: Option<String>,
}

/// The same payment, as the provider knows it.
#[derive(Debug, Deserialize)]
pub(crate) struct Account {
    pub(crate) payment_id: String,
    #[serde(flatten)]
    pub(crate) standing: Standing,
}

/// Where a payment stands.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Standing {
    pub(crate) stage: Stage,
    pub(crate) authorized: Money,
    #[serde(default)]
    pub(crate) movements: Vec<Movement>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Stage {
    pub(crate) kind: String,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Movement {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) amount: Money,
}

/// One movement of money in the ledger; its partition key names the payment.
#[derive(Debug, Deserialize)]
pub(crate) struct Entry {
    pub(crate) pk: String,
    pub(crate) debit: String,
    pub(crate) credit: String,
    pub(crate) amount: Money,
}

impl Standing {
    fn moved(&self, kind: &str) -> i64 {
        self.movements
            .iter()
            .filter(|movement| movement.kind == kind)
            .map(|movement| movement.amount.amount)
            .sum()
    }

    pub(crate) fn captured(&self) -> i64 {
        self.moved("capture")
    }

    pub(crate) fn refunded(&self) -> i64 {
        self.moved("refund")
    }

    /// What is set aside at the buyer's bank and not taken.
    pub(crate) fn held(&self) -> i64 {
        if self.stage.kind == "authorized" {
            self.authorized.amount - self.captured()
        } else {
            0
        }
    }
}
