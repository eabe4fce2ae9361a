//! What the rows of the table `oauth` look like.

use kernel::{Fault, Time};
use serde::{Deserialize, Serialize};

use crate::client::{Client, ClientId, ClientSecret, SecretId};
use crate::decision::{Asked, SignedIn};
use crate::grant::{AuthorizationId, CodeGrant, KnownCode, Pending};
use crate::pkce::Challenge;
use crate::redirect::RedirectUri;
use crate::request::{AuthorizationRequest, Prompt};
use crate::scope::Scopes;

/// The partition of the index in which all clients are listed.
pub(crate) const LISTED: &str = "client";

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ClientRow {
    pub(crate) pk: String,
    pub(crate) sk: String,
    pub(crate) listed: String,
    pub(crate) client_id: ClientId,
    pub(crate) name: String,
    pub(crate) confidential: bool,
    pub(crate) redirect_uris: Vec<String>,
    pub(crate) scopes: Vec<String>,
    pub(crate) permissions: Vec<String>,
    pub(crate) pushed_only: bool,
    pub(crate) enabled: bool,
    pub(crate) secrets: Vec<SecretPart>,
    pub(crate) created_at: Time,
    pub(crate) updated_at: Time,
    pub(crate) version: u64,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SecretPart {
    secret_id: SecretId,
    hash: String,
    created_at: Time,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RequestPart {
    client_id: ClientId,
    redirect_uri: String,
    scopes: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    state: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nonce: Option<String>,
    challenge: String,
    prompts: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_age_s: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    login_hint: Option<String>,
    assurance: u8,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SignedInPart {
    user_id: String,
    authenticated_at: Time,
    methods: Vec<String>,
    assurance: u8,
    epoch: u64,
}

/// A pushed request.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PushedRow {
    pub(crate) pk: String,
    pub(crate) sk: String,
    pub(crate) request: RequestPart,
    pub(crate) good_until: Time,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) taken_by: Option<String>,
    pub(crate) expires_at: i64,
}

/// A request under way.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PendingRow {
    pub(crate) pk: String,
    pub(crate) sk: String,
    pub(crate) authorization_id: AuthorizationId,
    pub(crate) request: RequestPart,
    pub(crate) browser: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) signed_in: Option<SignedInPart>,
    pub(crate) asked_sign_in: bool,
    pub(crate) asked_consent: bool,
    pub(crate) step: u32,
    /// Who wrote this step: a lost answer is told from somebody else's step by it.
    pub(crate) writer: String,
    pub(crate) good_until: Time,
    pub(crate) expires_at: i64,
}

/// A browser in which somebody is signed in at the provider.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct BrowserRow {
    pub(crate) pk: String,
    pub(crate) sk: String,
    /// Whose: the index `by_person` finds it when they are gone.
    pub(crate) person: String,
    pub(crate) signed_in: SignedInPart,
    pub(crate) good_until: Time,
    pub(crate) expires_at: i64,
}

/// What a person has agreed to, for one client.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ConsentRow {
    pub(crate) pk: String,
    pub(crate) sk: String,
    pub(crate) client_id: ClientId,
    pub(crate) client_name: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) granted_at: Time,
}

/// A code, and what became of it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct CodeRow {
    pub(crate) pk: String,
    pub(crate) sk: String,
    pub(crate) client_id: ClientId,
    pub(crate) redirect_uri: String,
    pub(crate) challenge: String,
    pub(crate) scopes: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) nonce: Option<String>,
    /// Whose: the index `by_person` finds it when they are gone.
    pub(crate) person: String,
    pub(crate) signed_in: SignedInPart,
    pub(crate) good_until: Time,
    /// Which exchange used it first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) used_by: Option<String>,
    /// Which session it brought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) session_id: Option<String>,
    /// When it was used again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reused_at: Option<Time>,
    pub(crate) expires_at: i64,
}

impl From<&Client> for ClientRow {
    fn from(client: &Client) -> Self {
        let part = |secret: &ClientSecret| SecretPart {
            secret_id: secret.secret_id.clone(),
            hash: secret.hash.clone(),
            created_at: secret.created_at,
        };
        Self {
            pk: format!("client#{}", client.client_id),
            sk: "client".to_owned(),
            listed: LISTED.to_owned(),
            client_id: client.client_id.clone(),
            name: client.name.clone(),
            confidential: client.confidential,
            redirect_uris: client.redirect_uris.iter().map(ToString::to_string).collect(),
            scopes: client.scopes.to_vec(),
            permissions: client.permissions.clone(),
            pushed_only: client.pushed_only,
            enabled: client.enabled,
            secrets: client.secrets.iter().map(part).collect(),
            created_at: client.created_at,
            updated_at: client.updated_at,
            version: client.version,
        }
    }
}

