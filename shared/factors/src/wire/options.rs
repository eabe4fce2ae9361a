//! What browsers are given: the JSON that `PublicKeyCredential.parseCreationOptionsFromJSON()` and
//! `parseRequestOptionsFromJSON()` read (WebAuthn Level 3, §5.1). Its names are the standard's.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use schemars::JsonSchema;
use serde::Serialize;

use super::ceremony::{CEREMONY_LASTS, Ceremony};
use crate::held::Passkey;
use crate::passkey::{ALGORITHMS, RelyingParty};

/// For `navigator.credentials.create()`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreationOptions {
    /// The shop.
    pub rp: PartyEntity,
    /// The user.
    pub user: UserEntity,
    /// What is signed, base64url.
    pub challenge: String,
    /// The algorithms that are accepted, the preferred one first.
    pub pub_key_cred_params: Vec<KeyParameters>,
    /// How long the ceremony may take, in milliseconds.
    pub timeout: i64,
    /// Credentials that the user has: an authenticator that holds one makes no other.
    pub exclude_credentials: Vec<CredentialDescriptor>,
    /// Which authenticators are wanted.
    pub authenticator_selection: AuthenticatorSelection,
    /// `none`: its make is not asked for.
    pub attestation: &'static str,
}

/// For `navigator.credentials.get()`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RequestOptions {
    /// What is signed, base64url.
    pub challenge: String,
    /// How long the ceremony may take, in milliseconds.
    pub timeout: i64,
    /// The shop's domain.
    pub rp_id: String,
    /// The credentials that may sign; empty for any that the user chooses.
    pub allow_credentials: Vec<CredentialDescriptor>,
    /// Whether the authenticator must verify its user: `required` or `preferred`.
    pub user_verification: &'static str,
}

/// The shop, to a browser.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PartyEntity {
    /// The domain that the passkey is bound to.
    pub id: String,
    /// What a person reads.
    pub name: String,
}

/// The user, to a browser.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserEntity {
    /// The user's id, base64url; says nothing about the person.
    pub id: String,
    /// What tells the account from others: the e-mail address.
    pub name: String,
    /// What they want to be called.
    pub display_name: String,
}

/// One algorithm.
#[derive(Debug, Serialize, JsonSchema)]
pub struct KeyParameters {
    /// `public-key`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Its COSE number.
    pub alg: i32,
}

/// One credential.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CredentialDescriptor {
    /// Its id, base64url.
    pub id: String,
    /// `public-key`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// How its authenticator can be reached.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub transports: Vec<String>,
}

/// Which authenticators are wanted.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuthenticatorSelection {
    /// `preferred`: a credential that is found without knowing its user, where that is possible.
    pub resident_key: &'static str,
    /// `preferred`: with PIN, finger or face, where that is possible.
    pub user_verification: &'static str,
}

impl CreationOptions {
    pub(crate) fn new(
        party: &RelyingParty,
        user: UserEntity,
        ceremony: &Ceremony,
        passkeys: &[Passkey],
    ) -> Self {
        let parameters = ALGORITHMS.map(|alg| KeyParameters {
            kind: "public-key",
            alg,
        });
        Self {
            rp: PartyEntity {
                id: party.id.clone(),
                name: party.name.clone(),
            },
            user,
            challenge: ceremony.challenge.clone(),
            pub_key_cred_params: parameters.into(),
            timeout: CEREMONY_LASTS.as_millis(),
            exclude_credentials: passkeys.iter().map(CredentialDescriptor::from).collect(),
            authenticator_selection: AuthenticatorSelection {
                resident_key: "preferred",
                user_verification: "preferred",
            },
            attestation: "none",
        }
    }
}

impl RequestOptions {
    pub(crate) fn new(
        party: &RelyingParty,
        ceremony: &Ceremony,
        passkeys: &[Passkey],
        user_verification: bool,
    ) -> Self {
        Self {
            challenge: ceremony.challenge.clone(),
            timeout: CEREMONY_LASTS.as_millis(),
            rp_id: party.id.clone(),
            allow_credentials: passkeys.iter().map(CredentialDescriptor::from).collect(),
            user_verification: if user_verification {
                "required"
            } else {
                "preferred"
            },
        }
    }
}

impl From<&Passkey> for CredentialDescriptor {
    fn from(passkey: &Passkey) -> Self {
        Self {
            id: URL_SAFE_NO_PAD.encode(&passkey.credential.id),
            kind: "public-key",
            transports: passkey.transports.clone(),
        }
    }
}

/// The handle by which an authenticator names its user.
pub(crate) fn user_handle(user_id: &str) -> String {
    URL_SAFE_NO_PAD.encode(user_id)
}
