//! The fault cloud: the real contexts and the real SDK clients over an embedded DynamoDB and SQS,
//! in one process, without a socket or a sleep, and with a fault at any call one likes.
//!
//! A [`World`] is everything outside of the functions: tables, queues, mail, time. An
//! [`Injector`] between the SDK and the world crashes the function before or after a call, loses
//! the answer, throttles, or reports a conflict. A [`Driver`] delivers stream records, messages and
//! ticks until nothing is left to do, and repeats what failed, as AWS would. Never shipped.

mod clock;
mod driver;
pub mod edges;
mod fault;
mod host;
mod sabotage;
mod world;

pub use clock::VirtualClock;
pub use driver::{Disorder, Driver, Stuck};
pub use fault::{FaultKind, Injector, Plan};
pub use host::{Ended, Handler, Host, cloud, handler};
pub use sabotage::{Sabotage, Theft};
pub use world::{World, WorldError};
