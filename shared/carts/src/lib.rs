//! Carts: what a buyer is about to buy, and what it would cost now.
//!
//! Three façades, by what they need: [`NewCarts`] opens carts, [`Carts`] shows and changes them at
//! today's prices and answers the orders context, [`CartKeeping`] does what needs no prices.
//!
//! A cart is one item. A buyer's changes are optimistic writes that are repeated inside when they
//! lose a race; the order's transaction closes the cart at the version that was quoted, which makes
//! the cart's row the guard of "one order per cart".

mod access;
mod cart;
mod change;
pub mod facts;
mod forget;
mod join;
mod keep;
mod market;
mod open;
mod quote;
mod quote_id;
mod quoted;
mod store;
pub mod wire;

pub use access::{Access, Holder};
pub use cart::{
    CUSTOMER_IDLE_MAX, Cart, CartId, ChangeError, CustomerId, Details, Goods, IDLE_MAX, LINES_MAX, LeftOut,
    Line, LineId, OrderId, Status, WhyLeftOut,
};
pub use change::Carts;
pub use keep::CartKeeping;
pub use open::{NewCarts, TOKEN_LIFE};
pub use quote::{Missing, Offer, Problem, Quote, QuotedLine, QuotedShipping};
pub use quote_id::QUOTE_LIFE;
pub use quoted::{QuotedCart, QuotedError};
