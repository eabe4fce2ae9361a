//! Factors: how somebody proves who they are beside, or instead of, a password.
//!
//! An authenticator app (TOTP), passkeys, and recovery codes for when those are lost. What a user
//! holds is one item with a version, so a code, a recovery code or a signature counts once
//! however many requests bring it at the same time. The user's own row (context `authority`) says
//! which kinds there are; it changes in the same transaction.
//!
//! [`Factors`] is the façade; [`Forgetting`] does what needs no keys. Who may call what, and how fresh their session must be, stands in the
//! manifest; that somebody with a factor shows it before changing factors, stands here.

mod attempts;
mod base32;
mod enrol;
pub mod facts;
mod forget;
mod held;
mod login;
mod party;
mod passkey;
mod prove;
mod recovery;
mod remove;
mod seal;
mod store;
mod totp;
pub mod wire;

use std::sync::Arc;

use authority::mail::{Letter, Postbox};
use authority::{Authority, FactorKind, User};
use kernel::{Clock, Fault, Ids, Origin, Random};
use platform::Cloud;
use platform::table::Put;
use platform::token::CartTokens;
use platform::trail::Trail;

pub use enrol::Owner;
pub use forget::Forgetting;
pub use held::FactorId;
pub use prove::Proof;

use held::Held;
use passkey::RelyingParty;
use prove::ProveError;
use seal::Seal;
use store::Store;
use wire::ceremony::{Ceremonies, Purpose};

/// Everything about factors.
pub struct Factors {
    store: Store,
    authority: Authority,
    postbox: Postbox,
    trail: Trail,
    seal: Seal,
    ceremonies: Ceremonies,
    party: RelyingParty,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    /// Reads the tokens of carts that come along, where the function is granted `signing`.
    cart_tokens: Option<CartTokens>,
}

impl Factors {
    /// From what the manifest grants: `factors`, `authority`, `trail`, the secret `vault`.
    pub fn new(cloud: &Cloud) -> Self {
        Self {
            store: Store::new(cloud),
            authority: Authority::new(cloud),
            postbox: Postbox::new(cloud),
            trail: cloud.trail(),
            seal: Seal::new(cloud),
            ceremonies: Ceremonies::new(cloud),
            party: RelyingParty::of(cloud),
            clock: cloud.clock(),
            random: cloud.random(),
            cart_tokens: cloud
                .setting("SECRET_SIGNING")
                .map(|_| CartTokens::new(cloud.secret("signing").bytes(), cloud.need("APP_NAME"))),
        }
    }

    /// The kinds of factor that a login of this user must be completed with; none for a password
    /// alone.
    pub async fn enrolled(&self, user: &User) -> Result<Vec<FactorKind>, Fault> {
        Ok(self.store.held(&user.user_id).await?.kinds())
    }

    /// Whether this proof is the user's, for pages of the shop's own. It is used up. False for a
    /// wrong one; a refusal when wrong codes have to wait (`second_factor_wait`).
    pub async fn verify(&self, user: &User, proof: Proof, origin: &Origin) -> Result<bool, Fault> {
        let wanted = prove::Wanted {
            user,
            purpose: Purpose::Page {
                user_id: user.user_id.clone(),
            },
            user_verification: false,
            beside: Vec::new(),
            origin,
            now: self.clock.now(),
        };
        match self.prove(&wanted, &proof).await {
            Ok(_) => Ok(true),
            Err(ProveError::Wrong | ProveError::Unknown) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    fn mail(&self, ids: &Ids<'_>, user: &User, letter: &Letter) -> Result<Put, Fault> {
        self.postbox.posting(self.store.table(), ids, &user.email, letter)
    }

    fn mail_codes_left(&self, ids: &Ids<'_>, user: &User, held: &Held) -> Result<Put, Fault> {
        let left = u32::try_from(held.recovery.len()).unwrap_or(u32::MAX);
        self.mail(ids, user, &Letter::RecoveryCodes { left })
    }
}

impl std::fmt::Debug for Factors {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Factors")
    }
}

#[cfg(test)]
mod tests;
