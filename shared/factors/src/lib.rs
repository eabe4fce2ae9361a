//! Factors: how somebody proves who they are beside, or instead of, a password.

mod attempts;
mod base32;
mod passkey;
mod recovery;
mod totp;
