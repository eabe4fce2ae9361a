//! Between asking and giving: a request under way in one browser, and the code it ends with.

use kernel::{Duration, Time};

use crate::client::ClientId;
use crate::decision::{Asked, SignedIn};
use crate::pkce::Challenge;
use crate::request::AuthorizationRequest;
use crate::scope::Scopes;
use crate::secret;

kernel::typed_id!(
    /// Names one authorization request under way.
    AuthorizationId,
    "auz"
);

/// How long a person may take.
pub(crate) const PENDING_LIFE: Duration = Duration::minutes(10);
/// How long a code is good: a client fetches its tokens at once.
pub(crate) const CODE_LIFE: Duration = Duration::seconds(60);
/// How long a used code is remembered, so that using it again ends what it brought.
pub(crate) const CODE_MEMORY: Duration = Duration::days(1);
/// How long a pushed request waits for its person.
pub(crate) const PUSHED_LIFE: Duration = Duration::seconds(60);
/// How long a browser stays signed in at the provider.
pub(crate) const BROWSER_LIFE: Duration = Duration::hours(12);

/// An authorization request under way in one browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pending {
    pub(crate) authorization_id: AuthorizationId,
    pub(crate) request: AuthorizationRequest,
    /// SHA-256 of the browser's secret.
    pub(crate) browser: String,
    pub(crate) signed_in: Option<SignedIn>,
    pub(crate) asked: Asked,
    /// Counts the pages shown: a form of an earlier one is over.
    pub(crate) step: u32,
    pub(crate) expires_at: Time,
}

/// What a code stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CodeGrant {
    pub(crate) client_id: ClientId,
    pub(crate) redirect_uri: String,
    pub(crate) challenge: Challenge,
    pub(crate) scopes: Scopes,
    pub(crate) nonce: Option<String>,
    pub(crate) signed_in: SignedIn,
    pub(crate) expires_at: Time,
}

/// A code and what the table knows of its use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KnownCode {
    pub(crate) grant: CodeGrant,
    pub(crate) used_by: Option<String>,
}

impl Pending {
    /// The code's meaning, once the person is known and has agreed.
    pub(crate) fn grant(&self, signed_in: &SignedIn, now: Time) -> CodeGrant {
        let request = &self.request;
        CodeGrant {
            client_id: request.client_id.clone(),
            redirect_uri: request.redirect_uri.clone(),
            challenge: request.challenge.clone(),
            scopes: request.scopes.clone(),
            nonce: request.nonce.clone(),
            signed_in: signed_in.clone(),
            expires_at: now.plus(CODE_LIFE),
        }
    }
}

impl CodeGrant {
    /// Whether the code was issued to this client, for this address, to the holder of this verifier.
    /// All three are always looked at.
    pub(crate) fn is_for(&self, client_id: &ClientId, redirect_uri: &str, verifier: &str) -> bool {
        let proven = self.challenge.is_met_by(verifier);
        let addressed = secret::same(&self.redirect_uri, redirect_uri);
        proven && addressed && self.client_id == *client_id
    }
}
