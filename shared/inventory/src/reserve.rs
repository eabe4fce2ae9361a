//! Stock is set aside for orders, a batch at a time.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Fault, Sku};
use platform::table::{TableError, Transaction, TransactionError};

use crate::Inventory;
use crate::plan::{Decision, Demand, Shelves, group, plan};
use crate::reservation::Reservation;
use crate::stock::OrderId;
use crate::store::Written;

/// How often a batch is planned anew when its stock moves meanwhile.
const TRIES_MAX: usize = 6;

/// Why an order of a batch was not decided. Every reason is one for another try.
#[derive(Debug, thiserror::Error)]
pub enum ReserveError {
    /// The stock kept moving.
    #[error("the stock kept moving while the order was decided")]
    Contended,
    /// The table did not answer for the batch.
    #[error("the batch was not decided: {0}")]
    Unanswered(String),
}

impl From<ReserveError> for Fault {
    fn from(error: ReserveError) -> Self {
        Self::busy(error)
    }
}

/// Why a whole round came to nothing.
#[derive(Debug, thiserror::Error)]
enum RoundError {
    #[error("the stock could not be read")]
    Read(#[from] TableError),
    #[error("the decisions could not be stored")]
    Write(#[from] TransactionError),
}

impl Inventory {
    /// Sets stock aside for each order of a batch, or rejects it; answers for each, in order.
    ///
    /// All orders of a batch are planned together and written in as few transactions as hold them:
    /// each level once, however many orders draw from it. When the stock moves meanwhile, what is
    /// not written yet is planned anew from what is there. An order that was decided before, by an
    /// earlier delivery or by a release that came first, keeps its decision.
    pub async fn reserve(&self, batch: Vec<Demand>) -> Vec<Result<(), ReserveError>> {
        let orders: Vec<OrderId> = batch.iter().map(|demand| demand.order_id.clone()).collect();
        let mut open: BTreeMap<OrderId, Demand> = BTreeMap::new();
        for demand in batch {
            open.entry(demand.order_id.clone()).or_insert(demand);
        }
        let mut left = in_order(&orders, &mut open);
        let mut failure = None;
        for _ in 0..TRIES_MAX {
            if left.is_empty() {
                break;
            }
            match self.round(&mut left).await {
                Ok(()) => failure = None,
                Err(error) => {
                    failure = Some(chain(&error));
                    break;
                }
            }
        }
        let undecided: BTreeSet<OrderId> = left.into_iter().map(|demand| demand.order_id).collect();
        let outcome = |order_id: &OrderId| match &failure {
            _ if !undecided.contains(order_id) => Ok(()),
            Some(words) => Err(ReserveError::Unanswered(words.clone())),
            None => Err(ReserveError::Contended),
        };
        orders.iter().map(outcome).collect()
    }

    /// Plans what is left and writes it group by group, up to the first group whose stock moved.
    /// What is decided leaves the list.
    async fn round(&self, left: &mut Vec<Demand>) -> Result<(), RoundError> {
        let decisions = plan(left, self.shelves(left).await?);
        let now = self.clock.now();
        let mut done: BTreeSet<usize> = BTreeSet::new();
        for group in group(&decisions, Transaction::WRITES_MAX) {
            let decided: Vec<Reservation> = group
                .orders
                .clone()
                .map(|index| decide(&left[index], &decisions[index], now))
                .collect();
            let written = self.store.decide(&decided, &group).await;
            match written {
                Ok(Written::All) => done.extend(group.orders),
                Ok(Written::DecidedBefore(known)) => {
                    done.extend(known.into_iter().map(|index| group.orders.start + index));
                    break;
                }
                Ok(Written::Moved) => break,
                Err(error) => {
                    keep_undone(left, &done);
                    return Err(error.into());
                }
            }
        }
        keep_undone(left, &done);
        Ok(())
    }

    /// What can be promised of everything the orders ask for. What can only wait for goods and has
    /// never been anywhere is promised at the oldest location.
    async fn shelves(&self, batch: &[Demand]) -> Result<Shelves, TableError> {
        let counted = || {
            batch
                .iter()
                .flat_map(|demand| &demand.lines)
                .filter(|need| need.tracks_inventory)
        };
        let skus: BTreeSet<Sku> = counted().map(|need| need.sku.clone()).collect();
        let mut shelves = Shelves::default();
        for level in self.store.levels(&skus, true).await? {
            let available = level.available();
            shelves.stock(level.sku, level.location_id, available);
        }
        let nowhere: BTreeSet<&Sku> = counted()
            .filter(|need| need.allow_backorder && !shelves.knows(&need.sku))
            .map(|need| &need.sku)
            .collect();
        if !nowhere.is_empty()
            && let Some(oldest) = self.store.all_locations().await?.into_iter().next()
        {
            let nowhere: Vec<Sku> = nowhere.into_iter().cloned().collect();
            for sku in nowhere {
                shelves.stock(sku, oldest.clone(), 0);
            }
        }
        Ok(shelves)
    }
}

fn decide(demand: &Demand, decision: &Decision, now: kernel::Time) -> Reservation {
    Reservation::decided(demand.order_id.clone(), decision.clone(), now)
}

fn in_order(orders: &[OrderId], open: &mut BTreeMap<OrderId, Demand>) -> Vec<Demand> {
    orders
        .iter()
        .filter_map(|order_id| open.remove(order_id))
        .collect()
}

fn keep_undone(left: &mut Vec<Demand>, done: &BTreeSet<usize>) {
    let mut index = 0;
    left.retain(|_| {
        index += 1;
        !done.contains(&(index - 1))
    });
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
