//! How somebody proves who they are: registration, passwords, codes and links by mail.
//!
//! [`Identity`] is the façade. Who somebody is once they have proven it, their sessions and tokens, is
//! the context `authority`; further factors are the context `factors`. Three promises hold everywhere:
//!
//! - Nobody learns here whether an address has an account. Requests about an account that exists and
//!   one that does not have the same answer and do the same work: the same reads, the same writes, one
//!   hash. What they differ in is the letter, which only the address's owner reads.
//! - Nothing exists before its proof. A registration is a row that nobody can log in with; the
//!   account comes to be in one transaction with the use of its code.
//! - A secret is kept as a hash, is good for ten minutes and five tries, and is used once.

mod ask;
mod breach;
mod change;
mod check;
mod error;
pub mod facts;
pub mod hash;
mod invite;
mod known;
mod link;
mod login;
mod owner;
pub mod password;
mod proof;
mod register;
mod reset;
mod secret;
mod store;
pub mod throttle;
pub mod wire;

use std::fmt;
use std::sync::Arc;

use authority::Authority;
use authority::mail::Postbox;
use kernel::{Clock, Ids, Random};
use platform::Cloud;
use platform::token::CartTokens;
use platform::trail::Trail;

use breach::Breaches;
use hash::{Cost, Hasher};
use secret::Secrets;
use store::Store;

pub use ask::Asked;
pub use change::{NewPassword, Present};
pub use check::Checked;
pub use error::Refusal;
pub use invite::Acceptance;
pub use known::Passwords;
pub use link::Redeemed;
pub use login::{LoggedIn, Visit};
pub use owner::MadeOwner;
pub use proof::{GOOD_FOR, Purpose};
pub use register::{NewAccount, Shown};

/// How people prove who they are.
pub struct Identity {
    store: Store,
    authority: Authority,
    secrets: Secrets,
    postbox: Postbox,
    hasher: Hasher,
    breaches: Breaches,
    trail: Trail,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    /// Reads the tokens of carts that come along, where the function is granted `signing`.
    cart_tokens: Option<CartTokens>,
    /// What the shop is called: no password may be little more than that.
    shop: String,
    /// Where links lead.
    storefront: String,
}

impl Identity {
    /// Needs the tables `identity` and `authority`, the trail and the secret `vault`.
    pub fn new(cloud: &Cloud) -> Self {
        Self {
            store: Store::new(cloud),
            authority: Authority::new(cloud),
            secrets: Secrets::new(cloud),
            postbox: Postbox::new(cloud),
            hasher: hasher(cloud),
            breaches: Breaches::new(cloud),
            trail: cloud.trail(),
            clock: cloud.clock(),
            random: cloud.random(),
            cart_tokens: cloud
                .setting("SECRET_SIGNING")
                .map(|_| CartTokens::new(cloud.secret("signing").bytes(), cloud.need("APP_NAME"))),
            shop: cloud.need("APP_NAME"),
            storefront: cloud.need("STOREFRONT_URL"),
        }
    }

    /// Ids of the present moment. Never seeded from a request: secrets come from the same source.
    fn ids(&self) -> Ids<'_> {
        Ids::new(self.clock.now(), &*self.random)
    }

    /// A link into the storefront. The ticket stands behind the `#`, so that no server logs it.
    fn link_to(&self, page: &str, ticket: &str) -> String {
        format!("{}/{page}#token={ticket}", self.storefront)
    }
}

/// At the cost that the settings name; at the default one when they name none, or one that no
/// function could bear.
fn hasher(cloud: &Cloud) -> Hasher {
    let number = |name: &str, default: u32| {
        let set = cloud.setting(name).map(str::parse);
        set.and_then(Result::ok).unwrap_or(default)
    };
    let cost = Cost {
        memory_kib: number("PASSWORD_HASH_MEMORY_KIB", Cost::DEFAULT.memory_kib),
        passes: number("PASSWORD_HASH_PASSES", Cost::DEFAULT.passes),
        lanes: number("PASSWORD_HASH_LANES", Cost::DEFAULT.lanes),
    };
    Hasher::new(cost).unwrap_or_default()
}

impl fmt::Debug for Identity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Identity")
    }
}

#[cfg(test)]
mod tests;
