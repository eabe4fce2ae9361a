//! What follows from the vault: a way's verifier and nonce, and the sealed secrets of providers.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::{Fault, Random};
use platform::Cloud;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::{digest, hmac};

/// Keys derived from the secret `vault`, each for one purpose.
pub(crate) struct Secrets {
    root: Option<hmac::Key>,
    random: Arc<dyn Random>,
}

impl Secrets {
    /// Under the vault, when the manifest entry grants it: lists need none.
    pub(crate) fn new(cloud: &Cloud) -> Self {
        let key = || hmac::Key::new(hmac::HMAC_SHA256, cloud.secret("vault").bytes());
        Self {
            root: cloud.setting("SECRET_VAULT").map(|_| key()),
            random: cloud.random(),
        }
    }

    /// 256 random bits as text.
    pub(crate) fn fresh(&self) -> String {
        let mut bytes = [0; 32];
        self.random.fill(&mut bytes);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The verifier (RFC 7636) of the way with this state.
    pub(crate) fn verifier(&self, state: &str) -> Result<String, Fault> {
        self.derived("verifier", state)
    }

    /// The nonce of the way with this state.
    pub(crate) fn nonce(&self, state: &str) -> Result<String, Fault> {
        self.derived("nonce", state)
    }

    /// Encrypts a provider's secret for that provider.
    pub(crate) fn seal(&self, secret: &str, provider: &str) -> Result<String, Fault> {
        let mut nonce = [0; NONCE_LEN];
        self.random.fill(&mut nonce);
        let mut bytes = secret.as_bytes().to_vec();
        self.cipher()?
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(provider.as_bytes()),
                &mut bytes,
            )
            .map_err(|_| Fault::broken("the secret could not be encrypted"))?;
        Ok(URL_SAFE_NO_PAD.encode([nonce.as_slice(), &bytes].concat()))
    }

    /// The secret that was encrypted for this provider.
    pub(crate) fn open(&self, sealed: &str, provider: &str) -> Result<String, Fault> {
        let forged = || Fault::broken("the secret was not encrypted here for this provider");
        let mut bytes = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| forged())?;
        let (nonce, rest) = bytes.split_at_mut_checked(NONCE_LEN).ok_or_else(forged)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| forged())?;
        let plain = self
            .cipher()?
            .open_in_place(nonce, Aad::from(provider.as_bytes()), rest)
            .map_err(|_| forged())?;
        String::from_utf8(plain.to_vec()).map_err(Fault::broken)
    }

    fn derived(&self, what: &str, state: &str) -> Result<String, Fault> {
        let message = format!("cartwright federation {what} v1 {state}");
        Ok(URL_SAFE_NO_PAD.encode(hmac::sign(self.root()?, message.as_bytes()).as_ref()))
    }

    fn cipher(&self) -> Result<LessSafeKey, Fault> {
        let key = hmac::sign(self.root()?, b"cartwright federation provider secrets v1");
        UnboundKey::new(&AES_256_GCM, key.as_ref())
            .map(LessSafeKey::new)
            .map_err(|_| Fault::broken("the derived key has the wrong length"))
    }

    fn root(&self) -> Result<&hmac::Key, Fault> {
        let missing =
            || Fault::broken("the vault was not granted: add `secrets: [vault]` to the manifest entry");
        self.root.as_ref().ok_or_else(missing)
    }
}

/// SHA-256 as text.
pub(crate) fn hash(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, text.as_bytes()).as_ref())
}
