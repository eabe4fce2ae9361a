//! The trail's access patterns A1 to A5; nothing else reads the tables `trail` and `trail-chain`.

pub(crate) mod chain;
pub(crate) mod entries;
pub(crate) mod entry;