impl TryFrom<ClientRow> for Client {
    type Error = Fault;

    fn try_from(row: ClientRow) -> Result<Self, Fault> {
        let uris: Result<Vec<_>, _> = row
            .redirect_uris
            .iter()
            .map(|uri| RedirectUri::parse(uri))
            .collect();
        let secret = |part: SecretPart| ClientSecret {
            secret_id: part.secret_id,
            hash: part.hash,
            created_at: part.created_at,
        };
        Ok(Self {
            client_id: row.client_id,
            name: row.name,
            confidential: row.confidential,
            redirect_uris: uris.map_err(Fault::broken)?,
            scopes: Scopes::stored(row.scopes),
            permissions: row.permissions,
            pushed_only: row.pushed_only,
            enabled: row.enabled,
            secrets: row.secrets.into_iter().map(secret).collect(),
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        })
    }
}

impl From<&AuthorizationRequest> for RequestPart {
    fn from(request: &AuthorizationRequest) -> Self {
        let prompt = request.prompt;
        let prompts = [
            ("none", prompt.none),
            ("login", prompt.login),
            ("consent", prompt.consent),
        ];
        Self {
            client_id: request.client_id.clone(),
            redirect_uri: request.redirect_uri.clone(),
            scopes: request.scopes.to_vec(),
            state: request.state.clone(),
            nonce: request.nonce.clone(),
            challenge: request.challenge.as_str().to_owned(),
            prompts: prompts
                .iter()
                .filter(|(_, on)| *on)
                .map(|(name, _)| (*name).to_owned())
                .collect(),
            max_age_s: request.max_age_s,
            login_hint: request.login_hint.clone(),
            assurance: request.assurance,
        }
    }
}

impl From<RequestPart> for AuthorizationRequest {
    fn from(part: RequestPart) -> Self {
        let has = |name: &str| part.prompts.iter().any(|prompt| prompt == name);
        Self {
            prompt: Prompt {
                none: has("none"),
                login: has("login"),
                consent: has("consent"),
            },
            client_id: part.client_id,
            redirect_uri: part.redirect_uri,
            scopes: Scopes::stored(part.scopes),
            state: part.state,
            nonce: part.nonce,
            challenge: Challenge::stored(part.challenge),
            max_age_s: part.max_age_s,
            login_hint: part.login_hint,
            assurance: part.assurance,
        }
    }
}

impl From<&SignedIn> for SignedInPart {
    fn from(person: &SignedIn) -> Self {
        Self {
            user_id: person.user_id.clone(),
            authenticated_at: person.authenticated_at,
            methods: person.methods.clone(),
            assurance: person.assurance,
            epoch: person.epoch,
        }
    }
}

impl From<SignedInPart> for SignedIn {
    fn from(part: SignedInPart) -> Self {
        Self {
            user_id: part.user_id,
            authenticated_at: part.authenticated_at,
            methods: part.methods,
            assurance: part.assurance,
            epoch: part.epoch,
        }
    }
}

impl PendingRow {
    pub(crate) fn new(pending: &Pending, writer: &str) -> Self {
        Self {
            pk: format!("authorization#{}", pending.authorization_id),
            sk: "authorization".to_owned(),
            authorization_id: pending.authorization_id.clone(),
            request: RequestPart::from(&pending.request),
            browser: pending.browser.clone(),
            signed_in: pending.signed_in.as_ref().map(SignedInPart::from),
            asked_sign_in: pending.asked.sign_in,
            asked_consent: pending.asked.consent,
            step: pending.step,
            writer: writer.to_owned(),
            good_until: pending.expires_at,
            expires_at: pending.expires_at.unix_s() + 3_600,
        }
    }
}

impl From<PendingRow> for Pending {
    fn from(row: PendingRow) -> Self {
        Self {
            authorization_id: row.authorization_id,
            request: row.request.into(),
            browser: row.browser,
            signed_in: row.signed_in.map(SignedIn::from),
            asked: Asked {
                sign_in: row.asked_sign_in,
                consent: row.asked_consent,
            },
            step: row.step,
            expires_at: row.good_until,
        }
    }
}

impl From<CodeRow> for KnownCode {
    fn from(row: CodeRow) -> Self {
        Self {
            grant: CodeGrant {
                client_id: row.client_id,
                redirect_uri: row.redirect_uri,
                challenge: Challenge::stored(row.challenge),
                scopes: Scopes::stored(row.scopes),
                nonce: row.nonce,
                signed_in: row.signed_in.into(),
                expires_at: row.good_until,
            },
            used_by: row.used_by,
        }
    }
}
