//! Orders: what was bought, and what became of it.

mod order;

pub use carts::{CartId, OrderId};
pub use order::*;
