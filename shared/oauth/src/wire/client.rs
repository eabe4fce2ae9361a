//! Clients as staff sees and changes them.

use kernel::{FieldFault, Time};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use crate::client::{Client, ClientId, ClientSecret, SecretId};
use crate::manage::{Changes, Draft, Registered};
use crate::redirect::RedirectUri;
use crate::scope::Scopes;

/// A new client.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("example" = {
    "name": "Loyalty app", "confidential": true, "redirect_uris": ["https://loyalty.example.com/callback"],
    "scopes": ["openid", "email", "offline_access"]
}))]
pub struct CreateClient {
    /// What people read on the consent page.
    #[schemars(length(min = 1, max = 100))]
    pub name: String,
    /// Whether it runs where a secret can be kept. A program on a person's device does not.
    pub confidential: bool,
    /// Where browsers are sent back to: `https`, `http` on a loopback address, or an app's own scheme.
    #[serde(default)]
    #[schemars(length(max = 10), inner(length(min = 1, max = 512)))]
    pub redirect_uris: Vec<String>,
    /// What it may ask people for.
    #[serde(default)]
    #[schemars(length(max = 20), inner(length(min = 1, max = 100)))]
    pub scopes: Vec<String>,
    /// What it may do in its own name, by client credentials. Nobody gives what they do not have.
    #[serde(default)]
    #[schemars(length(max = 50), inner(length(min = 1, max = 100)))]
    pub permissions: Vec<String>,
    /// Whether its authorization requests must be pushed first (RFC 9126).
    #[serde(default)]
    pub require_pushed_authorization_requests: bool,
}

/// What to change about a client: JSON Merge Patch (RFC 7396). What is absent stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("example" = { "enabled": false }))]
pub struct UpdateClient {
    /// What people read on the consent page.
    #[serde(default, deserialize_with = "given")]
    #[schemars(length(min = 1, max = 100), with = "String")]
    pub name: Option<String>,
    /// Where browsers are sent back to; replaces the list.
    #[serde(default, deserialize_with = "given")]
    #[schemars(length(max = 10), with = "Vec<String>")]
    pub redirect_uris: Option<Vec<String>>,
    /// What it may ask people for; replaces the list.
    #[serde(default, deserialize_with = "given")]
    #[schemars(length(max = 20), with = "Vec<String>")]
    pub scopes: Option<Vec<String>>,
    /// What it may do in its own name; replaces the list.
    #[serde(default, deserialize_with = "given")]
    #[schemars(length(max = 50), with = "Vec<String>")]
    pub permissions: Option<Vec<String>>,
    /// Whether its authorization requests must be pushed first.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "bool")]
    pub require_pushed_authorization_requests: Option<bool>,
    /// A disabled client gets nothing, and what it has is over at once.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "bool")]
    pub enabled: Option<bool>,
}

/// Another secret for a client.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("example" = { "end_others": false }))]
pub struct RotateSecret {
    /// Whether the secret before stops working at once. Else both work, and the next rotation ends
    /// the older one.
    #[serde(default)]
    pub end_others: bool,
}

/// A client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ClientView {
    /// Names it; not a secret.
    pub client_id: ClientId,
    /// What people read on the consent page.
    pub name: String,
    /// Whether it can keep a secret.
    pub confidential: bool,
    /// Where browsers are sent back to.
    pub redirect_uris: Vec<String>,
    /// What it may ask people for.
    pub scopes: Vec<String>,
    /// What it may do in its own name.
    pub permissions: Vec<String>,
    /// Whether its authorization requests must be pushed first.
    pub require_pushed_authorization_requests: bool,
    /// Whether it gets anything.
    pub enabled: bool,
    /// Its secrets, newest last; never their text.
    pub secrets: Vec<ClientSecretView>,
    /// When it was registered.
    pub created_at: Time,
    /// When it was last changed.
    pub updated_at: Time,
}

/// A secret, as far as it can be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ClientSecretView {
    /// Names it.
    pub secret_id: SecretId,
    /// When it was made.
    pub created_at: Time,
}

