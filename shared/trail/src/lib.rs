//! The audit trail: who did, or was refused, what, when and from where.
//!
//! Entries are appended by whatever function has something to tell (`platform::trail`); nobody can
//! change or remove one without its being seen. Two façades, by what they may do: [`Trail`] lists
//! entries, [`Chain`] binds each to the one before it.
//!
//! An entry is a row of the table `trail`, without a place in any order. Its stream brings it to
//! [`Chain`], which puts a link into the table `trail-chain`: the entry's hash, the hash of the link
//! before, and its own. Only the stream's function can write that table, so that whoever may append
//! entries cannot forge links. `cartwright audit` goes through the chain and compares.

pub mod wire;

mod chain;
mod day;
mod link;
mod list;
mod store;

pub use chain::{Head, Link, Sealed};
pub use day::{BadDay, Day};
pub use link::Chain;
pub use list::{Filter, ListError, Trail};

#[cfg(test)]
mod tests;
