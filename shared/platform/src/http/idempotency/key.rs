//! Reading the header, and what a key is good for: one caller, one operation, one request.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderMap;
use kernel::Fault;
use ring::digest;

use super::Problem;

const CHARS_MAX: usize = 255;

/// Where a claim is kept, and what it was claimed for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct ClaimKey {
    pub(super) pk: String,
    pub(super) fingerprint: String,
}

impl ClaimKey {
    /// Scoped to caller and operation; fits the request that consists of these parts.
    pub(in super::super) fn new(caller: &str, operation: &str, key: &str, request: &[&[u8]]) -> Self {
        let pk = format!(
            "call#{}",
            hash(&[caller.as_bytes(), operation.as_bytes(), key.as_bytes()])
        );
        Self {
            pk,
            fingerprint: hash(request),
        }
    }
}

/// Each part with its length before it, so that no two lists of parts look alike.
fn hash(parts: &[&[u8]]) -> String {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    URL_SAFE_NO_PAD.encode(context.finish().as_ref())
}

/// The key as the client means it: the IETF draft's quoted string, or Stripe's bare form.
pub(in super::super) fn key_of(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut values = headers.get_all("idempotency-key").iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let text = value
        .to_str()
        .ok()
        .map(str::trim)
        .filter(|_| values.next().is_none());
    let key = text.and_then(|text| match text.strip_prefix('"') {
        Some(rest) => rest.strip_suffix('"').and_then(unescape),
        None => Some(text.to_owned()),
    });
    let printable = |key: &String| key.bytes().all(|byte| (0x20..=0x7e).contains(&byte));
    let fits = |key: &String| (1..=CHARS_MAX).contains(&key.len()) && printable(key);
    if let Some(key) = key.filter(fits) {
        return Ok(Some(key));
    }
    let detail =
        format!("give one Idempotency-Key of 1 to {CHARS_MAX} printable ASCII characters, quoted or bare");
    Err(Fault::invalid("idempotency_key_invalid", detail).into())
}

/// The content of a structured field's string (RFC 8941 §4.2.5): only `\"` and `\\` are escapes.
fn unescape(inner: &str) -> Option<String> {
    let mut text = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => text.push(characters.next().filter(|next| matches!(next, '"' | '\\'))?),
            '"' => return None,
            other => text.push(other),
        }
    }
    Some(text)
}
