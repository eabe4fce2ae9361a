//! Pricing: regions, and what goods cost in them.

pub mod quote;
pub mod region;
