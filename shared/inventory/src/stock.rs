//! Stock of one SKU at one location, and how it may change. Pure.

use kernel::{Sku, Time};

kernel::typed_id!(
    /// Names one place where goods lie.
    LocationId,
    "location"
);

kernel::typed_id!(
    /// Names one change of what is on hand.
    AdjustmentId,
    "adjustment"
);

kernel::typed_id!(
    /// Names the order that a reservation serves. Orders mint it.
    OrderId,
    "order"
);

/// The most pieces one level may hold.
pub(crate) const PIECES_MAX: i64 = 1_000_000_000;

/// A place where goods lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// Its id; older locations have smaller ids and are picked first.
    pub id: LocationId,
    /// What staff call it.
    pub name: String,
    /// When it was added.
    pub created_at: Time,
}

/// What one location holds of one SKU.
///
/// `on_hand` is the sum of all adjustments and never negative. `reserved` is the sum of all live
/// reservations; it exceeds `on_hand` only by what was sold as backorder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
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
    /// Goes up with each change.
    pub version: u64,
}

/// Why what is on hand changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Goods came in.
    Received,
    /// Goods left for a buyer; only shipping an order says so.
    Sold,
    /// Goods came back and can be sold again.
    Returned,
    /// Goods were lost or spoiled.
    Damaged,
    /// A count found more, fewer or as many as the books say.
    Counted,
}

/// What staff ask to have changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adjust {
    /// The id of the adjustment to be; the same id twice is one adjustment.
    pub id: AdjustmentId,
    /// What.
    pub sku: Sku,
    /// Where.
    pub location_id: LocationId,
    /// Why.
    pub reason: Reason,
    /// How many pieces more, or fewer when negative.
    pub delta: i64,
    /// How many pieces to keep back from now on, when that changes.
    pub safety: Option<i64>,
    /// Who asks.
    pub by: String,
    /// What else there is to say.
    pub note: Option<String>,
}

/// One change of what is on hand. Never altered afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adjustment {
    /// Its id.
    pub id: AdjustmentId,
    /// What.
    pub sku: Sku,
    /// Where.
    pub location_id: LocationId,
    /// Why.
    pub reason: Reason,
    /// How many pieces more, or fewer when negative.
    pub delta: i64,
    /// What was on hand afterwards.
    pub on_hand: i64,
    /// Who did it.
    pub by: String,
    /// What else there is to say.
    pub note: Option<String>,
    /// When.
    pub at: Time,
}

/// Why a level may not change like this.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LevelError {
    /// The sign of the change contradicts its reason.
    #[error("a change because of `{0}` must be {1}")]
    WrongSign(&'static str, &'static str),
    /// Fewer pieces would be left than orders were promised.
    #[error("{reserved} of {on_hand} pieces are promised to orders; at most {} can be taken away", (.on_hand - .reserved).max(0))]
    BelowReserved {
        /// Pieces that are there.
        on_hand: i64,
        /// Pieces that are promised.
        reserved: i64,
    },
    /// More than a level can hold.
    #[error("a level holds at most {PIECES_MAX} pieces")]
    TooMany,
    /// More leaves than was ever promised: the books contradict themselves.
    #[error("{asked} pieces leave, but only {reserved} were promised")]
    NotReserved {
        /// Pieces that leave.
        asked: i64,
        /// Pieces that were promised.
        reserved: i64,
    },
}

impl Reason {
    /// The word staff and the books use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Sold => "sold",
            Self::Returned => "returned",
            Self::Damaged => "damaged",
            Self::Counted => "counted",
        }
    }

    /// Goods come in by receipt and return, go out by sale and damage; a count goes either way.
    fn allows(self, delta: i64) -> Result<(), LevelError> {
        let (fits, expected) = match self {
            Self::Received | Self::Returned => (delta > 0, "positive"),
            Self::Sold | Self::Damaged => (delta < 0, "negative"),
            Self::Counted => (true, "any number"),
        };
        if fits {
            Ok(())
        } else {
            Err(LevelError::WrongSign(self.as_str(), expected))
        }
    }
}

impl Level {
    /// A level where nothing has ever been.
    pub fn empty(sku: Sku, location_id: LocationId) -> Self {
        Self {
            sku,
            location_id,
            on_hand: 0,
            reserved: 0,
            safety: 0,
            version: 0,
        }
    }

    /// Pieces that can be promised; negative while backorders wait for goods.
    pub const fn available(&self) -> i64 {
        self.on_hand - self.reserved - self.safety
    }

    /// The level after an adjustment.
    ///
    /// Refuses to take away what orders were promised, and a sign that contradicts the reason.
    pub fn adjusted(&self, adjust: &Adjust) -> Result<Self, LevelError> {
        adjust.reason.allows(adjust.delta)?;
        let on_hand = self
            .on_hand
            .checked_add(adjust.delta)
            .ok_or(LevelError::TooMany)?;
        if adjust.delta < 0 && on_hand < self.reserved {
            return Err(LevelError::BelowReserved {
                on_hand: self.on_hand,
                reserved: self.reserved,
            });
        }
        let safety = adjust.safety.unwrap_or(self.safety);
        if on_hand > PIECES_MAX || safety > PIECES_MAX {
            return Err(LevelError::TooMany);
        }
        Ok(Self {
            on_hand,
            safety,
            version: self.version + 1,
            ..self.clone()
        })
    }

    /// The level after promised pieces left the house, and how many of them the books did not know.
    ///
    /// What left was there: pieces that a backorder took before their receipt was entered are
    /// found by this very fact, so `on_hand` ends at zero and never below.
    pub fn shipped(&self, pieces: i64) -> Result<(Self, i64), LevelError> {
        if pieces > self.reserved {
            return Err(LevelError::NotReserved {
                asked: pieces,
                reserved: self.reserved,
            });
        }
        let found = (pieces - self.on_hand).max(0);
        let level = Self {
            on_hand: self.on_hand + found - pieces,
            reserved: self.reserved - pieces,
            version: self.version + 1,
            ..self.clone()
        };
        Ok((level, found))
    }
}

#[cfg(test)]
mod tests;
