//! Rows and access patterns P1 to P6 of the table `payments`; the only code that touches it.
//!
//! | row | pk | sk |
//! |---|---|---|
//! | payment | `payment#<payment id>` | `payment` |
//! | cancelation that came first | `payment#<payment id>` | `canceled` |
//! | ledger entry | `payment#<payment id>` | `entry#<version>#<index>` |

pub(crate) mod rows;

use kernel::{Limit, Page, Time};
use platform::Cloud;
use platform::table::{Condition, Table, TableError, Transaction, TransactionError};

use crate::ledger::Entry;
use crate::payment::{Payment, PaymentId};
use rows::{DueRow, EntryRow, PaymentRow, TombstoneRow};

/// Entries of one payment: each of its movements is one, and two more for its authorization.
const ENTRIES_MAX: u8 = 100;

/// The table `payments`.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    table: Table,
}

/// What an insert found.
#[derive(Debug)]
pub(crate) enum Inserted {
    /// Nothing: the payment is new.
    New,
    /// The payment, from an earlier delivery.
    Before(Box<Payment>),
    /// The order's cancelation, which came first.
    Canceled,
}

impl Store {
    pub(crate) fn new(cloud: &Cloud) -> Self {
        Self {
            table: cloud.table("payments"),
        }
    }

    /// P1: insert a payment unless its order was canceled. A second insert leaves the first.
    pub(crate) async fn insert(&self, payment: &Payment) -> Result<Inserted, TransactionError> {
        let inserted = Transaction::new()
            .with(self.table.put(&PaymentRow::from(payment)).only_if_absent())
            .with(
                self.table
                    .require(rows::tombstone_key(&payment.id), Condition::absent()),
            )
            .commit()
            .await;
        match inserted {
            Ok(()) => Ok(Inserted::New),
            Err(error) if error.condition_failed_at(1) => Ok(Inserted::Canceled),
            Err(error) => match error.old_item::<PaymentRow>(0) {
                Some(row) if error.condition_failed_at(0) => Ok(Inserted::Before(Box::new(row.into()))),
                _ => Err(error),
            },
        }
    }

    /// P1: note that an order was canceled before its payment came to be. Says whether that is
    /// (still) so. A second note changes nothing.
    pub(crate) async fn insert_tombstone(&self, id: &PaymentId, now: Time) -> Result<bool, TransactionError> {
        let noted = Transaction::new()
            .with(self.table.put(&TombstoneRow::new(id, now)))
            .with(self.table.require(rows::payment_key(id), Condition::absent()))
            .commit()
            .await;
        match noted {
            Ok(()) => Ok(true),
            Err(error) if error.condition_failed_at(1) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// P2: one payment, as the last write left it.
    pub(crate) async fn payment(&self, id: &PaymentId) -> Result<Option<Payment>, TableError> {
        Ok(self
            .table
            .get_consistent::<PaymentRow>(rows::payment_key(id))
            .await?
            .map(Payment::from))
    }

    /// P3: the next version of a payment and the entries that lead to it, together. Refused when
    /// the payment has changed since it was read; nothing is written then.
    pub(crate) async fn save(&self, payment: &Payment, entries: &[Entry]) -> Result<(), TransactionError> {
        let before = Condition::eq("version", payment.version.saturating_sub(1));
        let mut transaction =
            Transaction::new().with(self.table.put(&PaymentRow::from(payment)).only_if(before));
        for (index, entry) in entries.iter().enumerate() {
            let row = EntryRow::new(payment, index, entry);
            transaction = transaction.with(self.table.put(&row).only_if_absent());
        }
        transaction.commit().await
    }

    /// P4: the ledger of a payment, oldest entry first.
    pub(crate) async fn entries(&self, id: &PaymentId) -> Result<Vec<Entry>, TableError> {
        let query = self
            .table
            .query(rows::payment_pk(id))
            .begins_with(rows::ENTRY)
            .limit(ENTRIES_MAX);
        Ok(query
            .page::<EntryRow>()
            .await?
            .items
            .into_iter()
            .map(Entry::from)
            .collect())
    }

    /// P5: payments of one shard that are due for a comparison with their provider, longest due
    /// first.
    pub(crate) async fn page_of_due(
        &self,
        shard: u8,
        now: Time,
        limit: Limit,
    ) -> Result<Page<PaymentId>, TableError> {
        let query = self
            .table
            .query_index("by_due", ("due", &rows::due(shard)), "due_at");
        let page = query
            .at_most(&now.to_string())
            .limit(limit)
            .page::<DueRow>()
            .await?;
        Ok(page.map(|row| row.payment_id))
    }

    /// P6: look at an open payment again later. Does nothing when it has changed meanwhile.
    pub(crate) async fn postpone(&self, payment: &Payment, due_at: Time) -> Result<(), TableError> {
        let update = self
            .table
            .update(rows::payment_key(&payment.id))
            .set("due_at", due_at);
        let seen = Condition::eq("version", payment.version).and(Condition::attr_exists("due"));
        match update.only_if(seen).send().await {
            Err(error) if !error.is_condition_failed() => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// P6: a payment that is at rest is looked at no more. Does nothing when it has changed meanwhile.
    pub(crate) async fn close(&self, payment: &Payment) -> Result<(), TableError> {
        let update = self
            .table
            .update(rows::payment_key(&payment.id))
            .remove("due")
            .remove("due_at");
        match update
            .only_if(Condition::eq("version", payment.version))
            .send()
            .await
        {
            Err(error) if !error.is_condition_failed() => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }
}
