//! The common crate: the only one that has heard of AWS and Lambda.
//!
//! A function's `main` names one of the edges (`http`, [`queue`], [`stream`], [`schedule`], [`invoke`]), the
//! constructor of a façade, and a handler. The edge reads the settings, serves invocations, and
//! writes one canonical line for each. Façades get what they need from a
//! [`Cloud`]: tables, mail, outbound HTTP, clock and randomness.

pub mod cloud;
mod envelope;
pub mod http;
pub mod invoke;
pub mod lambda;
pub mod mail;
pub mod outbound;
pub mod queue;
pub mod schedule;
pub mod secrets;
pub mod settings;
pub mod stream;
pub mod table;
pub mod telemetry;
pub mod token;
pub mod trail;
pub mod wire;

pub use cloud::Cloud;
pub use settings::{BadSettings, Settings};
