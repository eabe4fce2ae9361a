//! The local stack: one process that is, for this shop, what AWS is.
//!
//! It reads `infra/manifest` and nothing else, so it cannot know a route, queue, table or right
//! that a deployment does not. It serves the routes with the real binaries, keeps tables and
//! queues, carries messages and stream records, runs timers, keeps mails, and refuses what the
//! manifest does not grant.
//!
//! ```no_run
//! # async fn example() -> anyhow::Result<()> {
//! use cartwright::{Options, Stack};
//!
//! let stack = Stack::start(Options::of_workspace(".".as_ref())).await?;
//! println!("{} opens with {}", stack.url(), stack.staff_key());
//! stack.stop().await;
//! # Ok(())
//! # }
//! ```
//!
//! | part | is |
//! |---|---|
//! | `server` | one listener for everything below |
//! | `gateway` | API Gateway: routes, events, CORS, limits |
//! | `functions` | Lambda: processes, the Runtime API, the Invoke API |
//! | `aws` | the endpoints of DynamoDB, SQS and SES, with rights |
//! | `sources` | what carries messages and records to functions |
//! | `schedule` | timers and upkeep |
//! | `events` | calls without waiting |
//! | `front` | the page for people, and its JSON twins under `/_cartwright/` |
//! | `provision`, `data` | the first start, and what survives a restart |
//! | `parked`, `logs` | what went wrong |
//! | `seed` | the sample shop |
//! | `auditor` | whether everything adds up |
//! | `copy` | everything out into files, and in again |
//! | `remote` | a shop on AWS: what an operator asks of it |

#![allow(
    clippy::disallowed_methods,
    reason = "the stack is the clock, the environment and the spawner of the shop"
)]

pub mod api_key;
pub mod auditor;
mod aws;
pub mod client;
mod cloud;
pub mod copy;
mod data;
mod events;
mod front;
mod functions;
mod gateway;
mod logs;
mod moment;
mod parked;
mod provision;
mod random;
pub mod remote;
mod reply;
mod schedule;
pub mod seed;
mod server;
mod sources;
mod stack;

pub use aws::ses::Mail;
pub use parked::Parked;
pub use stack::{Options, Stack};
