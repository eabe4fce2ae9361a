//! The cart's row: the shape that is stored, and its conversions.

use kernel::{Address, Currency, Email, Handle, Money, Quantity, Sku, Time};
use platform::table::Key;
use serde::{Deserialize, Serialize};

use super::{due_shard, key};
use crate::cart::{Cart, CartId, CustomerId, Goods, LeftOut, Line, LineId, OrderId, Status, WhyLeftOut};

/// A row that this code did not write, or that was changed by hand.
#[derive(Debug, thiserror::Error)]
#[error("the row of cart `{cart_id}` has the status `{status}`")]
pub(super) struct BadRow {
    cart_id: CartId,
    status: String,
}

/// One item of the table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct CartRow {
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
    pub(super) status: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    order_id: Option<OrderId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    customer_id: Option<CustomerId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    merged_into: Option<CartId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    left_out: Vec<LeftOutRow>,
    version: u64,
    adds: Vec<LineId>,
    created_at: Time,
    updated_at: Time,
    /// Partition of `by_due`; only open carts have one, so that the index holds nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) due: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) due_at: Option<Time>,
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

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct LeftOutRow {
    sku: Sku,
    title: String,
    pieces: u32,
    why: String,
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
            customer_id: cart.customer_id.clone(),
            merged_into: cart.merged_into.clone(),
            left_out: cart.left_out.iter().map(LeftOutRow::from).collect(),
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
            customer_id: row.customer_id,
            merged_into: row.merged_into,
            left_out: row.left_out.into_iter().filter_map(LeftOutRow::read).collect(),
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

impl From<&LeftOut> for LeftOutRow {
    fn from(left_out: &LeftOut) -> Self {
        let LeftOut {
            sku,
            title,
            pieces,
            why,
        } = left_out.clone();
        let why = why.as_str().to_owned();
        Self {
            sku,
            title,
            pieces,
            why,
        }
    }
}

impl LeftOutRow {
    /// A reason that this code does not know is not told.
    fn read(self) -> Option<LeftOut> {
        let Self {
            sku,
            title,
            pieces,
            why,
        } = self;
        let why = WhyLeftOut::parse(&why)?;
        Some(LeftOut {
            sku,
            title,
            pieces,
            why,
        })
    }
}
