//! Who may do what: users and their roles, sessions and tokens, API keys, clients.
//!
//! | façade | for |
//! |---|---|
//! | [`Guard`] | every function that takes bearer credentials: whom one names, now |
//! | [`Authority`] | users, sessions, tokens; what other contexts of identity write goes into their transactions |
//! | [`Keys`] | API keys |
//!
//! How somebody *proves* who they are is not known here: `identity`, `factors`, `federation` and
//! `oauth` prove it, and ask for a session.

#[macro_use]
mod words;

mod actor;
mod claims;
mod client;
mod end;
pub mod facts;
mod govern;
mod guard;
mod invitation;
mod invite;
mod key;
mod keys;
pub mod mail;
mod refresh;
mod role;
mod roles;
mod second_step;
mod session;
mod signing;
mod sponsor;
mod start;
mod store;
mod user;
mod vault;
pub mod wire;

use std::sync::Arc;

use kernel::{Clock, Email, Fault, Random};
use platform::Cloud;
use platform::table::Write;
use platform::trail::Trail;

pub use actor::Actor;
pub use claims::{ACCESS_TYPE, Claims};
pub use client::ClientSubject;
pub use govern::{GovernError, UserChange};
pub use guard::Guard;
pub use invitation::{Invitation, InvitationId, NewInvitation};
pub use invite::{InviteError, OpenInvitation};
pub use key::{ApiKey, BadScope, Credential, KeyId, KeyKind, NewKey, Scope};
pub use keys::{KeyError, Keys, Minted, OVERLAP};
pub use refresh::RefreshError;
pub use role::{OWNER, PERMISSIONS, Powers, Role};
pub use roles::RoleError;
pub use second_step::{SecondStep, Waiting};
pub use session::{ACCESS_LASTS, EndReason, Method, Session, SessionId, Start, Tokens};
pub use signing::{PUBLISHED_BEFORE, PublicKey, Rotated};
pub use user::{FactorKind, NewUser, Profile, RoleName, User, UserId, UserStatus};

use mail::Postbox;
use signing::Verifier;
use store::Store;
use vault::Vault;

/// The `client_id` of the shop's own front: its sessions act as the user.
pub const STOREFRONT: &str = "storefront";

/// Users, sessions and tokens.
///
/// Needs `authority: readwrite`, `trail: append` and `secrets: [vault]` for sessions and tokens;
/// reading users needs only `authority: read`. Methods that give [`Write`]s take part in the caller's
/// transaction: all of them for one user touch that user's row, so one transaction takes only one.
pub struct Authority {
    store: Store,
    verifier: Verifier,
    vault: Vault,
    trail: Trail,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    postbox: Option<Postbox>,
    storefront_url: String,
}

impl Authority {
    /// Keeps everything in the table `authority`.
    pub fn new(cloud: &Cloud) -> Self {
        let store = Store::new(cloud);
        Self {
            verifier: Verifier::new(store.clone(), &cloud.need("SHOP_URL")),
            store,
            vault: Vault::new(cloud),
            trail: cloud.trail(),
            clock: cloud.clock(),
            random: cloud.random(),
            postbox: cloud.setting("SECRET_VAULT").map(|_| Postbox::new(cloud)),
            storefront_url: cloud.setting("STOREFRONT_URL").unwrap_or_default().to_owned(),
        }
    }

    /// One user, as the last answered change left them; erased ones included.
    pub async fn user(&self, user_id: &UserId) -> Result<Option<User>, Fault> {
        self.store.user(user_id).await
    }

    /// The user of an address, whatever its case.
    pub async fn user_by_email(&self, email: &Email) -> Result<Option<User>, Fault> {
        self.store.user_by_email(email).await
    }

    /// What these users' roles let them do.
    pub async fn permissions(&self, user: &User) -> Result<Vec<String>, Fault> {
        guard::permissions(&self.store, &user.roles).await
    }

    /// Whether anybody can do everything.
    pub async fn has_owner(&self) -> Result<bool, Fault> {
        Ok(self.store.owners().await? > 0)
    }

    /// The writes after which there is a user: their row, then their address. Each fails its condition
    /// when it is there already.
    pub fn creating(&self, new: &NewUser) -> Vec<Write> {
        self.store.creating(new, self.clock.now())
    }

    /// The writes that give a user another address: the user's row, and unless only the case differs,
    /// the old address and the new one, whose condition fails when somebody has it.
    pub fn changing_email(&self, user: &User, email: &Email) -> Vec<Write> {
        self.store.changing_email(user, email, self.clock.now())
    }

    /// The write that changes what users say about themselves.
    pub fn changing_profile(&self, user: &User, profile: &Profile) -> Write {
        self.store.changing_profile(user, profile, self.clock.now())
    }

    /// The write that notes which kinds of second factor a login needs.
    pub fn noting_factors(&self, user: &User, factors: &[FactorKind]) -> Write {
        self.store.noting_factors(user, factors, self.clock.now())
    }

    /// The writes after which only the user's id is left, and their address is free. The condition of
    /// the last fails when they are the only owner.
    pub fn erasing(&self, user: &User) -> Vec<Write> {
        self.store.erasing(user, self.clock.now())
    }

    /// A demand on the user's row: they can act, and nothing has ended their sessions since.
    pub fn requiring(&self, user: &User) -> Write {
        self.store.requiring(user)
    }

    /// The write that keeps what a client may do in its own name; replaces what was kept.
    pub fn putting_client(&self, client: &ClientSubject) -> Write {
        self.store.putting_client(client)
    }

    /// The write that forgets a client; its tokens name nobody from then on.
    pub fn removing_client(&self, client_id: &str) -> Write {
        self.store.removing_client(client_id)
    }

    /// The claims of an access token whose session, user or client is still good; as the guard sees
    /// it at the gate.
    pub async fn live_claims(&self, token: &str) -> Result<Option<Claims>, Fault> {
        let audience = &self.verifier.parties.api;
        let Some(claims) = self.verify(token, ACCESS_TYPE, audience).await? else {
            return Ok(None);
        };
        let live = match claims.session_id() {
            Some(_) => guard::live_user(&self.store, &claims, self.clock.now())
                .await?
                .is_some(),
            None => match claims.text("sub") {
                Some(client_id) => self.store.client(client_id).await?.is_some(),
                None => false,
            },
        };
        Ok(live.then_some(claims))
    }

    /// The issuer of every token: the shop's address.
    pub fn issuer(&self) -> &str {
        &self.verifier.parties.issuer
    }

    /// The audience of access tokens: the API.
    pub fn api(&self) -> &str {
        &self.verifier.parties.api
    }
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Authority")
    }
}
