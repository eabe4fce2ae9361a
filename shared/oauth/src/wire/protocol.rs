//! The documents of OAuth and OpenID Connect, member by member as the RFCs name them.

use authority::{Claims, Session, User};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::Time;
use ring::digest;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use crate::client::ClientId;
use crate::decision::SignedIn;
use crate::refusal::Refusal;
use crate::scope::Scopes;
use crate::store::Consent;

/// What the provider can do: RFC 8414 and OpenID Connect Discovery, one document for both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[allow(clippy::struct_excessive_bools, reason = "the RFC's members")]
pub struct MetadataView {
    /// The shop's address, character for character what tokens carry as `iss`.
    pub issuer: String,
    /// Where a person's browser goes.
    pub authorization_endpoint: String,
    /// Where a code becomes tokens.
    pub token_endpoint: String,
    /// Where the keys are that verify tokens.
    pub jwks_uri: String,
    /// Who a token is about.
    pub userinfo_endpoint: String,
    /// Whether a token is good.
    pub introspection_endpoint: String,
    /// Where a token is ended.
    pub revocation_endpoint: String,
    /// Where a request is pushed.
    pub pushed_authorization_request_endpoint: String,
    /// Pushing is a client's choice, or its registration's.
    pub require_pushed_authorization_requests: bool,
    /// What can be asked for.
    pub scopes_supported: Vec<String>,
    /// Codes only.
    pub response_types_supported: Vec<String>,
    /// In the query only.
    pub response_modes_supported: Vec<String>,
    /// Neither implicit nor password.
    pub grant_types_supported: Vec<String>,
    /// The same subject for every client.
    pub subject_types_supported: Vec<String>,
    /// One asymmetric algorithm.
    pub id_token_signing_alg_values_supported: Vec<String>,
    /// How clients authenticate.
    pub token_endpoint_auth_methods_supported: Vec<String>,
    /// How clients authenticate here.
    pub introspection_endpoint_auth_methods_supported: Vec<String>,
    /// How clients authenticate here.
    pub revocation_endpoint_auth_methods_supported: Vec<String>,
    /// Never `plain`.
    pub code_challenge_methods_supported: Vec<String>,
    /// Answers to an authorization request name their issuer (RFC 9207).
    pub authorization_response_iss_parameter_supported: bool,
    /// How sure the shop can be of a person.
    pub acr_values_supported: Vec<String>,
    /// What an ID token or userinfo may say.
    pub claims_supported: Vec<String>,
    /// Which pages can be asked for or forbidden.
    pub prompt_values_supported: Vec<String>,
    /// Not supported.
    pub claims_parameter_supported: bool,
    /// Not supported: push the request instead.
    pub request_parameter_supported: bool,
    /// Only what was pushed.
    pub request_uri_parameter_supported: bool,
    /// In which languages the pages are.
    pub ui_locales_supported: Vec<String>,
    /// Where a developer reads on.
    pub service_documentation: String,
}

impl MetadataView {
    /// The document of the shop at this address.
    pub fn new(issuer: &str) -> Self {
        let at = |path: &str| format!("{issuer}{path}");
        let list = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Self {
            issuer: issuer.to_owned(),
            authorization_endpoint: at("/oauth/authorize"),
            token_endpoint: at("/oauth/token"),
            jwks_uri: at("/.well-known/jwks.json"),
            userinfo_endpoint: at("/oauth/userinfo"),
            introspection_endpoint: at("/oauth/introspect"),
            revocation_endpoint: at("/oauth/revoke"),
            pushed_authorization_request_endpoint: at("/oauth/par"),
            require_pushed_authorization_requests: false,
            scopes_supported: Scopes::all().map(str::to_owned).collect(),
            response_types_supported: list(&["code"]),
            response_modes_supported: list(&["query"]),
            grant_types_supported: list(&["authorization_code", "refresh_token", "client_credentials"]),
            subject_types_supported: list(&["public"]),
            id_token_signing_alg_values_supported: list(&["ES256"]),
            token_endpoint_auth_methods_supported: list(&[
                "client_secret_basic",
                "client_secret_post",
                "none",
            ]),
            introspection_endpoint_auth_methods_supported: list(&[
                "client_secret_basic",
                "client_secret_post",
            ]),
            revocation_endpoint_auth_methods_supported: list(&[
                "client_secret_basic",
                "client_secret_post",
                "none",
            ]),
            code_challenge_methods_supported: list(&["S256"]),
            authorization_response_iss_parameter_supported: true,
            acr_values_supported: list(&["aal1", "aal2"]),
            claims_supported: list(&[
                "iss",
                "sub",
                "aud",
                "exp",
                "iat",
                "nonce",
                "auth_time",
                "acr",
                "amr",
                "at_hash",
                "sid",
                "name",
                "locale",
                "email",
                "email_verified",
            ]),
            prompt_values_supported: list(&["none", "login", "consent", "select_account"]),
            claims_parameter_supported: false,
            request_parameter_supported: false,
            request_uri_parameter_supported: true,
            ui_locales_supported: list(&["en"]),
            service_documentation: at("/docs"),
        }
    }
}

