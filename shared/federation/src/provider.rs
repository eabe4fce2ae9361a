//! A provider: whose word the shop takes for who somebody is.

use kernel::{Handle, Time};

/// Names one provider, for example `google`.
pub type ProviderName = Handle;

/// A provider as staff has set it up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    /// Names it, in addresses as well.
    pub name: ProviderName,
    /// What people read on the button.
    pub title: String,
    /// Whose tokens: what its documents and tokens must say, character for character.
    pub issuer: String,
    /// Who we are to it.
    pub client_id: String,
    /// Our secret, sealed.
    pub sealed_secret: String,
    /// What we ask for; `openid` always.
    pub scopes: Vec<String>,
    /// Whether anybody can sign in with it.
    pub enabled: bool,
    /// When it was set up last.
    pub updated_at: Time,
    /// Counts its changes.
    pub version: u64,
}

/// Whether an issuer is one that we may call: public and with TLS, or anything on one machine.
pub(crate) fn is_issuer(text: &str, is_local: bool) -> bool {
    let plain = !text.contains(['?', '#']) && !text.ends_with('/');
    let reachable = platform::outbound::is_public_url(text) || (is_local && text.starts_with("http"));
    plain && reachable && text.len() <= 255
}
