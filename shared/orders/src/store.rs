//! The orders' access patterns O1 to O11; nothing else touches the table `orders`.

use carts::OrderId;
use kernel::{Fault, Limit, Page, Time};
use platform::Cloud;
use platform::table::{Condition, Key, Put, Table};
use serde::{Deserialize, Serialize};

use crate::order::{Order, Status};

mod listing;
mod owner;
mod row;

use listing::{LISTING_SHARDS, Shard, merge};
pub(crate) use owner::{Blinding, LIVING_AT, Owner};
pub(crate) use row::{Duty, OrderRow, is_order};

/// How many partitions the index `by_due` is spread over, so that none is hot.
pub(crate) const DUE_SHARDS: u8 = 8;

/// The orders' table.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    table: Table,
}

/// The counter of order numbers: one item for the whole shop.
#[derive(Debug, Serialize, Deserialize)]
struct NumbersRow {
    allocated: u64,
}

#[derive(Debug, Deserialize)]
struct DueRow {
    order_id: OrderId,
}

impl Store {
    pub(crate) fn new(cloud: &Cloud) -> Self {
        Self {
            table: cloud.table("orders"),
        }
    }

    /// O1: insert one order, inside the transaction that closes its cart. The second insert of the
    /// same id fails its condition.
    pub(crate) fn inserting(&self, order: &Order) -> Put {
        self.table.put(&OrderRow::from(order)).only_if_absent()
    }

    /// O2: one order, with every change that was answered before.
    pub(crate) async fn find(&self, order_id: &OrderId) -> Result<Option<Order>, Fault> {
        let row = self.table.get_consistent::<OrderRow>(row::key(order_id)).await?;
        row.map(read).transpose()
    }

    /// O3: replace the order that was read at version `read`; false when somebody else has changed
    /// it since. Every change raises the version, so the second call is false.
    pub(crate) async fn replace(&self, order: &Order, read: u64) -> Result<bool, Fault> {
        let same = Condition::eq("version", read);
        match self.table.put(&OrderRow::from(order)).only_if(same).send().await {
            Ok(()) => Ok(true),
            Err(error) if error.is_condition_failed() => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// O4: one page of all orders, or of those in a status, newest first. Reads each of the
    /// listing's shards, in order, no further than the page needs: its cost depends on the page
    /// alone. The position is that of the last order shown.
    pub(crate) async fn page(
        &self,
        status: Option<Status>,
        limit: Limit,
        after: Option<String>,
    ) -> Result<Page<Order>, Fault> {
        let fetch = usize::from(limit.get()) / usize::from(LISTING_SHARDS) + 2;
        let mut shards = (0..LISTING_SHARDS).map(|shard| Shard::new(shard, after.clone()));
        let (Some(mut a), Some(mut b), Some(mut c), Some(mut d)) =
            (shards.next(), shards.next(), shards.next(), shards.next())
        else {
            return Err(Fault::broken("the listing has four shards"));
        };
        tokio::try_join!(
            self.fill(&mut a, status, fetch),
            self.fill(&mut b, status, fetch),
            self.fill(&mut c, status, fetch),
            self.fill(&mut d, status, fetch),
        )?;
        let mut shards = [a, b, c, d];
        let mut rows = Vec::with_capacity(usize::from(limit.get()) + 1);
        while rows.len() <= usize::from(limit.get()) {
            for shard in shards.iter_mut().filter(|shard| shard.is_hungry()) {
                self.fill(shard, status, fetch).await?;
            }
            match merge(&mut shards) {
                Some(row) => rows.push(row),
                None => break,
            }
        }
        let more = rows.len() > usize::from(limit.get());
        rows.truncate(usize::from(limit.get()));
        let next = rows.last().filter(|_| more).map(|row| row.listed_at.clone());
        Ok(Page {
            items: rows.into_iter().map(read).collect::<Result<_, _>>()?,
            next,
        })
    }

    /// O5: orders of one shard with something due at `now`, the longest overdue first.
    pub(crate) async fn page_due(
        &self,
        duty: Duty,
        shard: u8,
        now: Time,
        limit: u8,
    ) -> Result<Page<OrderId>, Fault> {
        let page = self
            .table
            .query_index("by_due", ("due", &duty.shard_name(shard)), "due_at")
            .at_most(&now.to_string())
            .limit(limit)
            .page::<DueRow>()
            .await?;
        Ok(page.map(|row| row.order_id))
    }

    /// O6: allocate the next `count` order numbers; answers with the last of them. Every call
    /// allocates anew: a block whose answer is lost is a gap.
    pub(crate) async fn allocate_numbers(&self, count: u32) -> Result<u64, Fault> {
        let counter = self.table.update(Key::new("numbers", "counter"));
        let row = counter
            .add("allocated", i64::from(count))
            .send_for_new::<NumbersRow>()
            .await?;
        Ok(row.allocated)
    }

    async fn fill(&self, shard: &mut Shard, status: Option<Status>, fetch: usize) -> Result<(), Fault> {
        let (index, attribute, partition) = match status {
            None => ("by_listing", "listing", row::listing(shard.number)),
            Some(status) => (
                "by_status",
                "listing_status",
                row::listing_status(status, shard.number),
            ),
        };
        let mut query = self
            .table
            .query_index(index, (attribute, &partition), "listed_at")
            .descending();
        if let Some(position) = &shard.position {
            query = query.at_most(position);
        }
        let page = query
            .limit(u8::try_from(fetch + 1).unwrap_or(u8::MAX))
            .page::<OrderRow>()
            .await?;
        shard.take(page);
        Ok(())
    }
}

fn read(row: OrderRow) -> Result<Order, Fault> {
    Order::try_from(row).map_err(Fault::broken)
}

#[cfg(test)]
mod tests;
