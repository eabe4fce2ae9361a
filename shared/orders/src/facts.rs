//! What this context announces, from its table's stream. What it hears stands in `heard`.
//!
//! An order's row is the outbox: whoever moves an order writes the row and sends nothing. Facts are
//! told by comparing its old and new image, so each move is told once per record, in order.

use carts::{CartId, OrderId};
use kernel::{Address, Email, Fault, Money, Quantity, Sku, Time};
use platform::stream::{Announcement, Change, Fact};
use serde::{Deserialize, Serialize};

use crate::order::{self, LineId, Order, Status};
use crate::store::{OrderRow, is_order};

macro_rules! fact {
    ($name:ident) => {
        impl Fact for $name {
            const NAME: &'static str = stringify!($name);
            const VERSION: u32 = 1;
        }
    };
}

mod heard;

pub use heard::{PaymentChanged, PaymentStatus, StockDecided, StockOutcome, UserCreated, UserErased};

/// An order was placed; its stock is to be reserved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderPlaced {
    /// Which order.
    pub order_id: OrderId,
    /// What it needs.
    pub lines: Vec<PlacedLine>,
    /// When it will be canceled unless it is decided.
    pub expires_at: Time,
}
fact!(OrderPlaced);

/// One line of a placed order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlacedLine {
    /// Which line.
    pub line_id: LineId,
    /// What.
    pub sku: Sku,
    /// How many.
    pub quantity: Quantity,
    /// Whether it may be sold beyond the stock.
    pub allow_backorder: bool,
    /// Whether stock is counted for it.
    pub tracks_inventory: bool,
}

/// An order's stock is held; its payment is to be authorized.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderReserved {
    /// Which order.
    pub order_id: OrderId,
    /// How much.
    pub total: Money,
    /// How it is paid.
    pub payment_method: PaymentMethod,
    /// Who pays.
    pub email: Email,
    /// When it will be canceled unless it is decided.
    pub expires_at: Time,
}
fact!(OrderReserved);

/// A provider and the token under which it knows the buyer's card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentMethod {
    /// The provider's name.
    pub provider: String,
    /// Its word for the card.
    pub token: String,
}

/// An order has its stock, its money and its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderConfirmed {
    /// Which order.
    pub order_id: OrderId,
    /// What people call it.
    pub number: String,
    /// Who is to be told.
    pub email: Email,
    /// What was bought.
    pub lines: Vec<ConfirmedLine>,
    /// The lines together.
    pub subtotal: Money,
    /// Shipping as charged.
    pub shipping: Money,
    /// All tax.
    pub tax: Money,
    /// What the buyer pays.
    pub total: Money,
    /// Where the goods go.
    pub shipping_address: Address,
}
fact!(OrderConfirmed);

/// One line of a confirmed order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmedLine {
    /// What.
    pub sku: Sku,
    /// In words.
    pub title: String,
    /// How many.
    pub quantity: Quantity,
    /// One piece.
    pub unit_price: Money,
    /// The line as charged.
    pub total: Money,
}

/// An order ended before it was shipped; what was done for it is to be undone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderCanceled {
    /// Which order.
    pub order_id: OrderId,
    /// The cart it closed.
    pub cart_id: CartId,
    /// `sold_out`, `payment_declined`, `expired`, `buyer` or `staff`.
    pub reason: String,
    /// Who is to be told.
    pub email: Email,
    /// What people call it; only an order that was confirmed has one.
    pub number: Option<String>,
    /// Whether the buyer did not choose the end, and gets the cart back.
    pub reopen_cart: bool,
    /// More about the reason.
    pub detail: Option<String>,
}
fact!(OrderCanceled);

/// An order was handed to its carrier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderShipped {
    /// Which order.
    pub order_id: OrderId,
    /// What people call it.
    pub number: String,
    /// Who is to be told.
    pub email: Email,
    /// Who carries it.
    pub carrier: String,
    /// The carrier's word for it.
    pub tracking_number: Option<String>,
    /// What was shipped.
    pub lines: Vec<ShippedLine>,
}
fact!(OrderShipped);

/// One line of a shipped order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShippedLine {
    /// Which line.
    pub line_id: LineId,
    /// What.
    pub sku: Sku,
    /// How many.
    pub quantity: Quantity,
}

