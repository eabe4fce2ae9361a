//! Who may do what, over the embedded tables: sessions, tokens, keys, staff.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod desk;
mod facts;
mod faults;
mod invited;
mod keys;
mod sessions;
mod signing;
mod staff;
mod tokens;
