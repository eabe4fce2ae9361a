//! Claims: what a token says, written and read.

use kernel::Time;
use serde_json::{Map, Value, json};

use crate::client::ClientSubject;
use crate::session::{Session, SessionId};

/// The `typ` of access tokens (RFC 9068).
pub const ACCESS_TYPE: &str = "at+jwt";

/// How far the clock of another machine of ours may be ahead.
const AHEAD_S: i64 = 60;

/// What a token says, once its signature, issuer, audience and times were found right.
#[derive(Debug, Clone, PartialEq)]
pub struct Claims(Map<String, Value>);

/// Whose tokens, for whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parties {
    pub(crate) issuer: String,
    /// The API: the audience of access tokens.
    pub(crate) api: String,
}

impl Claims {
    /// The claims, if they are this issuer's, for this audience, and good now.
    pub(crate) fn check(claims: Map<String, Value>, issuer: &str, audience: &str, now: Time) -> Option<Self> {
        let claims = Self(claims);
        let for_us = match claims.0.get("aud")? {
            Value::String(one) => one == audience,
            Value::Array(many) => many.iter().any(|one| one == audience),
            _ => false,
        };
        let now = now.unix_s();
        let from = |name: &str, ahead: i64| match claims.0.get(name) {
            None => true,
            Some(value) => value.as_i64().is_some_and(|begin| begin <= now + ahead),
        };
        let good = claims.text("iss") == Some(issuer)
            && for_us
            && claims.number("exp").is_some_and(|end| now < end)
            && from("nbf", 0)
            && from("iat", AHEAD_S);
        good.then_some(claims)
    }

    /// A claim that is a text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    /// A claim that is a whole number.
    pub fn number(&self, name: &str) -> Option<i64> {
        self.0.get(name)?.as_i64()
    }

    /// The scopes, which a token names with spaces between; `None` when it names none.
    pub fn scopes(&self) -> Option<Vec<String>> {
        let text = self.text("scope")?;
        Some(
            text.split(' ')
                .filter(|one| !one.is_empty())
                .map(str::to_owned)
                .collect(),
        )
    }

    /// All of them.
    pub fn all(&self) -> &Map<String, Value> {
        &self.0
    }

    /// The session of a user's access token.
    pub(crate) fn session_id(&self) -> Option<SessionId> {
        SessionId::parse(self.text("sid")?).ok()
    }
}

/// The claims of a user's access token.
pub(crate) fn of_session(
    session: &Session,
    parties: &Parties,
    token_id: &str,
    (now, end): (Time, Time),
) -> Value {
    let methods: Vec<&str> = session.methods.iter().map(|method| method.as_str()).collect();
    let mut claims = json!({
        "iss": parties.issuer, "aud": parties.api, "sub": session.user_id.as_str(),
        "sid": session.session_id.as_str(), "client_id": session.client_id,
        "acr": format!("aal{}", session.assurance), "amr": methods,
        "auth_time": session.authenticated_at.unix_s(),
        "iat": now.unix_s(), "exp": end.unix_s(), "jti": token_id,
    });
    if let Some(scopes) = &session.scopes {
        claims["scope"] = scopes.join(" ").into();
    }
    claims
}

/// The claims of a client's access token in its own name.
pub(crate) fn of_client(
    client: &ClientSubject,
    scopes: &[String],
    parties: &Parties,
    token_id: &str,
    (now, end): (Time, Time),
) -> Value {
    json!({
        "iss": parties.issuer, "aud": parties.api, "sub": client.client_id,
        "client_id": client.client_id, "scope": scopes.join(" "),
        "iat": now.unix_s(), "exp": end.unix_s(), "jti": token_id,
    })
}
