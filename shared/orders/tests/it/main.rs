//! Carts and orders over the embedded DynamoDB: from an empty cart to a list of orders.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod carts_kept;
mod checkout;
mod erased;
mod joined;
mod orders_moved;
mod owned;
mod shop;
