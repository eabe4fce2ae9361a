//! Signed webhooks, as Standard Webhooks has them: HMAC-SHA256 over `id.timestamp.body`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kernel::{Duration, Time};
use ring::hmac;

/// How far a webhook's clock may be from ours.
pub(crate) const SKEW_MAX: Duration = Duration::minutes(5);

/// What a webhook says of itself in its headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp<'a> {
    /// `webhook-id`: the same for every copy of one event.
    pub id: &'a str,
    /// `webhook-timestamp`: when it was sent, in seconds since the Unix epoch.
    pub timestamp: &'a str,
    /// `webhook-signature`: one or more of `v1,<base64>`, parted by blanks.
    pub signature: &'a str,
}

/// A webhook that the provider has not sent, or not now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the webhook's signature is not valid")]
pub struct BadSignature;

/// The signature of a webhook: `v1,<base64>`.
pub fn sign(secret: &[u8], id: &str, timestamp_s: i64, body: &[u8]) -> String {
    let tag = hmac::sign(
        &hmac::Key::new(hmac::HMAC_SHA256, secret),
        &signed(id, &timestamp_s.to_string(), body),
    );
    format!("v1,{}", STANDARD.encode(tag))
}

/// Accepts a webhook that was signed with the secret within five minutes of now. Comparing takes
/// the same time wherever a signature differs.
pub fn verify(secret: &[u8], stamp: Stamp<'_>, body: &[u8], now: Time) -> Result<(), BadSignature> {
    let sent_s: i64 = stamp.timestamp.parse().map_err(|_| BadSignature)?;
    let sent = Time::from_unix_ms(sent_s.checked_mul(1_000).ok_or(BadSignature)?);
    let apart = now.since(sent).as_millis().max(sent.since(now).as_millis());
    if apart > SKEW_MAX.as_millis() {
        return Err(BadSignature);
    }
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let message = signed(stamp.id, stamp.timestamp, body);
    let matches = |candidate: &str| {
        let tag = candidate
            .strip_prefix("v1,")
            .and_then(|text| STANDARD.decode(text).ok());
        tag.is_some_and(|tag| hmac::verify(&key, &message, &tag).is_ok())
    };
    if stamp.signature.split(' ').any(matches) {
        Ok(())
    } else {
        Err(BadSignature)
    }
}

fn signed(id: &str, timestamp: &str, body: &[u8]) -> Vec<u8> {
    [id.as_bytes(), b".", timestamp.as_bytes(), b".", body].concat()
}

#[cfg(test)]
mod tests;