/// The facts that a change of the table amounts to: one when an order came to be or its status
/// moved, none otherwise. Pure; a replay of the record tells the same.
pub fn from_change(change: &Change) -> Result<Vec<Announcement>, Fault> {
    if !is_order(change.key()) {
        return Ok(Vec::new());
    }
    let read = |row: Option<OrderRow>| row.map(Order::try_from).transpose().map_err(Fault::broken);
    let (old, new) = (read(change.old()?)?, read(change.new()?)?);
    let Some(new) = new else { return Ok(Vec::new()) };
    if old.is_some_and(|old| old.status() == new.status()) {
        return Ok(Vec::new());
    }
    Ok(announcement(&new).into_iter().collect())
}

/// What is to be told of an order that has just come to this status.
fn announcement(order: &Order) -> Option<Announcement> {
    let announcement = match order.status() {
        Status::Pending => Announcement::of(&OrderPlaced::from(order)),
        Status::Reserved => Announcement::of(&OrderReserved::from(order)),
        Status::Confirmed => Announcement::of(&OrderConfirmed::from(order)),
        Status::Canceled => Announcement::of(&OrderCanceled::from(order)),
        Status::Fulfilled => Announcement::of(&OrderShipped::from(order)),
        Status::Completed => return None,
    };
    Some(announcement)
}

fn number(order: &Order) -> Option<String> {
    order.number.as_ref().map(|number| number.as_str().to_owned())
}

impl From<&Order> for OrderPlaced {
    fn from(order: &Order) -> Self {
        let line = |line: &order::Line| PlacedLine {
            line_id: line.line_id.clone(),
            sku: line.sku.clone(),
            quantity: line.quantity,
            allow_backorder: line.allow_backorder,
            tracks_inventory: line.tracks_inventory,
        };
        Self {
            order_id: order.order_id.clone(),
            lines: order.purchase.lines.iter().map(line).collect(),
            expires_at: order.expires_at,
        }
    }
}

impl From<&Order> for OrderReserved {
    fn from(order: &Order) -> Self {
        let order::PaymentMethod { provider, token } = order.purchase.payment_method.clone();
        Self {
            order_id: order.order_id.clone(),
            total: order.purchase.total,
            payment_method: PaymentMethod { provider, token },
            email: order.purchase.email.clone(),
            expires_at: order.expires_at,
        }
    }
}

impl From<&Order> for OrderConfirmed {
    fn from(order: &Order) -> Self {
        let line = |line: &order::Line| ConfirmedLine {
            sku: line.sku.clone(),
            title: line.title.clone(),
            quantity: line.quantity,
            unit_price: line.unit_price,
            total: line.total,
        };
        let purchase = &order.purchase;
        Self {
            order_id: order.order_id.clone(),
            number: number(order).unwrap_or_default(),
            email: purchase.email.clone(),
            lines: purchase.lines.iter().map(line).collect(),
            subtotal: purchase.subtotal,
            shipping: purchase.shipping.total,
            tax: purchase.tax,
            total: purchase.total,
            shipping_address: purchase.shipping.address.clone(),
        }
    }
}

impl From<&Order> for OrderCanceled {
    fn from(order: &Order) -> Self {
        let end = order.cancellation.as_ref();
        Self {
            order_id: order.order_id.clone(),
            cart_id: order.cart_id.clone(),
            reason: end.map(|end| end.reason.to_string()).unwrap_or_default(),
            email: order.purchase.email.clone(),
            number: number(order),
            reopen_cart: end.is_some_and(|end| end.reason.reopens_cart()),
            detail: end.and_then(|end| end.detail.clone()),
        }
    }
}

impl From<&Order> for OrderShipped {
    fn from(order: &Order) -> Self {
        let line = |line: &order::Line| ShippedLine {
            line_id: line.line_id.clone(),
            sku: line.sku.clone(),
            quantity: line.quantity,
        };
        let shipment = order.shipment.as_ref();
        Self {
            order_id: order.order_id.clone(),
            number: number(order).unwrap_or_default(),
            email: order.purchase.email.clone(),
            carrier: shipment
                .map(|shipment| shipment.carrier.clone())
                .unwrap_or_default(),
            tracking_number: shipment.and_then(|shipment| shipment.tracking_number.clone()),
            lines: order.purchase.lines.iter().map(line).collect(),
        }
    }
}

#[cfg(test)]
mod tests;
