//! Who gets what: decides a batch of orders against the stock on the shelves. Pure.
//!
//! Orders are served in the order of the batch. Each gets all its lines or none. Of the locations,
//! one that can serve the whole order is preferred, then one that can serve a whole line; a line
//! is split last.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use kernel::{Quantity, Sku};

use crate::stock::{LocationId, OrderId};

/// The most levels one order may draw from: with its own row they fill one transaction.
pub const LEVELS_PER_ORDER_MAX: usize = 99;

/// What one order asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demand {
    /// Which order.
    pub order_id: OrderId,
    /// Its lines, in the buyer's order.
    pub lines: Vec<Need>,
}

/// What one line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// Which line.
    pub line_id: String,
    /// What.
    pub sku: Sku,
    /// How many.
    pub quantity: Quantity,
    /// Whether it may be promised before the goods are here.
    pub allow_backorder: bool,
    /// Whether it is counted at all; a download is not.
    pub tracks_inventory: bool,
}

/// What one line got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HeldLine {
    /// Which line.
    pub line_id: String,
    /// What.
    pub sku: Sku,
    /// Whether it may be promised before the goods are here.
    pub allow_backorder: bool,
    /// From where and how many; empty for what is not counted.
    pub parts: Vec<Part>,
}

/// Pieces of one line at one location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    /// Where.
    pub location_id: LocationId,
    /// How many.
    pub pieces: i64,
    /// Whether they have left the house.
    pub shipped: bool,
}

/// The first line of an order that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shortage {
    /// What is short.
    pub sku: Sku,
    /// How many pieces could be promised when the order was decided.
    pub available: i64,
}

/// What becomes of one order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Every line got its pieces.
    Held(Vec<HeldLine>),
    /// One line did not, so none does.
    Rejected(Shortage),
}

/// Pieces that can be promised, by SKU and location.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Shelves(BTreeMap<Sku, BTreeMap<LocationId, i64>>);

/// What a group of orders takes from one level, in one write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Take {
    /// What.
    pub sku: Sku,
    /// Where.
    pub location_id: LocationId,
    /// All pieces of the group together.
    pub pieces: i64,
    /// What must be available for the decisions to hold; `None` when only backorders draw here.
    pub floor: Option<i64>,
}

/// Orders next to each other in the batch that are written in one transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    /// Which of the decided orders.
    pub orders: Range<usize>,
    /// What they take, one entry a level.
    pub takes: Vec<Take>,
}

impl Shelves {
    /// Puts what is available on its shelf.
    pub(crate) fn stock(&mut self, sku: Sku, location_id: LocationId, available: i64) {
        self.0.entry(sku).or_default().insert(location_id, available);
    }

    /// Whether any location has ever held this.
    pub(crate) fn knows(&self, sku: &Sku) -> bool {
        self.0.get(sku).is_some_and(|places| !places.is_empty())
    }

    /// Pieces that can be promised at all locations together.
    pub(crate) fn available(&self, sku: &Sku) -> i64 {
        self.places(sku).map(|(_, available)| available.max(0)).sum()
    }

    fn at(&self, sku: &Sku, location_id: &LocationId) -> i64 {
        self.0
            .get(sku)
            .and_then(|places| places.get(location_id))
            .copied()
            .unwrap_or(0)
    }

    fn places(&self, sku: &Sku) -> impl Iterator<Item = (&LocationId, i64)> {
        self.0
            .get(sku)
            .into_iter()
            .flatten()
            .map(|(place, available)| (place, *available))
    }

    fn take(&mut self, sku: &Sku, parts: &[Part], sign: i64) {
        for part in parts {
            if let Some(available) = self
                .0
                .get_mut(sku)
                .and_then(|places| places.get_mut(&part.location_id))
            {
                *available -= sign * part.pieces;
            }
        }
    }
}

/// Decides each order of a batch, in the batch's order. An order that is rejected takes nothing.
pub(crate) fn plan(batch: &[Demand], mut shelves: Shelves) -> Vec<Decision> {
    batch.iter().map(|demand| decide(demand, &mut shelves)).collect()
}

fn decide(demand: &Demand, shelves: &mut Shelves) -> Decision {
    let home = home(demand, shelves);
    let before: BTreeMap<&Sku, i64> = demand
        .lines
        .iter()
        .map(|need| (&need.sku, shelves.available(&need.sku)))
        .collect();
    let mut held: Vec<HeldLine> = Vec::with_capacity(demand.lines.len());
    let mut touched = BTreeSet::new();
    for need in &demand.lines {
        let parts = parts_of(need, home.as_ref(), shelves).filter(|parts| {
            touched.extend(
                parts
                    .iter()
                    .map(|part| (need.sku.clone(), part.location_id.clone())),
            );
            touched.len() <= LEVELS_PER_ORDER_MAX
        });
        let Some(parts) = parts else {
            for line in &held {
                shelves.take(&line.sku, &line.parts, -1);
            }
            return Decision::Rejected(Shortage {
                sku: need.sku.clone(),
                available: before.get(&need.sku).copied().unwrap_or(0),
            });
        };
        shelves.take(&need.sku, &parts, 1);
        held.push(HeldLine {
            line_id: need.line_id.clone(),
            sku: need.sku.clone(),
            allow_backorder: need.allow_backorder,
            parts,
        });
    }
    Decision::Held(held)
}

