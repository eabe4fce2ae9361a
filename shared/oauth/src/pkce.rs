//! Proof Key for Code Exchange (RFC 7636), with S256 and nothing else.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest;

use crate::refusal::Refusal;

/// The SHA-256 of a verifier that only the client knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge(String);

impl Challenge {
    /// Accepts a challenge of the method `S256`. A missing one, a missing method (which would mean
    /// `plain`) and `plain` itself are refused: the request must not be downgraded (RFC 9700 §2.1.1).
    pub fn parse(challenge: Option<&str>, method: Option<&str>) -> Result<Self, Refusal> {
        let Some(challenge) = challenge else {
            return Err(Refusal::invalid("`code_challenge` is missing; PKCE is required"));
        };
        if method != Some("S256") {
            return Err(Refusal::invalid("`code_challenge_method` must be S256"));
        }
        // 32 bytes, encoded canonically: 43 characters, and what decodes encodes to the same.
        let bytes = URL_SAFE_NO_PAD
            .decode(challenge)
            .ok()
            .filter(|bytes| bytes.len() == 32);
        match bytes {
            Some(_) => Ok(Self(challenge.to_owned())),
            None => Err(Refusal::invalid("`code_challenge` is no SHA-256 in base64url")),
        }
    }

    /// The challenge that a row holds.
    pub(crate) fn stored(text: String) -> Self {
        Self(text)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the verifier's challenge. Takes as long whatever differs.
    pub fn is_met_by(&self, verifier: &str) -> bool {
        let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        let well_formed = (43..=128).contains(&verifier.len()) && verifier.bytes().all(unreserved);
        let hash = digest::digest(&digest::SHA256, verifier.as_bytes());
        well_formed && crate::secret::same(&URL_SAFE_NO_PAD.encode(hash.as_ref()), &self.0)
    }
}
