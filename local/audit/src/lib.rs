//! The audit: reads a shop's rows and names everything that does not add up.
//!
//! Pure: rows in, findings out. The fault cloud runs it after every simulated history, and
//! `cartwright audit` against a live shop. It reads rows as they are stored, on purpose without the
//! contexts' own types: a rule that is wrong in a context must not be wrong here too.
//!
//! The invariants carry the numbers of `docs/reliability.md`.

mod item;
mod money;
mod orders;
mod rows;
mod stock;
mod trail;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

pub use item::plain_item;
pub use rows::BadRow;
use rows::Books;

/// Whether everything has come to rest: no message waits, no order is undecided within its bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Work may be under way; only what holds at every moment is checked.
    Busy,
    /// Nothing is under way; what must hold in the end is checked too.
    AtRest,
}

/// Something that does not add up.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The invariant, for example `stock-1`.
    pub invariant: &'static str,
    /// What it is about, for example an order's id.
    pub subject: String,
    /// What is wrong, with the numbers.
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}: {}", self.invariant, self.subject, self.what)
    }
}

/// What was looked at and what was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// How many things were compared, by kind. An audit of nothing finds nothing: look here.
    pub counted: BTreeMap<&'static str, usize>,
    /// Everything that does not add up, sorted.
    pub findings: Vec<Finding>,
}

impl Report {
    fn find(&mut self, invariant: &'static str, subject: impl Into<String>, what: impl Into<String>) {
        self.findings.push(Finding {
            invariant,
            subject: subject.into(),
            what: what.into(),
        });
    }

    fn check(&mut self, holds: bool, invariant: &'static str, subject: &str, what: impl FnOnce() -> String) {
        if !holds {
            self.find(invariant, subject, what());
        }
    }
}

/// Audits the rows of the tables `inventory`, `orders`, `carts`, `payments`, `sandbox`, `trail` and
/// `trail-chain`: plain JSON objects, numbers as numbers, by table. A table that is absent counts as empty; a row that
/// has not the shape it should have is an error, since an audit that skips rows proves nothing.
pub fn audit(tables: &BTreeMap<String, Vec<Value>>, moment: Moment) -> Result<Report, BadRow> {
    let books = Books::read(tables)?;
    let mut report = Report::default();
    report.counted.insert("levels", books.levels.len());
    report.counted.insert("adjustments", books.adjustments.len());
    report.counted.insert("reservations", books.reservations.len());
    report.counted.insert("orders", books.orders.len());
    report.counted.insert("carts", books.carts.len());
    report.counted.insert("payments", books.payments.len());
    stock::audit(&books, &mut report);
    orders::audit(&books, moment, &mut report);
    money::audit(&books, moment, &mut report);
    trail::audit(tables, moment, &mut report)?;
    report.findings.sort();
    Ok(report)
}
