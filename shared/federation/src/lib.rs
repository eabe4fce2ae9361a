//! Signing in with an account that somebody has elsewhere: this shop as a client of OpenID providers.
//!
//! Who somebody is elsewhere is a pair of issuer and subject, and nothing else: never an e-mail
//! address. An identity elsewhere opens an account here only after that account's owner, logged in,
//! has linked it, or when the account was made by it; that an address is the same links nothing.

mod attempt;
mod begin;
mod error;
pub mod facts;
mod finish;
mod forget;
mod links;
mod manage;
mod provider;
mod secrets;
mod store;
pub mod wire;

use std::sync::Arc;

use authority::Authority;
use authority::mail::Postbox;
use kernel::{Clock, Random};
use platform::Cloud;
use platform::token::CartTokens;
use platform::trail::Trail;

pub use attempt::Begun;
pub use error::FederationError;
pub use finish::{Returned, SignedIn};
pub use forget::Forgetting;
pub use links::Ways;
pub use manage::Settings;
pub use provider::{Provider, ProviderName};
use secrets::Secrets;
pub use store::Link;
use store::Store;
use wire::Elsewhere;

/// Sign-in with accounts elsewhere.
pub struct Federation {
    store: Store,
    authority: Authority,
    elsewhere: Elsewhere,
    secrets: Secrets,
    postbox: Postbox,
    trail: Trail,
    storefront: String,
    is_local: bool,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    cart_tokens: Option<CartTokens>,
}

impl Federation {
    /// Keeps everything in the table `federation`.
    pub fn new(cloud: &Cloud) -> Self {
        Self {
            store: Store::new(cloud),
            authority: Authority::new(cloud),
            elsewhere: Elsewhere::new(cloud),
            secrets: Secrets::new(cloud),
            postbox: Postbox::new(cloud),
            trail: cloud.trail(),
            storefront: cloud.need("STOREFRONT_URL"),
            is_local: cloud.need("SHOP_URL").starts_with("http://"),
            clock: cloud.clock(),
            random: cloud.random(),
            cart_tokens: cloud
                .setting("SECRET_SIGNING")
                .map(|_| CartTokens::new(cloud.secret("signing").bytes(), cloud.need("APP_NAME"))),
        }
    }

    /// Where a provider sends people back to: a page of the storefront, which brings us what it gets.
    pub fn redirect_uri(&self, provider: &ProviderName) -> String {
        format!("{}/sign-in/{provider}", self.storefront)
    }
}

impl std::fmt::Debug for Federation {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Federation")
    }
}

#[cfg(test)]
mod tests;
