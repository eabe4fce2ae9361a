//! Encryption under a key that is derived from a secret for one purpose.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::{Fault, Random};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;

/// Encrypts what only the holder of a secret may read again: AES-256-GCM.
pub struct Cipher {
    key: hmac::Tag,
    random: Arc<dyn Random>,
}

/// The text was not sealed under this secret for this purpose and place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it was not sealed here for this place")]
pub struct NotSealedHere;

impl Cipher {
    /// Under a key of this purpose: what is sealed for one opens for no other.
    pub fn new(secret: &[u8], purpose: &str, random: Arc<dyn Random>) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, secret);
        Self {
            key: hmac::sign(&root, format!("cartwright cipher {purpose} v1").as_bytes()),
            random,
        }
    }

    /// Encrypts for one place: moved to another it does not open.
    pub fn close(&self, plain: &[u8], place: &str) -> Result<String, Fault> {
        let mut nonce = [0; NONCE_LEN];
        self.random.fill(&mut nonce);
        let mut bytes = plain.to_vec();
        let place = Aad::from(place.as_bytes());
        self.key()
            .ok_or(NotSealedHere)
            .and_then(|key| {
                let nonce = Nonce::assume_unique_for_key(nonce);
                key.seal_in_place_append_tag(nonce, place, &mut bytes)
                    .map_err(|_| NotSealedHere)
            })
            .map_err(Fault::broken)?;
        Ok(URL_SAFE_NO_PAD.encode([nonce.as_slice(), &bytes].concat()))
    }

    /// What was encrypted for this place.
    pub fn open(&self, sealed: &str, place: &str) -> Result<Vec<u8>, NotSealedHere> {
        let mut bytes = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| NotSealedHere)?;
        let (nonce, rest) = bytes.split_at_mut_checked(NONCE_LEN).ok_or(NotSealedHere)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| NotSealedHere)?;
        let key = self.key().ok_or(NotSealedHere)?;
        let plain = key.open_in_place(nonce, Aad::from(place.as_bytes()), rest);
        Ok(plain.map_err(|_| NotSealedHere)?.to_vec())
    }

    /// A tag of SHA-256 has the 32 bytes that the cipher takes.
    fn key(&self) -> Option<LessSafeKey> {
        let unbound = UnboundKey::new(&AES_256_GCM, self.key.as_ref()).ok();
        unbound.map(LessSafeKey::new)
    }
}

impl std::fmt::Debug for Cipher {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Cipher")
    }
}
