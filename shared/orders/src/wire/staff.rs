//! What only the back office sees of orders.

use carts::{CartId, OrderId};
use kernel::{Email, Handle, Money, Time};
use schemars::JsonSchema;
use serde::Serialize;

use super::{OrderView, StatusWord, Viewer};
use crate::order::{Entry, Order, PaymentSnapshot};

/// An order, as staff see it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct StaffOrderView {
    /// What the buyer sees, with what staff may do.
    #[serde(flatten)]
    pub order: OrderView,
    /// The cart it came from.
    pub cart_id: CartId,
    /// The region whose rules held.
    pub region_id: Handle,
    /// The payment as last told.
    pub payment_record: Option<PaymentView>,
    /// More about why it ended: the SKU that was short, the provider's code, what the caller wrote.
    pub cancellation_detail: Option<String>,
    /// When its stock was held.
    pub reserved_at: Option<Time>,
    /// What happened, oldest first.
    pub history: Vec<EntryView>,
    /// Counts the changes.
    pub version: u64,
}

/// The payment of an order.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PaymentView {
    /// Names the payment.
    pub payment_id: String,
    /// Counts the payment's changes.
    pub version: u64,
    /// Set aside in all.
    pub authorized: Money,
    /// Taken in all.
    pub captured: Money,
    /// Given back in all.
    pub refunded: Money,
    /// The provider's reason for a refusal.
    pub decline_code: Option<String>,
}

/// One entry of an order's history.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct EntryView {
    /// When.
    pub at: Time,
    /// Who: `buyer`, `shop`, `payments` or `staff:<key id>`.
    pub by: String,
    /// What.
    pub what: String,
    /// Why, when there is more to say.
    pub why: Option<String>,
}

/// An order in a list.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct OrderSummaryView {
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
    /// Who bought.
    pub email: Email,
    /// What the buyer pays.
    pub total: Money,
    /// How many lines it has.
    pub line_count: usize,
    /// Since when it exists.
    pub placed_at: Time,
    /// Where all of it can be seen.
    pub link: String,
}

impl From<Order> for StaffOrderView {
    fn from(order: Order) -> Self {
        Self {
            cart_id: order.cart_id.clone(),
            region_id: order.purchase.region_id.clone(),
            payment_record: order.payment.clone().map(PaymentView::from),
            cancellation_detail: order.cancellation.as_ref().and_then(|end| end.detail.clone()),
            reserved_at: order.reserved_at,
            history: order.history.iter().map(EntryView::from).collect(),
            version: order.version,
            order: OrderView::new(order, Viewer::Staff),
        }
    }
}

impl From<Order> for OrderSummaryView {
    fn from(order: Order) -> Self {
        Self {
            link: format!("/v1/admin/orders/{}", order.order_id),
            number: order.number.as_ref().map(|number| number.as_str().to_owned()),
            status: order.status.into(),
            payment_status: order.payment_status.as_str(),
            fulfillment_status: order.fulfillment_status.as_str(),
            email: order.purchase.email,
            total: order.purchase.total,
            line_count: order.purchase.lines.len(),
            placed_at: order.placed_at,
            order_id: order.order_id,
        }
    }
}

impl From<PaymentSnapshot> for PaymentView {
    fn from(snapshot: PaymentSnapshot) -> Self {
        let PaymentSnapshot {
            payment_id,
            version,
            authorized,
            captured,
            refunded,
            decline_code,
            ..
        } = snapshot;
        Self {
            payment_id,
            version,
            authorized,
            captured,
            refunded,
            decline_code,
        }
    }
}

impl From<&Entry> for EntryView {
    fn from(entry: &Entry) -> Self {
        Self {
            at: entry.at,
            by: entry.by.to_text(),
            what: entry.what.clone(),
            why: entry.why.clone(),
        }
    }
}
