//! Calls to providers: their documents, their keys, a code for an ID token.
//!
//! What they answer is untrusted: its size is capped, redirects are answers, times are short, and
//! every address in a document must be one that we may call.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kernel::{Duration, Fault, Time};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use platform::Cloud;
use platform::outbound::{Outbound, OutboundError, Reply};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::id_token::{Expected, Jwk, Said, distrust, key_name, read};
use crate::error::FederationError;
use crate::provider::is_issuer;

/// How long a provider's document and keys are believed.
const BELIEVED: Duration = Duration::hours(1);
/// How soon keys are fetched again for a name that is not known, however often one comes.
const AGAIN_AFTER: Duration = Duration::minutes(1);
/// More keys nobody has.
const KEYS_MAX: usize = 50;
/// Characters that need no escape in a form.
const FORM: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The providers, as far as they were asked.
pub(crate) struct Elsewhere {
    outbound: Outbound,
    is_local: bool,
    known: Mutex<BTreeMap<String, Known>>,
}

#[derive(Clone)]
struct Known {
    document: Document,
    read_at: Time,
    keys: Vec<Jwk>,
    keys_at: Option<Time>,
}

/// What we need of a provider's metadata.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Document {
    issuer: String,
    pub(crate) authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    userinfo_endpoint: Option<String>,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
}

#[derive(Deserialize)]
struct Keys {
    keys: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct TokenAnswer {
    id_token: String,
    #[serde(default)]
    access_token: Option<String>,
}

#[derive(Deserialize)]
struct UserInfo {
    sub: String,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    email_verified: Option<serde_json::Value>,
    #[serde(default)]
    name: Option<String>,
}

/// A code and everything that must fit it.
#[derive(Clone, Copy)]
pub(crate) struct Exchange<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) client_secret: &'a str,
    pub(crate) redirect_uri: &'a str,
    pub(crate) code: &'a str,
    pub(crate) verifier: &'a str,
    pub(crate) nonce: &'a str,
    pub(crate) now: Time,
}

impl Elsewhere {
    pub(crate) fn new(cloud: &Cloud) -> Self {
        Self {
            outbound: cloud.outbound_public(),
            is_local: cloud
                .setting("SHOP_URL")
                .is_some_and(|url| url.starts_with("http://")),
            known: Mutex::default(),
        }
    }

    /// The provider's document, which must say that it is the issuer's, character for character.
    pub(crate) async fn discover(&self, issuer: &str, now: Time) -> Result<Document, FederationError> {
        Ok(self.known(issuer, now).await?.document)
    }

    /// Gives a code and takes who the ID token says it is.
    pub(crate) async fn exchange(&self, exchange: &Exchange<'_>) -> Result<Said, FederationError> {
        let known = self.known(exchange.issuer, exchange.now).await?;
        let reply = self.ask_for_tokens(&known.document, exchange).await?;
        if reply.status != 200 {
            return Err(distrust("code_refused"));
        }
        let answer: TokenAnswer = json(&reply).ok_or_else(|| distrust("token_answer"))?;
        let name = key_name(&answer.id_token)?;
        let document = known.document.clone();
        let keys = self.keys(known, name.as_deref(), exchange.now).await?;
        let expected = Expected {
            issuer: exchange.issuer,
            client_id: exchange.client_id,
            nonce: exchange.nonce,
            now: exchange.now,
        };
        let said = read(&answer.id_token, &keys, expected)?;
        match (
            said.email.is_some(),
            document.userinfo_endpoint,
            answer.access_token,
        ) {
            (false, Some(url), Some(token)) => self.ask_more(said, &url, &token).await,
            _ => Ok(said),
        }
    }

    /// Asks for the address where the ID token does not have it. An answer about somebody else is
    /// nobody's (OpenID Connect Core §5.3.2).
    async fn ask_more(&self, mut said: Said, url: &str, token: &str) -> Result<Said, FederationError> {
        let headers = [
            ("accept", "application/json".to_owned()),
            ("authorization", format!("Bearer {token}")),
        ];
        let reply = self.outbound.get(url, &headers).await.map_err(unreachable)?;
        let found: Option<UserInfo> = Some(&reply).filter(|reply| reply.status == 200).and_then(json);
        let found = found.ok_or_else(|| distrust("userinfo"))?;
        if found.sub != said.subject {
            return Err(distrust("userinfo_subject"));
        }
        said.email = found.email;
        said.email_verified = found.email_verified == Some(serde_json::Value::Bool(true));
        said.name = said
            .name
            .or(found.name.map(|name| name.chars().take(100).collect()));
        Ok(said)
    }

