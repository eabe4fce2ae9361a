//! Rows and access patterns I1 to I9 of the table `inventory`; the only code that touches it.
//!
//! | row | pk | sk |
//! |---|---|---|
//! | location | `locations` | `location#<location id>` |
//! | level | `sku#<sku>` | `level#<location id>` |
//! | adjustment | `sku#<sku>` | `adjustment#<adjustment id>` |
//! | reservation | `order#<order id>` | `reservation` |

pub(crate) mod rows;

use std::collections::BTreeSet;

use kernel::{Limit, Page, Sku};
use platform::Cloud;
use platform::table::{Condition, Put, Table, TableError, Transaction, TransactionError, Update};

use crate::plan::{Group, Take};
use crate::reservation::{Reservation, State, Step};
use crate::stock::{Adjustment, AdjustmentId, Level, Location, LocationId, OrderId};
use rows::{AdjustmentRow, LevelRow, LocationRow, ReservationRow};

/// The most places that stock can lie at: one page, so that a plan sees them all.
pub(crate) const LOCATIONS_MAX: u8 = 100;

/// The table `inventory`.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    table: Table,
}

/// What became of the transaction of one group.
#[derive(Debug)]
pub(crate) enum Written {
    /// Everything is written.
    All,
    /// Nothing is, since these orders of the group were decided before.
    DecidedBefore(Vec<usize>),
    /// Nothing is, since the stock is no longer what the plan saw.
    Moved,
}

impl Store {
    pub(crate) fn new(cloud: &Cloud) -> Self {
        Self {
            table: cloud.table("inventory"),
        }
    }

    /// I1: insert one location. A second insert of the same id leaves the first, and says so.
    pub(crate) async fn insert_location(&self, location: &Location) -> Result<Option<Location>, TableError> {
        match self
            .table
            .put(&LocationRow::from(location))
            .only_if_absent()
            .send()
            .await
        {
            Ok(()) => Ok(None),
            Err(error) if error.is_condition_failed() => Ok(error
                .old_item::<LocationRow>()
                .map(Location::from)
                .or_else(|| Some(location.clone()))),
            Err(error) => Err(error),
        }
    }

    /// I2: a page of locations, oldest first.
    pub(crate) async fn page_of_locations(
        &self,
        limit: Limit,
        after: Option<String>,
    ) -> Result<Page<Location>, TableError> {
        let query = self.table.query(rows::LOCATIONS).limit(limit).after(after);
        Ok(query.page::<LocationRow>().await?.map(Location::from))
    }

    /// I2: every location, as the last write left them.
    pub(crate) async fn all_locations(&self) -> Result<Vec<LocationId>, TableError> {
        let query = self
            .table
            .query(rows::LOCATIONS)
            .limit(LOCATIONS_MAX)
            .consistent();
        Ok(query
            .page::<LocationRow>()
            .await?
            .items
            .into_iter()
            .map(|row| row.location_id)
            .collect())
    }

    /// I3: whether a location exists, as the last write left it.
    pub(crate) async fn has_location(&self, id: &LocationId) -> Result<bool, TableError> {
        Ok(self
            .table
            .get_consistent::<LocationRow>(rows::location_key(id))
            .await?
            .is_some())
    }

    /// I4: a page of one SKU's levels, oldest location first.
    pub(crate) async fn page_of_levels(
        &self,
        sku: &Sku,
        limit: Limit,
        after: Option<String>,
    ) -> Result<Page<Level>, TableError> {
        let query = self
            .table
            .query(rows::sku_pk(sku))
            .begins_with(rows::LEVEL)
            .limit(limit)
            .after(after);
        Ok(query.page::<LevelRow>().await?.map(Level::from))
    }

    /// I5: all levels of some SKUs. One query for one SKU; for more, the locations and then the
    /// levels by key, a hundred a call.
    pub(crate) async fn levels(
        &self,
        skus: &BTreeSet<Sku>,
        consistent: bool,
    ) -> Result<Vec<Level>, TableError> {
        if let (1, Some(sku)) = (skus.len(), skus.first()) {
            let query = self
                .table
                .query(rows::sku_pk(sku))
                .begins_with(rows::LEVEL)
                .limit(LOCATIONS_MAX);
            let query = if consistent { query.consistent() } else { query };
            return Ok(query.page::<LevelRow>().await?.map(Level::from).items);
        }
        if skus.is_empty() {
            return Ok(Vec::new());
        }
        let locations = self.all_locations().await?;
        let keys = skus
            .iter()
            .flat_map(|sku| locations.iter().map(|place| rows::level_key(sku, place)))
            .collect();
        let found: Vec<LevelRow> = if consistent {
            self.table.get_many_consistent(keys).await?
        } else {
            self.table.get_many(keys).await?
        };
        Ok(found.into_iter().map(Level::from).collect())
    }

    /// I5: one level, as the last write left it.
    pub(crate) async fn level(
        &self,
        sku: &Sku,
        location_id: &LocationId,
    ) -> Result<Option<Level>, TableError> {
        Ok(self
            .table
            .get_consistent::<LevelRow>(rows::level_key(sku, location_id))
            .await?
            .map(Level::from))
    }

    /// I5: the levels that a step changes, as the last writes left them.
    pub(crate) async fn levels_of(&self, step: &Step) -> Result<Vec<Level>, TableError> {
        let keys = step
            .levels
            .iter()
            .map(|level| rows::level_key(&level.sku, &level.location_id))
            .collect();
        Ok(self
            .table
            .get_many_consistent::<LevelRow>(keys)
            .await?
            .into_iter()
            .map(Level::from)
            .collect())
    }

