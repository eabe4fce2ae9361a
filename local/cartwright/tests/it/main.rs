//! The stack seen from outside, with a function that does whatever should go wrong.

#![allow(clippy::disallowed_methods, reason = "tests at the desk")]

mod flows;
mod functions;
mod gateway;
mod killed;
mod probe;