/// The first location that has everything the order cannot wait for.
fn home(demand: &Demand, shelves: &Shelves) -> Option<LocationId> {
    let mut needed: BTreeMap<&Sku, i64> = BTreeMap::new();
    for need in demand
        .lines
        .iter()
        .filter(|need| need.tracks_inventory && !need.allow_backorder)
    {
        *needed.entry(&need.sku).or_default() += i64::from(need.quantity.get());
    }
    let (first, _) = needed.first_key_value()?;
    let serves_all = |place: &&LocationId| {
        needed
            .iter()
            .all(|(sku, pieces)| shelves.at(sku, place) >= *pieces)
    };
    shelves
        .places(first)
        .map(|(place, _)| place)
        .find(serves_all)
        .cloned()
}

/// Where one line's pieces come from; `None` when there are too few.
fn parts_of(need: &Need, home: Option<&LocationId>, shelves: &Shelves) -> Option<Vec<Part>> {
    let pieces = i64::from(need.quantity.get());
    let part = |place: &LocationId, pieces| Part {
        location_id: place.clone(),
        pieces,
        shipped: false,
    };
    if !need.tracks_inventory {
        return Some(Vec::new());
    }
    let whole_at_home = home.filter(|place| shelves.at(&need.sku, place) >= pieces);
    let whole = || {
        shelves
            .places(&need.sku)
            .find(|(_, available)| *available >= pieces)
            .map(|(place, _)| place)
    };
    if let Some(place) = whole_at_home.or_else(whole) {
        return Some(vec![part(place, pieces)]);
    }
    let mut fullest: Vec<_> = shelves.places(&need.sku).collect();
    fullest.sort_by_key(|(_, available)| std::cmp::Reverse(*available));
    if need.allow_backorder {
        return Some(
            fullest
                .first()
                .map(|(place, _)| part(place, pieces))
                .into_iter()
                .collect(),
        );
    }
    let mut left = pieces;
    let mut parts = Vec::new();
    for (place, available) in fullest {
        let taken = available.clamp(0, left);
        if taken > 0 {
            parts.push(part(place, taken));
            left -= taken;
        }
    }
    (left == 0).then_some(parts)
}

/// Cuts decided orders into transactions of at most `actions_max` writes: one for each order and
/// one for each level they draw from. The cuts keep the batch's order.
pub(crate) fn group(decisions: &[Decision], actions_max: usize) -> Vec<Group> {
    let mut groups = Vec::new();
    let mut start = 0;
    let mut takes: BTreeMap<(Sku, LocationId), Take> = BTreeMap::new();
    for (index, decision) in decisions.iter().enumerate() {
        let new_levels = levels_of(decision)
            .filter(|level| !takes.contains_key(level))
            .collect::<BTreeSet<_>>()
            .len();
        let actions = (index - start) + 1 + takes.len() + new_levels;
        if index > start && actions > actions_max {
            groups.push(Group {
                orders: start..index,
                takes: std::mem::take(&mut takes).into_values().collect(),
            });
            start = index;
        }
        add(&mut takes, decision);
    }
    if start < decisions.len() {
        groups.push(Group {
            orders: start..decisions.len(),
            takes: takes.into_values().collect(),
        });
    }
    groups
}

fn levels_of(decision: &Decision) -> impl Iterator<Item = (Sku, LocationId)> {
    let lines = match decision {
        Decision::Held(lines) => lines.as_slice(),
        Decision::Rejected(_) => &[],
    };
    lines.iter().flat_map(|line| {
        line.parts
            .iter()
            .map(|part| (line.sku.clone(), part.location_id.clone()))
    })
}

fn add(takes: &mut BTreeMap<(Sku, LocationId), Take>, decision: &Decision) {
    let Decision::Held(lines) = decision else { return };
    for line in lines {
        for part in &line.parts {
            let level = (line.sku.clone(), part.location_id.clone());
            let take = takes.entry(level).or_insert_with_key(|(sku, location_id)| Take {
                sku: sku.clone(),
                location_id: location_id.clone(),
                pieces: 0,
                floor: None,
            });
            take.pieces += part.pieces;
            if !line.allow_backorder {
                take.floor = Some(take.pieces);
            }
        }
    }
}

#[cfg(test)]
mod tests;
