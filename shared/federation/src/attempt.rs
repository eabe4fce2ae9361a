//! One way to a provider and back.

use authority::UserId;
use kernel::{Duration, Time};

use crate::provider::ProviderName;

/// How long a person may stay at the provider.
pub(crate) const ATTEMPT_LIFE: Duration = Duration::minutes(10);

/// A way that was begun. Verifier and nonce are not in it: they follow from the state under a key of
/// the vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attempt {
    pub(crate) provider: ProviderName,
    /// The issuer then: another one's answer is no answer, though it has the same name now.
    pub(crate) issuer: String,
    /// SHA-256 of the secret that the browser keeps.
    pub(crate) browser: String,
    /// Whose account is to be linked; none for a sign-in.
    pub(crate) linking: Option<UserId>,
    pub(crate) cart_id: Option<String>,
    pub(crate) good_until: Time,
}

/// Where to send the browser, and what it must keep meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    /// Where to.
    pub authorization_url: String,
    /// Kept by the browser, shown when it is back.
    pub browser_secret: String,
}
