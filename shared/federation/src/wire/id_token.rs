//! An ID token of a provider, read strictly (OpenID Connect Core §3.1.3.7, RFC 8725).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::Time;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256,
    RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;
use serde_json::Value;

use crate::error::FederationError;

/// The longest token that is looked at.
const BYTES_MAX: usize = 16_384;
/// How far a provider's clock may be from ours, in seconds.
const SKEW_S: i64 = 60;
/// How old a token may be, in seconds: it was made for this sign-in.
const AGE_S_MAX: i64 = 600;

/// A published key.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Jwk {
    kty: String,
    #[serde(default)]
    pub(crate) kid: Option<String>,
    #[serde(default, rename = "use")]
    purpose: Option<String>,
    #[serde(default)]
    alg: Option<String>,
    #[serde(default)]
    crv: Option<String>,
    #[serde(default)]
    x: Option<String>,
    #[serde(default)]
    y: Option<String>,
    #[serde(default)]
    n: Option<String>,
    #[serde(default)]
    e: Option<String>,
}

/// What a token must say.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expected<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) nonce: &'a str,
    pub(crate) now: Time,
}

/// Who the provider says it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) subject: String,
    pub(crate) email: Option<String>,
    pub(crate) email_verified: bool,
    pub(crate) name: Option<String>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default)]
    typ: Option<String>,
    #[serde(default)]
    crit: Option<Value>,
}

/// The name of the key that a token says it was signed with.
pub(crate) fn key_name(token: &str) -> Result<Option<String>, FederationError> {
    Ok(header(token)?.kid)
}

/// Who it is, when the token is this provider's, for us, for this way, and good now. Algorithms are
/// of a list; a key serves only its own.
pub(crate) fn read(token: &str, keys: &[Jwk], expected: Expected<'_>) -> Result<Said, FederationError> {
    let header = header(token)?;
    if header.crit.is_some()
        || header
            .typ
            .as_deref()
            .is_some_and(|typ| !typ.eq_ignore_ascii_case("jwt"))
    {
        return Err(distrust("token_header"));
    }
    let (signed, signature) = token.rsplit_once('.').ok_or_else(|| distrust("token_form"))?;
    let signature = decode(signature)?;
    let fits = |key: &&Jwk| match (&header.kid, &key.kid) {
        (Some(asked), Some(named)) => asked == named,
        // Without a name there must be one key only.
        (None, _) => keys.len() == 1,
        (Some(_), None) => false,
    };
    let key = keys.iter().find(fits).ok_or_else(|| distrust("token_key"))?;
    if !key.verifies(&header.alg, signed.as_bytes(), &signature) {
        return Err(distrust("token_signature"));
    }
    let (_, payload) = signed.split_once('.').ok_or_else(|| distrust("token_form"))?;
    let claims: Value = serde_json::from_slice(&decode(payload)?).map_err(|_| distrust("token_form"))?;
    said(&claims, expected)
}

fn said(claims: &Value, expected: Expected<'_>) -> Result<Said, FederationError> {
    let text = |name: &str| claims[name].as_str();
    if text("iss") != Some(expected.issuer) {
        return Err(distrust("token_issuer"));
    }
    let azp = text("azp");
    let for_us = match &claims["aud"] {
        Value::String(one) => one == expected.client_id,
        // Several audiences: ours among them, and the token made for us.
        Value::Array(many) => {
            let ours = many.iter().any(|one| one == expected.client_id);
            ours && (many.len() == 1 || azp == Some(expected.client_id))
        }
        _ => false,
    };
    if !for_us || azp.is_some_and(|azp| azp != expected.client_id) {
        return Err(distrust("token_audience"));
    }
    if text("nonce") != Some(expected.nonce) {
        return Err(distrust("token_nonce"));
    }
    let now = expected.now.unix_s();
    let number = |name: &str| claims[name].as_i64();
    let in_time = number("exp").is_some_and(|end| now < end + SKEW_S)
        && number("iat").is_some_and(|begin| begin <= now + SKEW_S && begin > now - AGE_S_MAX)
        && (claims["nbf"].is_null() || number("nbf").is_some_and(|begin| begin <= now + SKEW_S));
    if !in_time {
        return Err(distrust("token_time"));
    }
    let subject = text("sub").filter(|subject| (1..=255).contains(&subject.len()));
    Ok(Said {
        subject: subject.ok_or_else(|| distrust("token_subject"))?.to_owned(),
        email: text("email").map(str::to_owned),
        // Only the truth is true: not "true", as some providers write it.
        email_verified: claims["email_verified"] == Value::Bool(true),
        name: text("name")
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .map(cut),
    })
}

impl Jwk {
    fn verifies(&self, alg: &str, signed: &[u8], signature: &[u8]) -> bool {
        let allowed = self.alg.as_deref().is_none_or(|own| own == alg)
            && self.purpose.as_deref().is_none_or(|purpose| purpose == "sig");
        let part = |text: &Option<String>| text.as_deref().and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
        allowed
            && match (alg, self.kty.as_str(), self.crv.as_deref()) {
                ("ES256", "EC", Some("P-256")) => {
                    let (Some(x), Some(y)) = (part(&self.x), part(&self.y)) else {
                        return false;
                    };
                    let point = [&[4], x.as_slice(), y.as_slice()].concat();
                    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
                        .verify(signed, signature)
                        .is_ok()
                }
                ("EdDSA", "OKP", Some("Ed25519")) => {
                    let Some(x) = part(&self.x) else { return false };
                    UnparsedPublicKey::new(&ED25519, x)
                        .verify(signed, signature)
                        .is_ok()
                }
                ("RS256" | "PS256", "RSA", _) => {
                    let (Some(n), Some(e)) = (part(&self.n), part(&self.e)) else {
                        return false;
                    };
                    let parameters = match alg {
                        "RS256" => &RSA_PKCS1_2048_8192_SHA256,
                        _ => &RSA_PSS_2048_8192_SHA256,
                    };
                    RsaPublicKeyComponents { n, e }
                        .verify(parameters, signed, signature)
                        .is_ok()
                }
                _ => false,
            }
    }
}

fn header(token: &str) -> Result<Header, FederationError> {
    let parts = token.split('.').count();
    if token.len() > BYTES_MAX || parts != 3 {
        return Err(distrust("token_form"));
    }
    let (first, _) = token.split_once('.').ok_or_else(|| distrust("token_form"))?;
    serde_json::from_slice(&decode(first)?).map_err(|_| distrust("token_form"))
}

fn decode(text: &str) -> Result<Vec<u8>, FederationError> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| distrust("token_form"))
}

fn cut(name: &str) -> String {
    name.chars().take(100).collect()
}

pub(crate) fn distrust(why: &'static str) -> FederationError {
    FederationError::Distrusted { why }
}