/// A new client with its secret, which is shown this once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CreatedClientView {
    /// The client.
    #[serde(flatten)]
    pub client: ClientView,
    /// Its secret; none for a public client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
}

/// A new secret, which is shown this once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RotatedSecretView {
    /// The client with the secrets that work now.
    #[serde(flatten)]
    pub client: ClientView,
    /// The new secret.
    pub client_secret: String,
}

/// A field that is there has a value: `null` would remove what a client must have.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

impl TryFrom<CreateClient> for Draft {
    type Error = Vec<FieldFault>;

    fn try_from(body: CreateClient) -> Result<Self, Vec<FieldFault>> {
        let mut faults = Vec::new();
        let redirect_uris = redirect_uris(body.redirect_uris, &mut faults);
        let scopes = scopes(&body.scopes, &mut faults);
        if body.name.trim().is_empty() {
            faults.push(FieldFault::new("name", "empty", "a name that people can read"));
        }
        let draft = Self {
            name: body.name.trim().to_owned(),
            confidential: body.confidential,
            redirect_uris,
            scopes,
            permissions: body.permissions,
            pushed_only: body.require_pushed_authorization_requests,
        };
        if faults.is_empty() { Ok(draft) } else { Err(faults) }
    }
}

impl TryFrom<UpdateClient> for Changes {
    type Error = Vec<FieldFault>;

    fn try_from(body: UpdateClient) -> Result<Self, Vec<FieldFault>> {
        let mut faults = Vec::new();
        let changes = Self {
            name: body
                .name
                .map(|name| name.trim().to_owned())
                .filter(|name| !name.is_empty()),
            redirect_uris: body.redirect_uris.map(|uris| redirect_uris(uris, &mut faults)),
            scopes: body.scopes.map(|words| scopes(&words, &mut faults)),
            permissions: body.permissions,
            pushed_only: body.require_pushed_authorization_requests,
            enabled: body.enabled,
        };
        if faults.is_empty() {
            Ok(changes)
        } else {
            Err(faults)
        }
    }
}

fn redirect_uris(texts: Vec<String>, faults: &mut Vec<FieldFault>) -> Vec<RedirectUri> {
    let mut uris = Vec::new();
    for (position, text) in texts.into_iter().enumerate() {
        match RedirectUri::parse(&text) {
            Ok(uri) => uris.push(uri),
            Err(error) => {
                let field = format!("redirect_uris[{position}]");
                faults.push(FieldFault::new(field, "malformed", error.to_string()));
            }
        }
    }
    uris
}

fn scopes(words: &[String], faults: &mut Vec<FieldFault>) -> Scopes {
    Scopes::parse(&words.join(" ")).unwrap_or_else(|_| {
        let known: Vec<&str> = Scopes::all().collect();
        faults.push(FieldFault::new(
            "scopes",
            "unknown",
            format!("one of {}", known.join(", ")),
        ));
        Scopes::default()
    })
}

impl From<Client> for ClientView {
    fn from(client: Client) -> Self {
        let secret = |secret: ClientSecret| ClientSecretView {
            secret_id: secret.secret_id,
            created_at: secret.created_at,
        };
        Self {
            client_id: client.client_id,
            name: client.name,
            confidential: client.confidential,
            redirect_uris: client.redirect_uris.iter().map(ToString::to_string).collect(),
            scopes: client.scopes.to_vec(),
            permissions: client.permissions,
            require_pushed_authorization_requests: client.pushed_only,
            enabled: client.enabled,
            secrets: client.secrets.into_iter().map(secret).collect(),
            created_at: client.created_at,
            updated_at: client.updated_at,
        }
    }
}

impl From<Registered> for CreatedClientView {
    fn from(registered: Registered) -> Self {
        Self {
            client: registered.client.into(),
            client_secret: registered.secret,
        }
    }
}

impl From<Registered> for RotatedSecretView {
    fn from(registered: Registered) -> Self {
        Self {
            client: registered.client.into(),
            client_secret: registered.secret.unwrap_or_default(),
        }
    }
}
