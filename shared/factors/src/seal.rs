//! What only the vault opens: secrets of authenticator apps; and the key of the recovery codes.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::{Fault, Random};
use platform::Cloud;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;

use crate::totp::TotpSecret;

/// Keys that are derived from the secret `vault`, each for one purpose.
pub(crate) struct Seal {
    root: hmac::Key,
    random: Arc<dyn Random>,
}

impl Seal {
    pub(crate) fn new(cloud: &Cloud) -> Self {
        Self {
            root: hmac::Key::new(hmac::HMAC_SHA256, cloud.secret("vault").bytes()),
            random: cloud.random(),
        }
    }

    /// Encrypts a secret for its owner: moved to another user's row it opens nothing.
    pub(crate) fn close(&self, secret: &TotpSecret, owner: &str) -> Result<String, Fault> {
        let mut nonce = [0; NONCE_LEN];
        self.random.fill(&mut nonce);
        let mut bytes = secret.bytes().to_vec();
        self.cipher()?
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(owner.as_bytes()),
                &mut bytes,
            )
            .map_err(|_| Fault::broken("the secret could not be encrypted"))?;
        Ok(URL_SAFE_NO_PAD.encode([nonce.as_slice(), &bytes].concat()))
    }

    /// The secret that was encrypted for this owner.
    pub(crate) fn open(&self, sealed: &str, owner: &str) -> Result<TotpSecret, Fault> {
        let forged = || Fault::broken("the secret was not encrypted here for this owner");
        let mut bytes = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| forged())?;
        let (nonce, rest) = bytes.split_at_mut_checked(NONCE_LEN).ok_or_else(forged)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| forged())?;
        let plain = self
            .cipher()?
            .open_in_place(nonce, Aad::from(owner.as_bytes()), rest)
            .map_err(|_| forged())?;
        TotpSecret::from_bytes(plain).ok_or_else(forged)
    }

    /// What recovery codes are hashed with.
    pub(crate) fn recovery_key(&self) -> hmac::Key {
        hmac::Key::new(
            hmac::HMAC_SHA256,
            hmac::sign(&self.root, b"cartwright recovery codes v1").as_ref(),
        )
    }

    fn cipher(&self) -> Result<LessSafeKey, Fault> {
        let key = hmac::sign(&self.root, b"cartwright authenticator secrets v1");
        UnboundKey::new(&AES_256_GCM, key.as_ref())
            .map(LessSafeKey::new)
            .map_err(|_| Fault::broken("the derived key has the wrong length"))
    }
}

impl std::fmt::Debug for Seal {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Seal")
    }
}
