//! Carts: what a buyer is about to buy, and what it would cost now.

mod cart;

pub use cart::{Cart, CartId, ChangeError, Details, Goods, IDLE_MAX, LINES_MAX, Line, LineId, OrderId, Status};
