//! The shapes of the table's rows, and how they become things. They change only by addition.

use kernel::{Sku, Time};
use platform::table::Key;
use serde::{Deserialize, Serialize};

use crate::plan::{HeldLine, Part, Shortage};
use crate::reservation::{Reservation, State};
use crate::stock::{Adjustment, AdjustmentId, Level, Location, LocationId, OrderId, Reason};

pub(crate) const LOCATIONS: &str = "locations";
pub(crate) const LEVEL: &str = "level#";
pub(crate) const ADJUSTMENT: &str = "adjustment#";
pub(crate) const ORDER: &str = "order#";
pub(crate) const RESERVATION: &str = "reservation";

pub(crate) fn sku_pk(sku: &Sku) -> String {
    format!("sku#{sku}")
}

pub(crate) fn location_key(id: &LocationId) -> Key {
    Key::new(LOCATIONS, format!("location#{id}"))
}

pub(crate) fn level_key(sku: &Sku, location_id: &LocationId) -> Key {
    Key::new(sku_pk(sku), format!("{LEVEL}{location_id}"))
}

pub(crate) fn adjustment_key(sku: &Sku, id: &AdjustmentId) -> Key {
    Key::new(sku_pk(sku), format!("{ADJUSTMENT}{id}"))
}

pub(crate) fn reservation_key(order_id: &OrderId) -> Key {
    Key::new(format!("{ORDER}{order_id}"), RESERVATION)
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct LocationRow {
    pk: String,
    sk: String,
    pub(crate) location_id: LocationId,
    name: String,
    created_at: Time,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct LevelRow {
    pk: String,
    sk: String,
    sku: Sku,
    location_id: LocationId,
    on_hand: i64,
    reserved: i64,
    safety: i64,
    /// `on_hand − reserved − safety`, stored since a condition cannot subtract.
    available: i64,
    version: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AdjustmentRow {
    pk: String,
    sk: String,
    adjustment_id: AdjustmentId,
    sku: Sku,
    location_id: LocationId,
    reason: ReasonWord,
    delta: i64,
    on_hand: i64,
    by: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    at: Time,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ReservationRow {
    pk: String,
    sk: String,
    order_id: OrderId,
    state: StateWord,
    #[serde(default)]
    lines: Vec<LineRow>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    short_sku: Option<Sku>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    short_available: Option<i64>,
    version: u64,
    decided_at: Time,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct LineRow {
    line_id: String,
    sku: Sku,
    #[serde(default)]
    allow_backorder: bool,
    parts: Vec<PartRow>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct PartRow {
    location_id: LocationId,
    pieces: i64,
    #[serde(default)]
    shipped: bool,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ReasonWord {
    Received,
    Sold,
    Returned,
    Damaged,
    Counted,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StateWord {
    Held,
    Rejected,
    Released,
    Committed,
}

impl From<&Location> for LocationRow {
    fn from(location: &Location) -> Self {
        let key = location_key(&location.id);
        Self {
            pk: key.pk,
            sk: key.sk,
            location_id: location.id.clone(),
            name: location.name.clone(),
            created_at: location.created_at,
        }
    }
}

impl From<LocationRow> for Location {
    fn from(row: LocationRow) -> Self {
        Self {
            id: row.location_id,
            name: row.name,
            created_at: row.created_at,
        }
    }
}

impl From<&Level> for LevelRow {
    fn from(level: &Level) -> Self {
        let key = level_key(&level.sku, &level.location_id);
        Self {
            pk: key.pk,
            sk: key.sk,
            sku: level.sku.clone(),
            location_id: level.location_id.clone(),
            on_hand: level.on_hand,
            reserved: level.reserved,
            safety: level.safety,
            available: level.available(),
            version: level.version,
        }
    }
}

impl From<LevelRow> for Level {
    fn from(row: LevelRow) -> Self {
        Self {
            sku: row.sku,
            location_id: row.location_id,
            on_hand: row.on_hand,
            reserved: row.reserved,
            safety: row.safety,
            version: row.version,
        }
    }
}

impl From<&Adjustment> for AdjustmentRow {
    fn from(adjustment: &Adjustment) -> Self {
        let key = adjustment_key(&adjustment.sku, &adjustment.id);
        Self {
            pk: key.pk,
            sk: key.sk,
            adjustment_id: adjustment.id.clone(),
            sku: adjustment.sku.clone(),
            location_id: adjustment.location_id.clone(),
            reason: adjustment.reason.into(),
            delta: adjustment.delta,
            on_hand: adjustment.on_hand,
            by: adjustment.by.clone(),
            note: adjustment.note.clone(),
            at: adjustment.at,
        }
    }
}

impl From<AdjustmentRow> for Adjustment {
    fn from(row: AdjustmentRow) -> Self {
        Self {
            id: row.adjustment_id,
            sku: row.sku,
            location_id: row.location_id,
            reason: row.reason.into(),
            delta: row.delta,
            on_hand: row.on_hand,
            by: row.by,
            note: row.note,
            at: row.at,
        }
    }
}

impl From<&Reservation> for ReservationRow {
    fn from(reservation: &Reservation) -> Self {
        let key = reservation_key(&reservation.order_id);
        Self {
            pk: key.pk,
            sk: key.sk,
            order_id: reservation.order_id.clone(),
            state: reservation.state.into(),
            lines: reservation.lines.iter().map(LineRow::from).collect(),
            short_sku: reservation.shortage.as_ref().map(|shortage| shortage.sku.clone()),
            short_available: reservation.shortage.as_ref().map(|shortage| shortage.available),
            version: reservation.version,
            decided_at: reservation.decided_at,
        }
    }
}

impl From<ReservationRow> for Reservation {
    fn from(row: ReservationRow) -> Self {
        let shortage = row.short_sku.map(|sku| Shortage {
            sku,
            available: row.short_available.unwrap_or(0),
        });
        Self {
            order_id: row.order_id,
            state: row.state.into(),
            lines: row.lines.into_iter().map(HeldLine::from).collect(),
            shortage,
            version: row.version,
            decided_at: row.decided_at,
        }
    }
}

impl From<&HeldLine> for LineRow {
    fn from(line: &HeldLine) -> Self {
        let part = |part: &Part| PartRow {
            location_id: part.location_id.clone(),
            pieces: part.pieces,
            shipped: part.shipped,
        };
        Self {
            line_id: line.line_id.clone(),
            sku: line.sku.clone(),
            allow_backorder: line.allow_backorder,
            parts: line.parts.iter().map(part).collect(),
        }
    }
}

impl From<LineRow> for HeldLine {
    fn from(row: LineRow) -> Self {
        let part = |part: PartRow| Part {
            location_id: part.location_id,
            pieces: part.pieces,
            shipped: part.shipped,
        };
        Self {
            line_id: row.line_id,
            sku: row.sku,
            allow_backorder: row.allow_backorder,
            parts: row.parts.into_iter().map(part).collect(),
        }
    }
}

macro_rules! words {
    ($thing:ident, $word:ident, $($name:ident),+) => {
        impl From<$thing> for $word {
            fn from(thing: $thing) -> Self {
                match thing { $($thing::$name => Self::$name),+ }
            }
        }
        impl From<$word> for $thing {
            fn from(word: $word) -> Self {
                match word { $($word::$name => Self::$name),+ }
            }
        }
    };
}
words!(Reason, ReasonWord, Received, Sold, Returned, Damaged, Counted);
words!(State, StateWord, Held, Rejected, Released, Committed);

#[cfg(test)]
mod tests;
