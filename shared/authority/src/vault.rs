//! What only the secret `vault` opens: sealed signing keys, refresh tokens.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::{Fault, Random};
use platform::Cloud;
use platform::cloud::Secret;
use platform::token::Sealer;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;

/// The vault, when the manifest entry grants it.
pub(crate) struct Vault {
    secret: Option<Secret>,
    random: Arc<dyn Random>,
}

impl Vault {
    /// Takes the secret when the function has it. One that needs it and has it not is broken at its
    /// first use: reading a list of users must not need what opens signing keys.
    pub(crate) fn new(cloud: &Cloud) -> Self {
        Self {
            secret: cloud.setting("SECRET_VAULT").map(|_| cloud.secret("vault")),
            random: cloud.random(),
        }
    }

    /// A MAC of the message under a key of this purpose.
    pub(crate) fn mac(&self, purpose: &str, message: &[u8]) -> Result<hmac::Tag, Fault> {
        Ok(hmac::sign(&self.key(purpose)?, message))
    }

    /// Whether this is the MAC of the message. Takes as long whatever differs.
    pub(crate) fn is_mac(&self, purpose: &str, message: &[u8], mac: &[u8]) -> Result<bool, Fault> {
        Ok(hmac::verify(&self.key(purpose)?, message, mac).is_ok())
    }

    /// Seals values that a client brings back: authentic, not secret.
    pub(crate) fn sealer(&self) -> Result<Sealer, Fault> {
        Ok(Sealer::new(self.secret()?.bytes()))
    }

    /// Encrypts for this purpose, bound to a name.
    pub(crate) fn encrypt(&self, purpose: &str, name: &str, plain: &[u8]) -> Result<String, Fault> {
        let mut nonce = [0_u8; NONCE_LEN];
        self.random.fill(&mut nonce);
        let mut bytes = plain.to_vec();
        self.cipher(purpose)?
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(name.as_bytes()),
                &mut bytes,
            )
            .map_err(|_| Fault::broken("the value could not be encrypted"))?;
        Ok(URL_SAFE_NO_PAD.encode([nonce.as_slice(), &bytes].concat()))
    }

    /// What was encrypted for this purpose and name.
    pub(crate) fn decrypt(&self, purpose: &str, name: &str, sealed: &str) -> Result<Vec<u8>, Fault> {
        let forged = || Fault::broken("the value was not encrypted here for this purpose");
        let mut bytes = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| forged())?;
        let (nonce, rest) = bytes.split_at_mut_checked(NONCE_LEN).ok_or_else(forged)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| forged())?;
        let plain = self
            .cipher(purpose)?
            .open_in_place(nonce, Aad::from(name.as_bytes()), rest)
            .map_err(|_| forged())?;
        Ok(plain.to_vec())
    }

    fn cipher(&self, purpose: &str) -> Result<LessSafeKey, Fault> {
        let key = hmac::sign(&self.key(purpose)?, b"aes-256-gcm");
        UnboundKey::new(&AES_256_GCM, key.as_ref())
            .map(LessSafeKey::new)
            .map_err(|_| Fault::broken("the derived key has the wrong length"))
    }

    fn key(&self, purpose: &str) -> Result<hmac::Key, Fault> {
        let root = hmac::Key::new(hmac::HMAC_SHA256, self.secret()?.bytes());
        let derived = hmac::sign(&root, format!("cartwright authority {purpose} v1").as_bytes());
        Ok(hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref()))
    }

    fn secret(&self) -> Result<&Secret, Fault> {
        let missing =
            || Fault::broken("the vault was not granted: add `secrets: [vault]` to the manifest entry");
        self.secret.as_ref().ok_or_else(missing)
    }
}
