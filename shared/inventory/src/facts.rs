//! What inventory announces: `StockDecided`, once for each order, when its reservation comes to be.

use kernel::{Fault, Sku};
use platform::stream::{Announcement, Change, ChangeKind, Fact};
use serde::{Deserialize, Serialize};

use crate::reservation::{Reservation, State};
use crate::stock::OrderId;
use crate::store::rows::{ORDER, RESERVATION, ReservationRow};

/// An order's stock was set aside, or there was too little.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockDecided {
    /// Which order.
    pub order_id: OrderId,
    /// How it was decided.
    pub outcome: Outcome,
    /// The first SKU of which there was too little, when it was rejected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<Sku>,
    /// How many pieces of it could be promised, when it was rejected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available: Option<i64>,
}

/// How an order's stock was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Every line has its pieces.
    Reserved,
    /// One line has not, so none has.
    Rejected,
}

impl Fact for StockDecided {
    const NAME: &'static str = "StockDecided";
    const VERSION: u32 = 1;
}

/// The facts of one change of the table: a reservation that was held or rejected is one.
///
/// A reservation that was released before it was decided says nothing: its order has ended.
pub fn from_change(change: &Change) -> Result<Vec<Announcement>, Fault> {
    let (pk, sk) = change.key();
    if change.kind != ChangeKind::Insert || sk != RESERVATION || !pk.starts_with(ORDER) {
        return Ok(Vec::new());
    }
    let Some(row) = change.new::<ReservationRow>()? else {
        return Ok(Vec::new());
    };
    let reservation = Reservation::from(row);
    let outcome = match reservation.state {
        State::Held => Outcome::Reserved,
        State::Rejected => Outcome::Rejected,
        State::Released | State::Committed => return Ok(Vec::new()),
    };
    let (sku, available) = match reservation.shortage {
        Some(shortage) => (Some(shortage.sku), Some(shortage.available)),
        None => (None, None),
    };
    let decided = StockDecided {
        order_id: reservation.order_id,
        outcome,
        sku,
        available,
    };
    Ok(vec![Announcement::of(&decided)])
}

#[cfg(test)]
mod tests;
