//! API keys in JSON.

use kernel::{Fault, FieldFault, Time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::key::{ApiKey, KeyId, KeyKind, NewKey, Scope};
use crate::keys::Minted;

/// What a key is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeyKindName {
    /// For servers: does what its scopes name.
    #[default]
    Secret,
    /// For shop fronts, in public view: grants nothing.
    Publishable,
}

impl From<KeyKindName> for KeyKind {
    fn from(name: KeyKindName) -> Self {
        match name {
            KeyKindName::Secret => Self::Secret,
            KeyKindName::Publishable => Self::Publishable,
        }
    }
}

impl From<KeyKind> for KeyKindName {
    fn from(kind: KeyKind) -> Self {
        match kind {
            KeyKind::Secret => Self::Secret,
            KeyKind::Publishable => Self::Publishable,
        }
    }
}

/// A key that is to be minted.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateKey {
    /// What it is for.
    #[serde(default)]
    pub kind: KeyKindName,
    /// What people call it.
    #[schemars(length(min = 1, max = 100), example = &"warehouse")]
    pub name: String,
    /// What it may do: permissions you hold yourself. None for a publishable key.
    #[serde(default)]
    #[schemars(length(max = 50), inner(length(max = 80)), example = &["orders.read"])]
    pub scopes: Vec<String>,
    /// From when on it opens nothing. Without it only revoking ends the key.
    #[serde(default)]
    pub expires_at: Option<Time>,
}

impl TryFrom<CreateKey> for NewKey {
    type Error = Fault;

    fn try_from(body: CreateKey) -> Result<Self, Fault> {
        Ok(Self {
            kind: body.kind.into(),
            name: body.name,
            scopes: scopes("scopes", &body.scopes)?,
            expires_at: body.expires_at,
        })
    }
}

/// Permissions as they were typed; every bad one is named.
pub(super) fn scopes(field: &str, texts: &[String]) -> Result<Vec<Scope>, Fault> {
    let (mut scopes, mut faults) = (Vec::new(), Vec::new());
    for (index, text) in texts.iter().enumerate() {
        match Scope::parse(text) {
            Ok(scope) => scopes.push(scope),
            Err(error) => faults.push(FieldFault::new(
                format!("{field}[{index}]"),
                "scope_invalid",
                error.to_string(),
            )),
        }
    }
    if faults.is_empty() {
        Ok(scopes)
    } else {
        Err(Fault::invalid_fields(faults))
    }
}

/// An API key, without its secret.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct KeyView {
    /// Names the key.
    pub key_id: KeyId,
    /// What it is for.
    pub kind: KeyKindName,
    /// What people call it.
    #[schemars(example = &"warehouse")]
    pub name: String,
    /// What it may do.
    #[schemars(example = &["orders.read"])]
    pub scopes: Vec<String>,
    /// When it was minted.
    pub created_at: Time,
    /// Who minted it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"usr_01h455vb4pex5vsknk084sn02q")]
    pub created_by: Option<String>,
    /// From when on it opens nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Time>,
    /// When it was ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Time>,
    /// The key that takes its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<KeyId>,
    /// When it was used last, to the hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<Time>,
}

impl From<(ApiKey, Option<Time>)> for KeyView {
    fn from((key, last_used_at): (ApiKey, Option<Time>)) -> Self {
        Self {
            expires_at: key.ends_at(),
            key_id: key.key_id,
            kind: key.kind.into(),
            name: key.name,
            scopes: key.scopes.iter().map(ToString::to_string).collect(),
            created_at: key.created_at,
            created_by: key.created_by,
            revoked_at: key.revoked_at,
            replaced_by: key.replaced_by,
            last_used_at,
        }
    }
}

/// A new key with its text, which is shown once.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct MintedKeyView {
    /// What to present as a bearer token. Keep it; nobody can show it again.
    #[schemars(example = &"cw_sk_01h455vb4pex5vsknk084sn02q_0aZ9")]
    pub text: String,
    /// The key.
    pub key: KeyView,
}

impl From<Minted> for MintedKeyView {
    fn from(minted: Minted) -> Self {
        Self {
            text: minted.credential.reveal(),
            key: (minted.key, None).into(),
        }
    }
}
