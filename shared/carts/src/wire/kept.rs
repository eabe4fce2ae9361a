//! A customer's carts as they are kept, for the customer's own archive; and what a merge left out.

use kernel::{Address, Email, Handle, Money, Quantity, Sku, Time};
use schemars::JsonSchema;
use serde::Serialize;

use crate::cart::{Cart, CartId, LeftOut, Line, OrderId};

/// Goods that found no room when two carts were merged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LeftOutView {
    /// What.
    pub sku: Sku,
    /// In words.
    pub title: String,
    /// How many pieces did not fit.
    pub pieces: u32,
    /// `too_many_pieces`, `too_many_lines` or `other_currency`.
    pub code: &'static str,
}

/// A cart as it is kept, without prices of today.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct KeptCartView {
    /// Names the cart.
    pub cart_id: CartId,
    /// `active`, `completed`, `expired` or `merged`.
    pub status: &'static str,
    /// The order it became.
    pub order_id: Option<OrderId>,
    /// Where it is sold.
    pub region_id: Handle,
    /// What is in it.
    pub lines: Vec<KeptLineView>,
    /// Where the confirmation goes.
    pub email: Option<Email>,
    /// Where the goods go.
    pub shipping_address: Option<Address>,
    /// Where the bill goes.
    pub billing_address: Option<Address>,
    /// Since when it exists.
    pub created_at: Time,
    /// When it last changed.
    pub updated_at: Time,
}

/// One line of a kept cart.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct KeptLineView {
    /// What.
    pub sku: Sku,
    /// In words.
    pub title: String,
    /// How many.
    pub quantity: Quantity,
    /// One piece, when it was added.
    pub unit_price: Money,
    /// Since when.
    pub added_at: Time,
}

impl From<LeftOut> for LeftOutView {
    fn from(left_out: LeftOut) -> Self {
        let LeftOut {
            sku,
            title,
            pieces,
            why,
        } = left_out;
        let code = why.as_str();
        Self {
            sku,
            title,
            pieces,
            code,
        }
    }
}

impl From<Cart> for KeptCartView {
    fn from(cart: Cart) -> Self {
        Self {
            cart_id: cart.cart_id,
            status: cart.status.as_str(),
            order_id: cart.order_id,
            region_id: cart.region_id,
            lines: cart.lines.into_iter().map(KeptLineView::from).collect(),
            email: cart.email,
            shipping_address: cart.shipping_address,
            billing_address: cart.billing_address,
            created_at: cart.created_at,
            updated_at: cart.updated_at,
        }
    }
}

impl From<Line> for KeptLineView {
    fn from(line: Line) -> Self {
        let Line {
            line_id: _,
            goods,
            quantity,
            added_at,
        } = line;
        Self {
            sku: goods.sku,
            title: goods.title,
            quantity,
            unit_price: goods.unit_price,
            added_at,
        }
    }
}
