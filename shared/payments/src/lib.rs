//! Payments: one for each order, and where its money is.

mod ledger;
mod method;
mod payment;
mod sandbox;
mod settle;
mod standing;