    async fn ask_for_tokens(
        &self,
        document: &Document,
        exchange: &Exchange<'_>,
    ) -> Result<Reply, FederationError> {
        let mut pairs = vec![
            ("grant_type", "authorization_code".to_owned()),
            ("code", exchange.code.to_owned()),
            ("redirect_uri", exchange.redirect_uri.to_owned()),
            ("code_verifier", exchange.verifier.to_owned()),
        ];
        let mut headers = vec![
            ("content-type", "application/x-www-form-urlencoded".to_owned()),
            ("accept", "application/json".to_owned()),
        ];
        let methods = &document.token_endpoint_auth_methods_supported;
        let in_form = !methods.is_empty() && !methods.iter().any(|method| method == "client_secret_basic");
        let (id, secret) = (encode(exchange.client_id), encode(exchange.client_secret));
        if in_form {
            pairs.push(("client_id", exchange.client_id.to_owned()));
            pairs.push(("client_secret", exchange.client_secret.to_owned()));
        } else {
            headers.push((
                "authorization",
                format!("Basic {}", STANDARD.encode(format!("{id}:{secret}"))),
            ));
        }
        let sent = self
            .outbound
            .post(&document.token_endpoint, &headers, form(&pairs).into_bytes())
            .await;
        sent.map_err(unreachable)
    }

    async fn known(&self, issuer: &str, now: Time) -> Result<Known, FederationError> {
        let fresh = |known: &&Known| now.since(known.read_at) < BELIEVED;
        if let Some(known) = self.lock().get(issuer).filter(fresh) {
            return Ok(known.clone());
        }
        let url = format!("{issuer}/.well-known/openid-configuration");
        let document: Document = self.fetch(&url).await?;
        let endpoints = [
            Some(&document.authorization_endpoint),
            Some(&document.token_endpoint),
            Some(&document.jwks_uri),
            document.userinfo_endpoint.as_ref(),
        ];
        let reachable = |url: &&String| -> bool {
            let bare = url.split('?').next().unwrap_or_default();
            is_issuer(bare, self.is_local)
        };
        if document.issuer != issuer || !endpoints.iter().flatten().all(reachable) {
            return Err(distrust("metadata"));
        }
        let known = Known {
            document,
            read_at: now,
            keys: Vec::new(),
            keys_at: None,
        };
        self.lock().insert(issuer.to_owned(), known.clone());
        Ok(known)
    }

    /// The provider's keys; fetched again when the name is not among them, at most once a minute.
    async fn keys(
        &self,
        mut known: Known,
        name: Option<&str>,
        now: Time,
    ) -> Result<Vec<Jwk>, FederationError> {
        let has = name.is_none_or(|name| known.keys.iter().any(|key| key.kid.as_deref() == Some(name)));
        let age = known.keys_at.map(|at| now.since(at));
        let good = age.is_some_and(|age| (has && age < BELIEVED) || age < AGAIN_AFTER);
        if !good {
            let found: Keys = self.fetch(&known.document.jwks_uri).await?;
            // A key of a kind that we do not know is no reason to distrust the others.
            let read = |value: serde_json::Value| serde_json::from_value(value).ok();
            known.keys = found.keys.into_iter().take(KEYS_MAX).filter_map(read).collect();
            known.keys_at = Some(now);
            self.lock().insert(known.document.issuer.clone(), known.clone());
        }
        Ok(known.keys)
    }

    async fn fetch<T: DeserializeOwned>(&self, url: &str) -> Result<T, FederationError> {
        let headers = [("accept", "application/json".to_owned())];
        let reply = self.outbound.get(url, &headers).await.map_err(unreachable)?;
        let usable = Some(&reply).filter(|reply| reply.status == 200);
        usable.and_then(json).ok_or_else(|| distrust("metadata"))
    }

    /// Never held across an await.
    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `application/x-www-form-urlencoded`.
pub(crate) fn form(pairs: &[(&str, String)]) -> String {
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={}", encode(value)))
        .collect();
    pairs.join("&")
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, FORM).to_string()
}

fn json<T: DeserializeOwned>(reply: &Reply) -> Option<T> {
    serde_json::from_slice(&reply.body).ok()
}

/// A provider that does not answer is not our mistake: the person may try again.
fn unreachable(error: OutboundError) -> FederationError {
    match error {
        OutboundError::NoAnswer(_) => FederationError::Store(Fault::busy(error)),
        OutboundError::Unusable(_) => distrust("unusable_answer"),
    }
}
