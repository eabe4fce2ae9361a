//! What inventory listens to. Each fact holds what is needed here; the rest is ignored.

use kernel::{Quantity, Sku};
use platform::stream::Fact;
use serde::{Deserialize, Serialize};

use crate::plan::{Demand, Need};
use crate::stock::OrderId;

/// An order was placed: its goods are to be set aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderPlaced {
    /// Which order.
    pub order_id: OrderId,
    /// What it asks for.
    pub lines: Vec<PlacedLine>,
}

/// One line of an order that was placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlacedLine {
    /// Which line.
    pub line_id: String,
    /// What.
    pub sku: Sku,
    /// How many.
    pub quantity: Quantity,
    /// Whether it may be promised before the goods are here.
    pub allow_backorder: bool,
    /// Whether it is counted at all.
    pub tracks_inventory: bool,
}

/// An order ended without its goods: what was set aside is free.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderCanceled {
    /// Which order.
    pub order_id: OrderId,
}

/// An order's goods left the house.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderShipped {
    /// Which order.
    pub order_id: OrderId,
}

impl Fact for OrderPlaced {
    const NAME: &'static str = "OrderPlaced";
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

impl From<OrderPlaced> for Demand {
    fn from(placed: OrderPlaced) -> Self {
        let need = |line: PlacedLine| Need {
            line_id: line.line_id,
            sku: line.sku,
            quantity: line.quantity,
            allow_backorder: line.allow_backorder,
            tracks_inventory: line.tracks_inventory,
        };
        Self {
            order_id: placed.order_id,
            lines: placed.lines.into_iter().map(need).collect(),
        }
    }
}
