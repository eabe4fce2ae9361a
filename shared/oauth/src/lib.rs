//! The provider: other programs act in a person's name, as far as the person agreed.
//!
//! OAuth 2.1 and OpenID Connect, by the rules of RFC 9700: codes with PKCE and nothing implicit,
//! exact redirect addresses, pushed requests, an issuer in every answer. What a program gets in the
//! end is a session of [`authority`] with scopes, so rotation, reuse detection and revocation are
//! the same as for a person's own login.
//!
//! - [`Provider`], [`Forms`], [`Documents`], [`Forgetting`]: the façades, each with the rights of its functions.
//! - [`client`], [`redirect`], [`pkce`], [`scope`], [`request`], [`decision`]: the rules; pure.
//! - [`page`]: the pages a person sees.
//! - [`wire`]: clients in JSON, and the documents of the protocol.

#![allow(
    clippy::match_bool,
    reason = "two outcomes of one question read better side by side"
)]

mod answer;
mod authorize;
pub mod client;
mod clients;
mod consents;
mod credentials;
mod decide;
pub mod decision;
mod exchange;
mod forget;
mod grant;
mod inspect;
mod manage;
pub mod page;
mod parameters;
mod people;
pub mod pkce;
mod push;
pub mod redirect;
pub mod refusal;
pub mod request;
pub mod scope;
mod secret;
mod store;
mod store_rows;
pub mod wire;

use std::sync::Arc;

use authority::Authority;
use kernel::{Clock, Random};
use platform::Cloud;
use platform::trail::Trail;

pub use answer::{Answered, Shown};
pub use credentials::Failure;
pub use forget::Forgetting;
pub use manage::{Changes, Draft, ManageError, Registered};
pub use parameters::Parameters;
use people::People;
pub use store::Consent;
use store::Store;
use wire::Transactions;
pub use wire::{done, form, told, told_as};

/// Clients, codes and tokens: all of the provider but the forms that prove who somebody is.
pub struct Provider {
    store: Store,
    authority: Authority,
    transactions: Transactions,
    trail: Trail,
    issuer: String,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl Provider {
    /// Keeps everything in the table `oauth`, and asks authority who people are.
    pub fn new(cloud: &Cloud) -> Self {
        Self {
            store: Store::new(cloud),
            authority: Authority::new(cloud),
            transactions: Transactions::new(cloud),
            trail: cloud.trail(),
            issuer: cloud.need("SHOP_URL"),
            clock: cloud.clock(),
            random: cloud.random(),
        }
    }
}

/// The forms of the authorization endpoint: they ask identity and factors who somebody is.
pub struct Forms {
    provider: Provider,
    people: People,
}

impl Forms {
    /// The forms of the provider's pages.
    pub fn new(cloud: &Cloud) -> Self {
        Self {
            provider: Provider::new(cloud),
            people: People::new(cloud),
        }
    }

    /// The provider behind the forms.
    pub fn provider(&self) -> &Provider {
        &self.provider
    }
}

/// What the provider says of itself.
#[derive(Debug)]
pub struct Documents {
    issuer: String,
}

impl Documents {
    /// Of the shop at `SHOP_URL`.
    pub fn new(cloud: &Cloud) -> Self {
        Self {
            issuer: cloud.need("SHOP_URL"),
        }
    }

    /// What the provider can do, for both well-known addresses.
    pub fn metadata(&self) -> wire::MetadataView {
        wire::MetadataView::new(&self.issuer)
    }
}

impl std::fmt::Debug for Forms {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Forms")
    }
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Provider")
    }
}

#[cfg(test)]
mod tests;
