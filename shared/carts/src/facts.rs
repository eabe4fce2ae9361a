//! What this context hears. It announces nothing: a cart's end is told by its order.

use platform::queue::Fact;
use serde::{Deserialize, Serialize};

use crate::cart::{CartId, CustomerId, OrderId};

/// An order ended before it was shipped. Of the orders context's fact, what a cart needs to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderCanceled {
    /// Which order.
    pub order_id: OrderId,
    /// The cart it closed.
    pub cart_id: CartId,
    /// Whether the buyer did not choose the end, and gets the cart back.
    pub reopen_cart: bool,
}

impl Fact for OrderCanceled {
    const NAME: &'static str = "OrderCanceled";
    const VERSION: u32 = 1;
}

/// Somebody has signed in. Of the authority's fact, what a cart needs to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionStarted {
    /// Who.
    pub user_id: CustomerId,
    /// The cart they came with, when they came with one.
    #[serde(default)]
    pub cart_id: Option<CartId>,
}

impl Fact for SessionStarted {
    const NAME: &'static str = "SessionStarted";
    const VERSION: u32 = 1;
}

/// Somebody's account is gone, and what is known of them is to be forgotten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserErased {
    /// Who.
    pub user_id: CustomerId,
}

impl Fact for UserErased {
    const NAME: &'static str = "UserErased";
    const VERSION: u32 = 1;
}
