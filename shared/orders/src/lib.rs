//! Orders: what was bought, and what became of it.
//!
//! [`Checkout`] places orders and needs the carts and their market; [`Orders`] does everything that
//! comes after and needs only the orders' own table.
//!
//! An order is one item. The purchase is a saga that this context orchestrates without calling
//! anybody: whoever moves an order writes its row, the table's stream tells the others
//! ([`facts::from_change`]), and their facts move the order on. Every move is a conditional write at
//! the version that was read, and every rule knows a repeated or late message when it sees one.
//!
//! An order belongs to the holder of its cart's token and, when a customer placed it or has proven its
//! e-mail address to be theirs since, to that account ([`CustomerOrders`], [`Forgetting`]).

mod advance;
pub mod facts;
mod forget;
mod numbers;
mod order;
mod own;
mod place;
mod store;
pub mod wire;

pub use advance::{Orders, Wanted};
pub use carts::{CartId, CustomerId, Holder, OrderId};
pub use forget::Forgetting;
pub use order::*;
pub use own::CustomerOrders;
pub use place::{Checkout, PlaceError};
