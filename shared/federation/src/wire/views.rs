//! Requests and answers of the API.

use authority::{SessionId, Tokens};
use kernel::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::attempt::Begun;
use crate::finish::{Returned, SignedIn};
use crate::manage::Settings;
use crate::provider::{Provider, ProviderName};
use crate::store::Link;

/// The way to a provider. The cart whose token comes along in `x-cart-token` becomes the person's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("example" = {}))]
pub struct BeginSignIn {}

/// Where to send the browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BegunView {
    /// Where to.
    pub authorization_url: String,
    /// Kept by the browser and given back with what the provider sends.
    pub browser_secret: String,
    /// For how many seconds the way is open.
    pub expires_in: u32,
}

/// What the provider sent the browser back with.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("example" = { "code": "SplxlOBeZQQYbYS6WxSbIA", "state": "af0ifjsldkj", "browser_secret": "n-0S6" }))]
pub struct FinishSignIn {
    /// `code` of the address.
    #[schemars(length(min = 1, max = 2048))]
    pub code: String,
    /// `state` of the address.
    #[schemars(length(min = 1, max = 512))]
    pub state: String,
    /// `iss` of the address, when it has one.
    #[serde(default)]
    #[schemars(length(max = 512))]
    pub iss: Option<String>,
    /// What the browser kept.
    #[schemars(length(min = 1, max = 512))]
    pub browser_secret: String,
}

/// What a sign-in came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "status", rename_all = "snake_case")]
#[schemars(rename = "FederatedSignInView")]
pub enum SignedInView {
    /// The person is in.
    Authenticated {
        /// For the `Authorization` header.
        access_token: String,
        /// `Bearer`.
        token_type: String,
        /// For how many seconds.
        expires_in: u32,
        /// For `POST /v1/sessions/refresh`.
        #[serde(skip_serializing_if = "Option::is_none")]
        refresh_token: Option<String>,
        /// Names the session.
        #[serde(skip_serializing_if = "Option::is_none")]
        session_id: Option<SessionId>,
    },
    /// The person has a second factor as well.
    SecondFactorRequired {
        /// For `POST /v1/sessions/second-factor`.
        challenge: String,
    },
}

/// How a provider is set up.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("example" = {
    "title": "Example", "issuer": "https://accounts.example.com", "client_id": "cartwright",
    "client_secret": "from the provider", "scopes": ["openid", "email", "profile"], "enabled": true
}))]
pub struct PutProvider {
    /// What people read on the button.
    #[schemars(length(min = 1, max = 100))]
    pub title: String,
    /// Its issuer, character for character as its tokens have it, without a slash at the end.
    #[schemars(length(min = 8, max = 255))]
    pub issuer: String,
    /// Who we are to it.
    #[schemars(length(min = 1, max = 255))]
    pub client_id: String,
    /// Our secret; absent: the one before stays.
    #[serde(default)]
    #[schemars(length(min = 1, max = 512))]
    pub client_secret: Option<String>,
    /// What we ask for; `openid` always.
    #[serde(default = "scopes")]
    #[schemars(
        length(max = 20),
        inner(length(min = 1, max = 100), regex(pattern = r"^[!#-\[\]-~]+$"))
    )]
    pub scopes: Vec<String>,
    /// Whether anybody can sign in with it.
    pub enabled: bool,
}

fn scopes() -> Vec<String> {
    ["openid", "email", "profile"].map(str::to_owned).to_vec()
}

/// A provider as staff sees it; never its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "IdentityProviderView")]
pub struct ProviderView {
    /// Names it.
    pub provider: ProviderName,
    /// What people read on the button.
    pub title: String,
    /// Its issuer.
    pub issuer: String,
    /// Who we are to it.
    pub client_id: String,
    /// What we ask for.
    pub scopes: Vec<String>,
    /// Whether anybody can sign in with it.
    pub enabled: bool,
    /// What to register at the provider as redirect URI.
    pub redirect_uri: String,
    /// When it was set up last.
    pub updated_at: Time,
}

/// Every provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "IdentityProvidersView")]
pub struct ProvidersView {
    /// By name.
    pub data: Vec<ProviderView>,
}

/// A way into one's account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "ProviderLinkView")]
pub struct LinkView {
    /// By way of which provider.
    pub provider: ProviderName,
    /// Since when.
    pub linked_at: Time,
}

/// Every way into one's account that leads by a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "ProviderLinksView")]
pub struct LinksView {
    /// By provider.
    pub data: Vec<LinkView>,
}

impl From<Begun> for BegunView {
    fn from(begun: Begun) -> Self {
        Self {
            authorization_url: begun.authorization_url,
            browser_secret: begun.browser_secret,
            expires_in: 600,
        }
    }
}

impl From<FinishSignIn> for Returned {
    fn from(body: FinishSignIn) -> Self {
        Self {
            code: body.code,
            state: body.state,
            iss: body.iss,
            browser_secret: body.browser_secret,
        }
    }
}

impl From<SignedIn> for SignedInView {
    fn from(signed_in: SignedIn) -> Self {
        match signed_in {
            SignedIn::Tokens(tokens) => {
                let Tokens {
                    access_token,
                    refresh_token,
                    expires_in,
                    session_id,
                    ..
                } = *tokens;
                let token_type = "Bearer".to_owned();
                Self::Authenticated {
                    access_token,
                    token_type,
                    expires_in,
                    refresh_token,
                    session_id,
                }
            }
            SignedIn::SecondFactor { challenge } => Self::SecondFactorRequired { challenge },
        }
    }
}

impl From<PutProvider> for Settings {
    fn from(body: PutProvider) -> Self {
        Self {
            title: body.title,
            issuer: body.issuer,
            client_id: body.client_id,
            client_secret: body.client_secret,
            scopes: body.scopes,
            enabled: body.enabled,
        }
    }
}

impl ProviderView {
    /// As it is set up, with the address to register there.
    pub fn new(provider: Provider, redirect_uri: String) -> Self {
        Self {
            provider: provider.name,
            title: provider.title,
            issuer: provider.issuer,
            client_id: provider.client_id,
            scopes: provider.scopes,
            enabled: provider.enabled,
            redirect_uri,
            updated_at: provider.updated_at,
        }
    }
}

impl From<Link> for LinkView {
    fn from(link: Link) -> Self {
        Self {
            provider: link.provider,
            linked_at: link.linked_at,
        }
    }
}
