//! An order in its customer's own list.

use carts::OrderId;
use kernel::{Money, Time};
use schemars::JsonSchema;
use serde::Serialize;

use super::StatusWord;
use crate::order::Order;

/// An order in its customer's own list.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct OwnOrderView {
    /// Names the order.
    pub order_id: OrderId,
    /// What people call it, once it is confirmed.
    pub number: Option<String>,
    /// Where it stands.
    pub status: StatusWord,
    /// Where its money stands.
    pub payment_status: &'static str,
    /// Where its goods stand.
    pub fulfillment_status: &'static str,
    /// What the customer pays.
    pub total: Money,
    /// How many lines it has.
    pub line_count: usize,
    /// Since when it exists.
    pub placed_at: Time,
    /// Where all of it can be seen.
    pub link: String,
}

impl From<Order> for OwnOrderView {
    fn from(order: Order) -> Self {
        Self {
            link: format!("/v1/orders/{}", order.order_id),
            number: order.number.as_ref().map(|number| number.as_str().to_owned()),
            status: order.status.into(),
            payment_status: order.payment_status.as_str(),
            fulfillment_status: order.fulfillment_status.as_str(),
            total: order.purchase.total,
            line_count: order.purchase.lines.len(),
            placed_at: order.placed_at,
            order_id: order.order_id,
        }
    }
}
