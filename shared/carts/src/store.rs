//! The cart's row and its access patterns C1 to C6; nothing else touches the table `carts`.

use kernel::{Address, Currency, Email, Fault, Handle, Money, Page, Quantity, Sku, Time};
use platform::Cloud;
use platform::table::{Condition, Key, Table, Update};
use serde::{Deserialize, Serialize};

use crate::cart::{Cart, CartId, Goods, Line, LineId, OrderId, Status, due_after};

/// How many partitions the index `by_due` is spread over, so that none is hot.
pub(crate) const DUE_SHARDS: u8 = 8;

const SK: &str = "cart";

/// A row that this code did not write, or that was changed by hand.
#[derive(Debug, thiserror::Error)]
#[error("the row of cart `{cart_id}` has the status `{status}`")]
struct BadRow {
    cart_id: CartId,
    status: String,
}

/// One item of the table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct CartRow {
    pk: String,
    sk: String,
    cart_id: CartId,
    region_id: Handle,
    currency: Currency,
    lines: Vec<LineRow>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    email: Option<Email>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shipping_address: Option<Address>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    billing_address: Option<Address>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shipping_option_id: Option<Handle>,
    status: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    order_id: Option<OrderId>,
    version: u64,
    adds: Vec<LineId>,
    created_at: Time,
    updated_at: Time,
    /// Partition of `by_due`; only open carts have one, so that the index holds nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    due: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    due_at: Option<Time>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct LineRow {
    line_id: LineId,
    sku: Sku,
    product_id: String,
    title: String,
    unit_price: Money,
    tax_category: Handle,
    quantity: Quantity,
    added_at: Time,
}

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

    /// C5: open the cart that this order closed; false when it is not closed by this order (any
    /// more). The second call is false and changes nothing.
    pub(crate) async fn reopen(
        &self,
        cart_id: &CartId,
        order_id: &OrderId,
        now: Time,
    ) -> Result<bool, Fault> {
        let closed_by_it =
            Condition::eq("status", Status::Completed.as_str()).and(Condition::eq("order_id", order_id));
        let update = self
            .table
            .update(key(cart_id))
            .set("status", Status::Active.as_str())
            .set("updated_at", now)
            .set("due", due_shard(cart_id))
            .set("due_at", due_after(now))
            .add("version", 1)
            .remove("order_id")
            .only_if(closed_by_it);
        changed(update).await
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
    /// index lags behind, so the row itself is asked. The second call is false.
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
        changed(update).await
    }
}

/// What the sweep needs of a row.
#[derive(Debug, Deserialize)]
struct DueRow {
    cart_id: CartId,
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

impl From<&Cart> for CartRow {
    fn from(cart: &Cart) -> Self {
        let is_open = cart.status == Status::Active;
        let Key { pk, sk } = key(&cart.cart_id);
        Self {
            pk,
            sk,
            cart_id: cart.cart_id.clone(),
            region_id: cart.region_id.clone(),
            currency: cart.currency,
            lines: cart.lines.iter().map(LineRow::from).collect(),
            email: cart.email.clone(),
            shipping_address: cart.shipping_address.clone(),
            billing_address: cart.billing_address.clone(),
            shipping_option_id: cart.shipping_option_id.clone(),
            status: cart.status.as_str().to_owned(),
            order_id: cart.order_id.clone(),
            version: cart.version,
            adds: cart.adds.clone(),
            created_at: cart.created_at,
            updated_at: cart.updated_at,
            due: is_open.then(|| due_shard(&cart.cart_id)),
            due_at: is_open.then(|| cart.due_at()),
        }
    }
}

impl TryFrom<CartRow> for Cart {
    type Error = BadRow;

    fn try_from(row: CartRow) -> Result<Self, BadRow> {
        let Some(status) = Status::parse(&row.status) else {
            return Err(BadRow {
                cart_id: row.cart_id,
                status: row.status,
            });
        };
        Ok(Self {
            cart_id: row.cart_id,
            region_id: row.region_id,
            currency: row.currency,
            lines: row.lines.into_iter().map(Line::from).collect(),
            email: row.email,
            shipping_address: row.shipping_address,
            billing_address: row.billing_address,
            shipping_option_id: row.shipping_option_id,
            status,
            order_id: row.order_id,
            version: row.version,
            adds: row.adds,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

impl From<&Line> for LineRow {
    fn from(line: &Line) -> Self {
        let Goods {
            sku,
            product_id,
            title,
            unit_price,
            tax_category,
        } = line.goods.clone();
        let (line_id, quantity, added_at) = (line.line_id.clone(), line.quantity, line.added_at);
        Self {
            line_id,
            sku,
            product_id,
            title,
            unit_price,
            tax_category,
            quantity,
            added_at,
        }
    }
}

impl From<LineRow> for Line {
    fn from(row: LineRow) -> Self {
        let LineRow {
            line_id,
            sku,
            product_id,
            title,
            unit_price,
            tax_category,
            quantity,
            added_at,
        } = row;
        Self {
            line_id,
            goods: Goods {
                sku,
                product_id,
                title,
                unit_price,
                tax_category,
            },
            quantity,
            added_at,
        }
    }
}

#[cfg(test)]
mod tests;
