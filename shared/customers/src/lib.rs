//! Customers: what people with an account say about themselves, what the shop knows of them, and how
//! it forgets them.
//!
//! | façade | for |
//! |---|---|
//! | [`Customers`] | the account as its owner sees and changes it |
//! | [`Archive`] | everything the shop holds on one person, as one document |
//! | [`Leaving`] | the end of an account |
//! | [`Returning`] | what somebody bought as a guest, when they sign in |
//!
//! Who somebody is and how they prove it belongs to `authority` and `identity`; here is the profile.
//! An account ends in one transaction, which also ends every session and frees the address; what
//! other contexts hold is forgotten by them when they hear `UserErased`. `docs/erasure.md` says what
//! goes, what stays, and why.

mod archive;
mod audit;
mod erase;
mod facts;
mod profile;
mod returning;
mod store;
mod update;
pub mod wire;

pub use archive::{Archive, CARTS_MAX, ORDERS_MAX};
pub use audit::ENTRIES_MAX;
pub use erase::{By, EraseError, Leaving};
pub use facts::{SessionStarted, from_change};
pub use profile::{ADDRESSES_MAX, CONSENTS_MAX, Change, Consent, Profile, SavedAddress};
pub use returning::Returning;
pub use update::Customers;
