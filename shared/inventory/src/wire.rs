//! JSON in and out of the back office's stock routes.

use kernel::{Sku, Time};
use platform::http::Staff;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::stock::{Adjust, Adjustment, AdjustmentId, Level, Location, LocationId, Reason};

/// A place where goods lie, to be added.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateLocation {
    /// What staff call it.
    #[schemars(length(min = 1, max = 100), example = &"Berlin warehouse")]
    pub name: String,
}

/// A place where goods lie.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LocationView {
    /// Its id.
    pub id: LocationId,
    /// What staff call it.
    pub name: String,
    /// When it was added.
    pub created_at: Time,
}

/// A change of what is on hand at one location.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AdjustStock {
    /// Where.
    pub location_id: LocationId,
    /// Why: `received` and `returned` take a positive `delta`, `damaged` a negative one, `counted` any.
    pub reason: AdjustReason,
    /// How many pieces more, or fewer when negative.
    #[schemars(range(min = -1_000_000_000_i64, max = 1_000_000_000_i64), example = 100)]
    pub delta: i64,
    /// How many pieces are kept back from sale from now on; absent: as before.
    #[serde(default)]
    #[schemars(range(min = 0, max = 1_000_000_000_i64), example = 0)]
    pub safety: Option<i64>,
    /// What else there is to say.
    #[serde(default)]
    #[schemars(length(max = 500), example = &"delivery note 4711")]
    pub note: Option<String>,
}

/// Why staff change what is on hand. What a buyer gets is `sold` by shipping the order.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AdjustReason {
    /// Goods came in.
    Received,
    /// Goods came back and can be sold again.
    Returned,
    /// Goods were lost or spoiled.
    Damaged,
    /// A count found more, fewer or as many as the books say.
    Counted,
}

/// One change of what is on hand.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct AdjustmentView {
    /// Its id.
    pub id: AdjustmentId,
    /// What.
    pub sku: Sku,
    /// Where.
    pub location_id: LocationId,
    /// Why: `received`, `sold`, `returned`, `damaged` or `counted`.
    pub reason: &'static str,
    /// How many pieces more, or fewer when negative.
    pub delta: i64,
    /// What was on hand afterwards.
    pub on_hand: i64,
    /// The name of the staff key, or the order that was shipped.
    pub by: String,
    /// What else there is to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// When.
    pub at: Time,
}

/// What one location holds of one SKU.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LevelView {
    /// What.
    pub sku: Sku,
    /// Where.
    pub location_id: LocationId,
    /// Pieces that are there.
    pub on_hand: i64,
    /// Pieces that are promised to orders.
    pub reserved: i64,
    /// Pieces that are kept back from sale.
    pub safety: i64,
    /// Pieces that can be promised; negative while backorders wait for goods.
    pub available: i64,
}

impl AdjustStock {
    /// The change that the caller asks for.
    pub fn into_adjust(self, id: AdjustmentId, sku: Sku, staff: &Staff) -> Adjust {
        Adjust {
            id,
            sku,
            location_id: self.location_id,
            reason: self.reason.into(),
            delta: self.delta,
            safety: self.safety,
            by: staff.name.clone(),
            note: self.note,
        }
    }
}

impl From<AdjustReason> for Reason {
    fn from(reason: AdjustReason) -> Self {
        match reason {
            AdjustReason::Received => Self::Received,
            AdjustReason::Returned => Self::Returned,
            AdjustReason::Damaged => Self::Damaged,
            AdjustReason::Counted => Self::Counted,
        }
    }
}

impl From<Location> for LocationView {
    fn from(location: Location) -> Self {
        Self {
            id: location.id,
            name: location.name,
            created_at: location.created_at,
        }
    }
}

impl From<Adjustment> for AdjustmentView {
    fn from(adjustment: Adjustment) -> Self {
        Self {
            id: adjustment.id,
            sku: adjustment.sku,
            location_id: adjustment.location_id,
            reason: adjustment.reason.as_str(),
            delta: adjustment.delta,
            on_hand: adjustment.on_hand,
            by: adjustment.by,
            note: adjustment.note,
            at: adjustment.at,
        }
    }
}

impl From<Level> for LevelView {
    fn from(level: Level) -> Self {
        Self {
            available: level.available(),
            sku: level.sku,
            location_id: level.location_id,
            on_hand: level.on_hand,
            reserved: level.reserved,
            safety: level.safety,
        }
    }
}
