//! Inventory: what the shop has, where it lies, and to whom it is promised.

mod plan;
mod reservation;
mod stock;
