//! The functions as running programs: the real binaries, over the Lambda Runtime API.
//!
//! | file | has |
//! |---|---|
//! | `pool` | per function: waiting invocations, processes, limits, timeouts |
//! | `state` | what a pool knows at one moment |
//! | `process` | how one process is started, where its output goes |
//! | `runtime_api` | what a process asks for: `next`, `response`, `error` |
//! | `invoke_api` | what `cargo lambda invoke` and the AWS CLI ask for |
//! | `outcome` | how an invocation ended |
//! | `warden` | no function outlives the stack |

pub(crate) mod invoke_api;
mod outcome;
mod pool;
mod process;
pub(crate) mod runtime_api;
mod state;
mod stats;
mod warden;

pub(crate) use outcome::{Failure, Outcome};
pub(crate) use pool::{Kind, Pool};
pub(crate) use stats::Stats;
pub(crate) use warden::Warden;
