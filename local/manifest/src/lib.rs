//! The manifest: what the shop is made of.
//!
//! `infra/manifest/*.yaml` is the one truth about tables, queues, functions, routes and rights.
//! This crate reads it strictly (an unknown key is an error that names file and line), checks
//! that the parts fit each other, and derives what a function is given: its environment
//! ([`Manifest::environment`]) and its rights ([`Manifest::rights`]). It performs no IO but
//! reading the files, and knows neither Terraform nor the local stack: both ask it.

mod check;
mod convert;
mod creation;
mod environment;
mod model;
mod names;
mod raw;
mod read;
mod rights;
mod schedule;

#[cfg(test)]
mod tests;

pub use creation::Creation;
pub use environment::Physical;
pub use model::{
    Access, Auth, Defaults, Function, Http, Idempotency, Index, Key, Limit, Manifest, Period, Place, Queue,
    QueueTrigger, Route, StreamTrigger, Table, Trigger,
};
pub use names::{ASYNC, parked, snake_upper};
pub use raw::schema;
pub use read::{ManifestError, Problem};
pub use rights::{Resource, Right, Service};
pub use schedule::{Cron, Schedule, ScheduleError};