/// Tokens (RFC 6749 §5.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TokenView {
    /// Opens the API.
    pub access_token: String,
    /// `Bearer`.
    pub token_type: String,
    /// For how many seconds.
    pub expires_in: u32,
    /// Brings new tokens, once; with `offline_access` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// Says who signed in; with `openid` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    /// What was granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
}

/// A refusal of the protocol (RFC 6749 §5.2): not the error body of the API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RefusalView {
    /// What a program reads.
    pub error: String,
    /// What its developer reads.
    pub error_description: String,
}

/// Where a pushed request is until it is used (RFC 9126).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PushedView {
    /// To be given to the authorization endpoint, once.
    pub request_uri: String,
    /// For how many seconds.
    pub expires_in: u32,
}

/// Whether a token is good (RFC 7662). For one that is not, nothing but that.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct IntrospectionView {
    /// Whether it is.
    pub active: bool,
    /// The members of an active token.
    #[serde(flatten)]
    pub claims: serde_json::Map<String, Value>,
}

/// Who a token is about (OpenID Connect Core §5.3), as far as its scopes go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct UserInfoView {
    /// The user.
    pub sub: String,
    /// With `profile`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// With `profile`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// With `email`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// With `email`; an account exists only once its address is proven.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_verified: Option<bool>,
}

impl IntrospectionView {
    /// Of an access token: what it says.
    pub(crate) fn of_access_token(claims: &Claims) -> Self {
        let mut claims = claims.all().clone();
        claims.insert("token_type".to_owned(), "Bearer".into());
        Self { active: true, claims }
    }

    /// Of a refresh token: what it would bring.
    pub(crate) fn of_refresh_token(session: &Session, user: &User, issuer: &str) -> Self {
        let members = json!({
            "iss": issuer, "sub": user.user_id.as_str(), "sid": session.session_id.as_str(),
            "client_id": session.client_id, "token_type": "refresh_token",
            "scope": session.scopes.clone().unwrap_or_default().join(" "),
            "iat": session.created_at.unix_s(), "exp": session.ends_at(user).unix_s(),
        });
        let claims = members.as_object().cloned().unwrap_or_default();
        Self { active: true, claims }
    }
}

/// What a person agreed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ConsentView {
    /// To which client.
    pub client_id: ClientId,
    /// What it was called then.
    pub client_name: String,
    /// To what.
    pub scopes: Vec<String>,
    /// When.
    pub granted_at: Time,
}

impl From<&Refusal> for RefusalView {
    fn from(refusal: &Refusal) -> Self {
        Self {
            error: refusal.code.as_str().to_owned(),
            error_description: refusal.description.to_string(),
        }
    }
}

impl From<Consent> for ConsentView {
    fn from(consent: Consent) -> Self {
        Self {
            client_id: consent.client_id,
            client_name: consent.client_name,
            scopes: consent.scopes.to_vec(),
            granted_at: consent.granted_at,
        }
    }
}

/// What an ID token says.
pub(crate) struct IdClaims<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) client_id: &'a ClientId,
    pub(crate) person: &'a SignedIn,
    pub(crate) session_id: &'a str,
    pub(crate) access_token: &'a str,
    pub(crate) nonce: Option<&'a str>,
    pub(crate) now: Time,
    pub(crate) lifetime_s: u32,
}

/// The claims of an ID token (OpenID Connect Core §2). What the person is called is asked of
/// userinfo.
pub(crate) fn id_claims(facts: &IdClaims<'_>) -> Value {
    let hash = digest::digest(&digest::SHA256, facts.access_token.as_bytes());
    let issued = facts.now.unix_s();
    let mut claims = json!({
        "iss": facts.issuer,
        "sub": facts.person.user_id,
        "aud": facts.client_id,
        "exp": issued + i64::from(facts.lifetime_s),
        "iat": issued,
        "auth_time": facts.person.authenticated_at.unix_s(),
        "acr": format!("aal{}", facts.person.assurance),
        "amr": facts.person.methods,
        "at_hash": URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16]),
        "sid": facts.session_id,
    });
    if let Some(nonce) = facts.nonce {
        claims["nonce"] = json!(nonce);
    }
    claims
}
