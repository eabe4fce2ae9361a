//! What an order was promised, and how the promise ends. Pure.
//!
//! `held → released | committed`; `rejected` is final. A release that comes before anything was
//! promised leaves a `released` reservation behind, so that the late promise is never made.

use std::collections::BTreeMap;

use kernel::{Sku, Time};

use crate::plan::{Decision, HeldLine, Shortage};
use crate::stock::{LocationId, OrderId};

/// Where a promise stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The pieces are set aside.
    Held,
    /// There were too few.
    Rejected,
    /// The pieces are free again, or were never set aside.
    Released,
    /// The pieces have left the house.
    Committed,
}

/// The one reservation of one order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reservation {
    /// Which order.
    pub order_id: OrderId,
    /// Where it stands.
    pub state: State,
    /// What each line got; empty unless pieces were set aside.
    pub lines: Vec<HeldLine>,
    /// What was short, when it was rejected.
    pub shortage: Option<Shortage>,
    /// Goes up with each change.
    pub version: u64,
    /// When it was decided.
    pub decided_at: Time,
}

/// Pieces of one level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LevelPieces {
    /// What.
    pub sku: Sku,
    /// Where.
    pub location_id: LocationId,
    /// How many.
    pub pieces: i64,
}

/// One transaction towards the end of a promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    /// The levels it changes, each once.
    pub levels: Vec<LevelPieces>,
    /// The reservation afterwards.
    pub next: Reservation,
}

/// The order's goods cannot leave, since they are not set aside.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the stock of order `{order_id}` is {} and cannot be shipped", .state.as_str())]
pub struct NotHeld {
    /// Which order.
    pub order_id: OrderId,
    /// Where its reservation stands.
    pub state: State,
}

impl State {
    /// The word in the books.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Rejected => "rejected",
            Self::Released => "released",
            Self::Committed => "committed",
        }
    }
}

impl Reservation {
    /// The reservation that a decision makes.
    pub(crate) fn decided(order_id: OrderId, decision: Decision, now: Time) -> Self {
        let (state, lines, shortage) = match decision {
            Decision::Held(lines) => (State::Held, lines, None),
            Decision::Rejected(shortage) => (State::Rejected, Vec::new(), Some(shortage)),
        };
        Self {
            order_id,
            state,
            lines,
            shortage,
            version: 1,
            decided_at: now,
        }
    }

    /// What a release leaves behind that comes before the decision.
    pub(crate) fn tombstone(order_id: OrderId, now: Time) -> Self {
        Self {
            order_id,
            state: State::Released,
            lines: Vec::new(),
            shortage: None,
            version: 1,
            decided_at: now,
        }
    }

    /// Gives back what is set aside; `None` when nothing is.
    pub(crate) fn release(&self) -> Option<Step> {
        match self.state {
            State::Held => Some(Step {
                levels: self.unshipped().into_values().collect(),
                next: Self {
                    state: State::Released,
                    version: self.version + 1,
                    ..self.clone()
                },
            }),
            State::Rejected | State::Released | State::Committed => None,
        }
    }

    /// Lets pieces of at most `levels_max` levels leave the house; `None` when all have left.
    ///
    /// The last step commits the reservation. Each step marks what has left, so that a commit
    /// which died half-way goes on where it stopped.
    pub(crate) fn ship(&self, levels_max: usize) -> Result<Option<Step>, NotHeld> {
        match self.state {
            State::Committed => return Ok(None),
            State::Rejected | State::Released => {
                return Err(NotHeld {
                    order_id: self.order_id.clone(),
                    state: self.state,
                });
            }
            State::Held => {}
        }
        let waiting = self.unshipped();
        let last = waiting.len() <= levels_max;
        let leaving: BTreeMap<_, _> = waiting.into_iter().take(levels_max).collect();
        let mut next = Self {
            state: if last { State::Committed } else { State::Held },
            version: self.version + 1,
            ..self.clone()
        };
        for line in &mut next.lines {
            for part in &mut line.parts {
                part.shipped |= leaving.contains_key(&(line.sku.clone(), part.location_id.clone()));
            }
        }
        Ok(Some(Step {
            levels: leaving.into_values().collect(),
            next,
        }))
    }

    /// What is set aside and still here, summed by level.
    fn unshipped(&self) -> BTreeMap<(Sku, LocationId), LevelPieces> {
        let mut levels: BTreeMap<_, LevelPieces> = BTreeMap::new();
        for line in &self.lines {
            for part in line.parts.iter().filter(|part| !part.shipped) {
                let key = (line.sku.clone(), part.location_id.clone());
                let level = levels
                    .entry(key)
                    .or_insert_with_key(|(sku, location_id)| LevelPieces {
                        sku: sku.clone(),
                        location_id: location_id.clone(),
                        pieces: 0,
                    });
                level.pieces += part.pieces;
            }
        }
        levels
    }
}

#[cfg(test)]
mod tests;
