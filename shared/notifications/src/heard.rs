//! What notifications listen to. Each fact holds what a mail says; the rest is ignored.

use kernel::{Address, Email, Money, Quantity, Sku};
use platform::stream::Fact;
use serde::{Deserialize, Serialize};

/// An order has its stock, its money and its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderConfirmed {
    /// Which order.
    pub order_id: String,
    /// What people call it.
    pub number: String,
    /// Who is told.
    #[serde(default)]
    pub email: Option<Email>,
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

/// One line of a confirmed order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmedLine {
    /// In words.
    pub title: String,
    /// How many.
    pub quantity: Quantity,
    /// The line as charged.
    pub total: Money,
}

/// An order ended before it was shipped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderCanceled {
    /// Which order.
    pub order_id: String,
    /// `sold_out`, `payment_declined`, `expired`, `buyer` or `staff`.
    pub reason: String,
    /// Who is told.
    #[serde(default)]
    pub email: Option<Email>,
    /// What people call it; only an order that was confirmed has one.
    #[serde(default)]
    pub number: Option<String>,
    /// Whether the buyer gets the cart back.
    #[serde(default)]
    pub reopen_cart: bool,
}

/// An order was handed to its carrier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderShipped {
    /// Which order.
    pub order_id: String,
    /// What people call it.
    pub number: String,
    /// Who is told.
    #[serde(default)]
    pub email: Option<Email>,
    /// Who carries it.
    pub carrier: String,
    /// The carrier's word for it.
    #[serde(default)]
    pub tracking_number: Option<String>,
    /// What was shipped.
    pub lines: Vec<ShippedLine>,
}

/// One line of a shipped order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShippedLine {
    /// What.
    pub sku: Sku,
    /// How many.
    pub quantity: Quantity,
}

impl Fact for OrderConfirmed {
    const NAME: &'static str = "OrderConfirmed";
    const VERSION: u32 = 1;
}

impl Fact for OrderCanceled {
    const NAME: &'static str = "OrderCanceled";
    const VERSION: u32 = 1;
}

impl Fact for OrderShipped {
    const NAME: &'static str = "OrderShipped";
    const VERSION: u32 = 1;
}

#[cfg(test)]
mod tests;
