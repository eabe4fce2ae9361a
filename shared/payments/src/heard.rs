//! What payments listen to. Each fact holds what is needed here; the rest is ignored.

use kernel::Money;
use platform::stream::Fact;
use serde::{Deserialize, Serialize};

use crate::authorize::Ask;
use crate::payment::OrderId;

/// An order has its goods: it is to be paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderReserved {
    /// Which order.
    pub order_id: OrderId,
    /// How much.
    pub total: Money,
    /// How.
    pub payment_method: PaymentMethod,
}

/// A provider and the token that stands for the buyer's card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentMethod {
    /// The provider's name.
    pub provider: String,
    /// The provider's token.
    pub token: String,
}

/// An order ended: everything goes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderCanceled {
    /// Which order.
    pub order_id: OrderId,
}

/// An order's goods left the house: the money is taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderShipped {
    /// Which order.
    pub order_id: OrderId,
}

impl Fact for OrderReserved {
    const NAME: &'static str = "OrderReserved";
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

impl From<OrderReserved> for Ask {
    fn from(reserved: OrderReserved) -> Self {
        Self {
            order_id: reserved.order_id,
            total: reserved.total,
            provider: reserved.payment_method.provider,
            token: reserved.payment_method.token,
        }
    }
}
