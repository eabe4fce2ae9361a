//! What a client is to be, and what it cannot be.

use kernel::{Fault, FieldFault, Time};
use platform::http::Staff;

use crate::client::Client;
use crate::redirect::RedirectUri;
use crate::scope::Scopes;

/// What a client is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    pub(crate) name: String,
    pub(crate) confidential: bool,
    pub(crate) redirect_uris: Vec<RedirectUri>,
    pub(crate) scopes: Scopes,
    pub(crate) permissions: Vec<String>,
    pub(crate) pushed_only: bool,
}

/// What is to be different about a client.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    pub(crate) name: Option<String>,
    pub(crate) redirect_uris: Option<Vec<RedirectUri>>,
    pub(crate) scopes: Option<Scopes>,
    pub(crate) permissions: Option<Vec<String>>,
    pub(crate) pushed_only: Option<bool>,
    pub(crate) enabled: Option<bool>,
}

/// A client and, this once, the text of its new secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// The client.
    pub client: Client,
    /// The secret; none for a public client.
    pub secret: Option<String>,
}

/// Why a client is not as it was to be.
#[derive(Debug, thiserror::Error)]
pub enum ManageError {
    /// A public client cannot act in its own name: nobody could tell it from another.
    #[error("a client that cannot keep a secret has no permissions of its own")]
    PublicWithPermissions,
    /// A client that asks people must say where they come back to.
    #[error("a client with scopes needs a redirect URI")]
    NowhereToReturn,
    /// A public client has no secret to rotate.
    #[error("a public client has no secret")]
    NoSecret,
    /// Nobody gives what they do not have.
    #[error("you cannot give the permission `{permission}`, which you do not have")]
    NotYours {
        /// The permission.
        permission: String,
    },
    /// A client's secret has no end, so that nobody whose key has one gets or gives such a secret.
    #[error("your key has an end and a client has none: use a key without an end, or let a person do it")]
    Outlives,
    /// There is no such client.
    #[error("there is no such client")]
    Missing,
    /// The client is no longer as it was read.
    #[error("the client has changed")]
    Stale,
    /// It could not be stored.
    #[error("the client could not be stored")]
    Store(#[source] Fault),
}

impl From<ManageError> for Fault {
    fn from(error: ManageError) -> Self {
        let detail = error.to_string();
        let field = |name: &str, code| Self::Invalid {
            code: "client_invalid",
            detail: "there can be no such client".to_owned(),
            fields: vec![FieldFault::new(name, code, detail.clone())],
        };
        match error {
            ManageError::PublicWithPermissions => field("permissions", "not_public"),
            ManageError::NowhereToReturn => field("redirect_uris", "empty"),
            ManageError::NoSecret => Self::refused("client_public", detail),
            ManageError::NotYours { permission } => Self::Denied { permission },
            ManageError::Outlives => Self::refused("client_outlives_grantor", detail),
            ManageError::Missing => Self::missing("client"),
            ManageError::Stale => Self::Stale,
            ManageError::Store(fault) => fault,
        }
    }
}

/// Refuses a client that could not be what it says.
pub(crate) fn check(client: &Client) -> Result<(), ManageError> {
    if !client.confidential && !client.permissions.is_empty() {
        return Err(ManageError::PublicWithPermissions);
    }
    if !client.scopes.is_empty() && client.redirect_uris.is_empty() {
        return Err(ManageError::NowhereToReturn);
    }
    Ok(())
}

/// Refuses permissions that somebody takes and does not have.
pub(crate) fn held(permissions: &[String], by: &Staff) -> Result<(), ManageError> {
    match permissions.iter().find(|permission| !by.may(permission)) {
        Some(permission) => Err(ManageError::NotYours {
            permission: permission.clone(),
        }),
        None => Ok(()),
    }
}

/// Refuses permissions that somebody gives and does not have, or has for a while only.
pub(crate) fn given(permissions: &[String], by: &Staff) -> Result<(), ManageError> {
    held(permissions, by)?;
    if by.ends_at.is_some() && !permissions.is_empty() {
        return Err(ManageError::Outlives);
    }
    Ok(())
}

impl Client {
    /// The client with these changes, as its next version.
    pub(crate) fn changed(&self, changes: Changes, now: Time) -> Self {
        let mut after = self.clone();
        after.name = changes.name.unwrap_or(after.name);
        after.redirect_uris = changes.redirect_uris.unwrap_or(after.redirect_uris);
        after.scopes = changes.scopes.unwrap_or(after.scopes);
        after.permissions = changes.permissions.unwrap_or(after.permissions);
        after.pushed_only = changes.pushed_only.unwrap_or(after.pushed_only);
        after.enabled = changes.enabled.unwrap_or(after.enabled);
        after.updated_at = now;
        after.version += 1;
        after
    }
}
