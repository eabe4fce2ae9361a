//! Sessions, tokens and signing keys in JSON.

use kernel::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::session::{Session, SessionId, Tokens};
use crate::signing::PublicKey;

/// Asks for the next tokens.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshSession {
    /// The refresh token that came with the last answer.
    #[schemars(length(min = 1, max = 500), example = &"cw_rt_01h455vb4pex5vsknk084sn02q_AAAA")]
    pub refresh_token: String,
}

/// Ends the session of a refresh token.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LogOut {
    /// The refresh token of the session.
    #[schemars(length(min = 1, max = 500), example = &"cw_rt_01h455vb4pex5vsknk084sn02q_AAAA")]
    pub refresh_token: String,
}

/// Which sessions to end.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RevokeSessions {
    /// Whether the session that asks goes on. Without it that one ends as well.
    #[serde(default)]
    pub keep_current: Option<bool>,
}

/// What opens the API, and for how long.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TokensView {
    /// For the header `Authorization: Bearer …`.
    #[schemars(example = &"eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.e30.AAAA")]
    pub access_token: String,
    /// Always `Bearer`.
    #[schemars(example = &"Bearer")]
    pub token_type: &'static str,
    /// How many seconds the access token is good.
    #[schemars(example = &600)]
    pub expires_in: u32,
    /// Brings the next tokens, once. Absent where an earlier one stays good.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"cw_rt_01h455vb4pex5vsknk084sn02q_AAAA")]
    pub refresh_token: Option<String>,
    /// The session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<SessionId>,
    /// What an application may do, with spaces between.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"openid account.read")]
    pub scope: Option<String>,
}

impl From<Tokens> for TokensView {
    fn from(tokens: Tokens) -> Self {
        Self {
            access_token: tokens.access_token,
            token_type: "Bearer",
            expires_in: tokens.expires_in,
            refresh_token: tokens.refresh_token,
            session_id: tokens.session_id,
            scope: tokens.scope,
        }
    }
}

/// One login on one device.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SessionView {
    /// Names the session.
    pub session_id: SessionId,
    /// The application: `storefront`, or one that was given access.
    #[schemars(example = &"storefront")]
    pub client_id: String,
    /// How it was proven who you are (RFC 8176).
    #[schemars(example = &["pwd", "otp"])]
    pub methods: Vec<&'static str>,
    /// 1: one factor; 2: two.
    #[schemars(example = &1)]
    pub assurance: u8,
    /// The address it was last refreshed from.
    #[schemars(example = &"203.0.113.9")]
    pub address: String,
    /// What the client called itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"Mozilla/5.0")]
    pub user_agent: Option<String>,
    /// When it began.
    pub created_at: Time,
    /// When it was last refreshed.
    pub used_at: Time,
    /// Whether this request came in it.
    pub is_current: bool,
}

impl SessionView {
    /// A session as its user sees it from the session `current`.
    pub fn new(session: Session, current: &str) -> Self {
        Self {
            is_current: session.session_id.as_str() == current,
            session_id: session.session_id,
            client_id: session.client_id,
            methods: session.methods.iter().map(|method| method.as_str()).collect(),
            assurance: session.assurance,
            address: session.address,
            user_agent: session.user_agent,
            created_at: session.created_at,
            used_at: session.used_at,
        }
    }
}

/// The keys that tokens are signed with (RFC 7517).
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct JwksView {
    /// The former, the present and the next.
    pub keys: Vec<JwkView>,
}

/// A public key.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct JwkView {
    /// Always `EC`.
    #[schemars(example = &"EC")]
    pub kty: &'static str,
    /// Always `P-256`.
    #[schemars(example = &"P-256")]
    pub crv: &'static str,
    /// Always `ES256`.
    #[schemars(example = &"ES256")]
    pub alg: &'static str,
    /// Always `sig`: it checks signatures.
    #[serde(rename = "use")]
    #[schemars(example = &"sig")]
    pub usage: &'static str,
    /// What tokens call it.
    #[schemars(example = &"NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")]
    pub kid: String,
    /// The point's first coordinate.
    #[schemars(example = &"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU")]
    pub x: String,
    /// The point's second coordinate.
    #[schemars(example = &"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0")]
    pub y: String,
}

impl From<Vec<PublicKey>> for JwksView {
    fn from(keys: Vec<PublicKey>) -> Self {
        let view = |key: PublicKey| JwkView {
            kty: "EC",
            crv: "P-256",
            alg: "ES256",
            usage: "sig",
            kid: key.kid,
            x: key.x,
            y: key.y,
        };
        Self {
            keys: keys.into_iter().map(view).collect(),
        }
    }
}
