//! Time-based one-time passwords (RFC 6238): SHA-1, six digits, thirty seconds, one step of drift.
//!
//! Written here and not taken from `totp-rs`: the whole of it is one HMAC and one truncation, `ring`
//! is linked anyway, and what makes it safe (the clock as an argument, the step that was used last)
//! is not in the crate. The crate would add a second HMAC and SHA-1 to every function.
//!
//! SHA-1 is what authenticator apps know; HMAC does not need its collision resistance.

use kernel::{Random, Time};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ring::hmac;

use crate::base32;

/// How many bytes a secret has (RFC 4226 §4 recommends 160 bits).
pub(crate) const SECRET_BYTES: usize = 20;

const STEP_S: i64 = 30;
const DIGITS: u32 = 6;
/// Steps before and after the present one whose codes are right as well.
const DRIFT_STEPS: u64 = 1;

/// What stays as it is in a label (RFC 3986's unreserved characters).
const LABEL: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// What the shop and one authenticator app share. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpSecret([u8; SECRET_BYTES]);

impl TotpSecret {
    /// A new one.
    pub fn generate(random: &dyn Random) -> Self {
        let mut bytes = [0; SECRET_BYTES];
        random.fill(&mut bytes);
        Self(bytes)
    }

    /// The one that was kept. None when the length is not that of a secret.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// To be sealed.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// As a person types it into an app.
    pub fn base32(&self) -> String {
        base32::encode(&self.0)
    }

    /// As a camera reads it: `otpauth://totp/…`.
    pub fn uri(&self, issuer: &str, account: &str) -> String {
        let escape = |text: &str| utf8_percent_encode(text, LABEL).to_string();
        format!(
            "otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits={DIGITS}&period={STEP_S}",
            issuer = escape(issuer),
            account = escape(account),
            secret = self.base32(),
        )
    }

    /// The step whose code this is: the present one or one beside it, and later than the step whose
    /// code was accepted last. A code is thereby right once, and none older than it ever again.
    pub fn step_of(&self, code: &str, now: Time, last_step: Option<u64>) -> Option<u64> {
        let present = step_at(now);
        let steps = present.saturating_sub(DRIFT_STEPS)..=present + DRIFT_STEPS;
        // Every step is computed and compared, so that the time taken tells nothing.
        let mut found = None;
        for step in steps {
            let same = same_text(&self.code_at(step), code);
            if same && last_step.is_none_or(|last| step > last) {
                found = found.or(Some(step));
            }
        }
        found
    }

    /// The code of one step.
    pub fn code_at(&self, step: u64) -> String {
        code(&self.0, step, DIGITS)
    }
}

impl std::fmt::Debug for TotpSecret {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("TotpSecret(…)")
    }
}

/// The step that a moment is in.
pub(crate) fn step_at(now: Time) -> u64 {
    u64::try_from(now.unix_s() / STEP_S).unwrap_or_default()
}

/// HOTP (RFC 4226 §5.3): dynamic truncation of an HMAC of the counter.
fn code(secret: &[u8], counter: u64, digits: u32) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &counter.to_be_bytes());
    let bytes = tag.as_ref();
    let offset = usize::from(bytes[bytes.len() - 1] & 15);
    let chosen = bytes[offset..offset + 4]
        .iter()
        .fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    let number = (chosen & 0x7fff_ffff) % 10_u32.pow(digits);
    format!(
        "{number:0width$}",
        width = usize::try_from(digits).unwrap_or_default()
    )
}

/// Compares without telling by its time how much was right.
fn same_text(one: &str, other: &str) -> bool {
    let differences = one
        .bytes()
        .zip(other.bytes())
        .fold(0, |differences, (one, other)| differences | (one ^ other));
    one.len() == other.len() && differences == 0
}

#[cfg(test)]
mod tests;
