//! The stack seen from outside, with a function that does whatever should go wrong.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests: a failure is to be seen"
)]

mod flows;
mod functions;
mod gateway;
mod killed;
mod probe;
