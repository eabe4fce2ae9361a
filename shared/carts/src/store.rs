//! The carts' access patterns C1 to C14; nothing else touches the table `carts`.

use kernel::{Fault, Page, Time};
use platform::Cloud;
use platform::table::{Condition, Key, Table, Update};
use serde::Deserialize;

use crate::cart::{Cart, CartId, CustomerId, OrderId, Status};

mod customer;
mod row;

pub(crate) use customer::Current;
use row::CartRow;

/// How many partitions the index `by_due` is spread over, so that none is hot.
pub(crate) const DUE_SHARDS: u8 = 8;

const SK: &str = "cart";

/// The carts' table.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    table: Table,
}

impl Store {
    pub(crate) fn new(cloud: &Cloud) -> Self {
        Self {
            table: cloud.table("carts"),
        }
    }

    /// C1: insert one cart, and answer with the cart that is there. The second insert of the same
    /// id changes nothing and answers with the first, as it has become since.
    pub(crate) async fn insert(&self, cart: Cart) -> Result<Cart, Fault> {
        match self
            .table
            .put(&CartRow::from(&cart))
            .only_if_absent()
            .send()
            .await
        {
            Ok(()) => Ok(cart),
            Err(error) => match error.old_item::<CartRow>() {
                Some(row) if error.is_condition_failed() => Cart::try_from(row).map_err(Fault::broken),
                _ => Err(error.into()),
            },
        }
    }

    /// C2: one cart, with every change that was answered before.
    pub(crate) async fn find(&self, cart_id: &CartId) -> Result<Option<Cart>, Fault> {
        let row = self.table.get_consistent::<CartRow>(key(cart_id)).await?;
        row.map(|row| Cart::try_from(row).map_err(Fault::broken))
            .transpose()
    }

    /// C3: replace the cart that was read at version `read`; false when somebody else has changed
    /// it since. Every change of a row raises its version, so the second call is false.
    pub(crate) async fn replace(&self, cart: &Cart, read: u64) -> Result<bool, Fault> {
        let same = Condition::eq("version", read);
        match self.table.put(&CartRow::from(cart)).only_if(same).send().await {
            Ok(()) => Ok(true),
            Err(error) if error.is_condition_failed() => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// C4: close an open cart at this version, inside the order's transaction. The second call
    /// fails its condition: one order per cart.
    pub(crate) fn completing(&self, cart_id: &CartId, version: u64, order_id: &OrderId, now: Time) -> Update {
        let open = Condition::eq("version", version).and(Condition::eq("status", Status::Active.as_str()));
        self.table
            .update(key(cart_id))
            .set("status", Status::Completed.as_str())
            .set("order_id", order_id)
            .set("updated_at", now)
            .add("version", 1)
            .remove("due")
            .remove("due_at")
            .only_if(open)
    }

    /// C6: open carts of one shard that are due at `now`, the longest overdue first.
    pub(crate) async fn page_due(&self, shard: u8, now: Time, limit: u8) -> Result<Page<CartId>, Fault> {
        let page = self
            .table
            .query_index("by_due", ("due", &shard_name(shard)), "due_at")
            .at_most(&now.to_string())
            .limit(limit)
            .page::<DueRow>()
            .await?;
        Ok(page.map(|row| row.cart_id))
    }

    /// C7: expire an open cart that is due at `now`; false when it is not, or not any more. The
    /// index lags behind, so the row itself is asked. Who left it is forgotten with it. The second
    /// call is false.
    pub(crate) async fn expire(&self, cart_id: &CartId, now: Time) -> Result<bool, Fault> {
        let due = Condition::eq("status", Status::Active.as_str()).and(Condition::le("due_at", now));
        let update = self
            .table
            .update(key(cart_id))
            .set("status", Status::Expired.as_str())
            .set("updated_at", now)
            .add("version", 1)
            .remove("due")
            .remove("due_at")
            .only_if(due);
        changed(without_details(update)).await
    }

    /// C14: a cart forgets whose it was, whatever became of it; not when it is another customer's.
    /// The second call changes nothing that counts.
    pub(crate) async fn strip(&self, cart_id: &CartId, customer_id: &CustomerId) -> Result<(), Fault> {
        let theirs = Condition::attr_absent("customer_id").or(Condition::eq("customer_id", customer_id));
        let update = self
            .table
            .update(key(cart_id))
            .add("version", 1)
            .only_if(Condition::exists().and(theirs));
        changed(without_details(update)).await.map(drop)
    }
}

/// What the sweep needs of a row.
#[derive(Debug, Deserialize)]
struct DueRow {
    cart_id: CartId,
}

fn without_details(update: Update) -> Update {
    update
        .remove("email")
        .remove("shipping_address")
        .remove("billing_address")
}

async fn changed(update: Update) -> Result<bool, Fault> {
    match update.send().await {
        Ok(()) => Ok(true),
        Err(error) if error.is_condition_failed() => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn key(cart_id: &CartId) -> Key {
    Key::new(format!("cart#{cart_id}"), SK)
}

fn shard_name(shard: u8) -> String {
    format!("open#{shard}")
}

/// The shard is the id's last character, which is random.
fn due_shard(cart_id: &CartId) -> String {
    let last = cart_id.as_str().bytes().next_back().unwrap_or_default();
    shard_name(last % DUE_SHARDS)
}

#[cfg(test)]
mod tests;