    /// I6: one adjustment.
    pub(crate) async fn adjustment(
        &self,
        sku: &Sku,
        id: &AdjustmentId,
    ) -> Result<Option<Adjustment>, TableError> {
        Ok(self
            .table
            .get_consistent::<AdjustmentRow>(rows::adjustment_key(sku, id))
            .await?
            .map(Adjustment::from))
    }

    /// I6: a page of one SKU's adjustments, newest first.
    pub(crate) async fn page_of_adjustments(
        &self,
        sku: &Sku,
        limit: Limit,
        after: Option<String>,
    ) -> Result<Page<Adjustment>, TableError> {
        let query = self
            .table
            .query(rows::sku_pk(sku))
            .begins_with(rows::ADJUSTMENT)
            .descending();
        Ok(query
            .limit(limit)
            .after(after)
            .page::<AdjustmentRow>()
            .await?
            .map(Adjustment::from))
    }

    /// I7: a level and the adjustment that explains it, together. Refused when the level has
    /// changed since it was read, or the adjustment was entered before.
    pub(crate) async fn adjust(
        &self,
        level: &Level,
        adjustment: &Adjustment,
    ) -> Result<(), TransactionError> {
        Transaction::new()
            .with(
                self.table
                    .put(&LevelRow::from(level))
                    .only_if(follows(level.version)),
            )
            .with(self.table.put(&AdjustmentRow::from(adjustment)).only_if_absent())
            .commit()
            .await
    }

    /// I8: the decisions of one group of orders and what they take, together. An order that was
    /// decided before keeps its decision.
    pub(crate) async fn decide(
        &self,
        decided: &[Reservation],
        group: &Group,
    ) -> Result<Written, TransactionError> {
        let mut transaction = Transaction::new();
        for reservation in decided {
            transaction = transaction.with(
                self.table
                    .put(&ReservationRow::from(reservation))
                    .only_if_absent(),
            );
        }
        for take in &group.takes {
            transaction = transaction.with(self.take(take));
        }
        match transaction.commit().await {
            Ok(()) => Ok(Written::All),
            Err(error) if error.is_condition_failed() => {
                let before: Vec<_> = (0..decided.len())
                    .filter(|index| error.condition_failed_at(*index))
                    .collect();
                Ok(if before.is_empty() {
                    Written::Moved
                } else {
                    Written::DecidedBefore(before)
                })
            }
            Err(error) if error.is_conflict() => Ok(Written::Moved),
            Err(error) => Err(error),
        }
    }

    /// I9: the reservation of an order, as the last write left it.
    pub(crate) async fn reservation(&self, order_id: &OrderId) -> Result<Option<Reservation>, TableError> {
        let row = self
            .table
            .get_consistent::<ReservationRow>(rows::reservation_key(order_id))
            .await?;
        Ok(row.map(Reservation::from))
    }

    /// I9: insert a reservation alone. Says whether there was none before.
    pub(crate) async fn insert_reservation(&self, reservation: &Reservation) -> Result<bool, TableError> {
        match self
            .table
            .put(&ReservationRow::from(reservation))
            .only_if_absent()
            .send()
            .await
        {
            Ok(()) => Ok(true),
            Err(error) if error.is_condition_failed() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// I9: give back what was set aside, and the reservation that says so, together. Refused when
    /// the reservation has changed since it was read.
    pub(crate) async fn release(&self, step: &Step) -> Result<(), TransactionError> {
        let mut transaction = Transaction::new().with(self.replace_reservation(&step.next));
        for level in &step.levels {
            let update = self.table.update(rows::level_key(&level.sku, &level.location_id));
            let update = update
                .add("reserved", -level.pieces)
                .add("available", level.pieces)
                .add("version", 1);
            transaction = transaction.with(update.only_if(Condition::ge("reserved", level.pieces)));
        }
        transaction.commit().await
    }

    /// I9: what left the house: the levels, an adjustment for each change of them, and the
    /// reservation that says so, together. Refused when any has changed since it was read.
    pub(crate) async fn ship(
        &self,
        next: &Reservation,
        levels: &[Level],
        adjustments: &[Adjustment],
    ) -> Result<(), TransactionError> {
        let mut transaction = Transaction::new().with(self.replace_reservation(next));
        for level in levels {
            let put = self.table.put(&LevelRow::from(level));
            transaction = transaction.with(put.only_if(follows(level.version)));
        }
        for adjustment in adjustments {
            transaction = transaction.with(self.table.put(&AdjustmentRow::from(adjustment)).only_if_absent());
        }
        transaction.commit().await
    }

    fn replace_reservation(&self, next: &Reservation) -> Put {
        let held = Condition::eq("state", State::Held.as_str());
        self.table
            .put(&ReservationRow::from(next))
            .only_if(held.and(follows(next.version)))
    }

    /// The level's counters move; a level that only backorders draw from may not exist yet.
    fn take(&self, take: &Take) -> Update {
        let update = self
            .table
            .update(rows::level_key(&take.sku, &take.location_id))
            .add("reserved", take.pieces)
            .add("available", -take.pieces)
            .add("version", 1);
        match take.floor {
            Some(floor) => update.only_if(Condition::ge("available", floor)),
            None => update
                .set_if_absent("sku", &take.sku)
                .set_if_absent("location_id", &take.location_id)
                .set_if_absent("on_hand", 0_i64)
                .set_if_absent("safety", 0_i64),
        }
    }
}

/// The item is of the version before this one; the first version follows nothing.
fn follows(version: u64) -> Condition {
    match version.saturating_sub(1) {
        0 => Condition::absent(),
        before => Condition::eq("version", before),
    }
}
