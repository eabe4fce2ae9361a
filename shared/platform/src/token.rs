//! Signed values: the cart token a guest holds, and opaque texts that come back to us unchanged.
//!
//! JSON Web Tokens are read and written by `jsonwebtoken`, whose cryptography is a plug: ours is
//! `ring`, which the TLS client brings along anyway, so no second cryptographic library is linked.
//! A verifier accepts exactly the algorithms listed here, whatever a token's header says.

mod cipher;
mod es256;

use std::sync::Once;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use kernel::{Fault, Time};
use ring::hmac;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, UnparsedPublicKey,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

pub use cipher::{Cipher, NotSealedHere};
pub use es256::{Es256Key, Es256Public, Unverified};

/// The `typ` of a cart token: a token made for another purpose is never one.
const CART_TYPE: &str = "cart+jwt";

/// Makes and reads the token that opens one cart, its checkout and its order.
pub struct CartTokens {
    signing: EncodingKey,
    verifying: DecodingKey,
    issuer: String,
}

#[derive(Serialize, Deserialize)]
struct CartClaims {
    iss: String,
    sub: String,
    iat: i64,
    exp: i64,
}

/// A token that opens nothing. Says not why: the bearer is a stranger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the token is not valid")]
pub struct BadToken;

impl CartTokens {
    /// Tokens under one secret, issued by one shop.
    pub fn new(secret: &[u8], issuer: impl Into<String>) -> Self {
        install_ring();
        Self {
            signing: EncodingKey::from_secret(secret),
            verifying: DecodingKey::from_secret(secret),
            issuer: issuer.into(),
        }
    }

    /// A token for this cart, good until `expires` (cut to the second).
    pub fn sign(&self, cart_id: &str, now: Time, expires: Time) -> Result<String, Fault> {
        let header = Header {
            typ: Some(CART_TYPE.to_owned()),
            ..Header::new(Algorithm::HS256)
        };
        let claims = CartClaims {
            iss: self.issuer.clone(),
            sub: cart_id.to_owned(),
            iat: now.unix_s(),
            exp: expires.unix_s(),
        };
        jsonwebtoken::encode(&header, &claims, &self.signing).map_err(Fault::broken)
    }

    /// The cart that a token opens. Time is an argument, hence `exp` is compared here and not by
    /// the library, which would ask the machine's clock.
    pub fn verify(&self, token: &str, now: Time) -> Result<String, BadToken> {
        let mut rules = Validation::new(Algorithm::HS256);
        rules.validate_exp = false;
        rules.set_required_spec_claims(&["exp", "iss", "sub"]);
        rules.set_issuer(&[&self.issuer]);
        let read =
            jsonwebtoken::decode::<CartClaims>(token, &self.verifying, &rules).map_err(|_| BadToken)?;
        let right_type = read.header.typ.as_deref() == Some(CART_TYPE);
        if right_type && read.claims.exp > now.unix_s() {
            Ok(read.claims.sub)
        } else {
            Err(BadToken)
        }
    }
}

impl std::fmt::Debug for CartTokens {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("CartTokens")
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

/// Seals small values into opaque text that nobody else can make: cursors, quote ids.
///
/// A seal is bound to a purpose; a text sealed for one purpose does not open for another. The
/// content can be read by its bearer: it is authentic, not secret.
pub struct Sealer {
    key: hmac::Key,
}

/// A sealed text did not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadSeal {
    /// It was ours, and its time is over.
    #[error("it has expired")]
    Expired,
    /// It was not made by us, or not for this purpose.
    #[error("it was not made here for this purpose")]
    Forged,
}

#[derive(Serialize, Deserialize)]
struct Envelope<T> {
    #[serde(rename = "e")]
    expires_ms: i64,
    #[serde(rename = "v")]
    value: T,
}

impl Sealer {
    /// Seals under a key derived from the secret, so that no seal is ever also a token's signature.
    pub fn new(secret: &[u8]) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let derived = hmac::sign(&root, b"cartwright sealed value v1");
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref()),
        }
    }

    /// The value as URL-safe text, good for this purpose until `expires`.
    pub fn seal<T: Serialize>(&self, purpose: &str, value: &T, expires: Time) -> Result<String, Fault> {
        let envelope = Envelope {
            expires_ms: expires.unix_ms(),
            value,
        };
        let payload = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&envelope).map_err(Fault::broken)?);
        let mac = hmac::sign(&self.key, &signed_bytes(purpose, &payload));
        Ok(format!("{payload}.{}", URL_SAFE_NO_PAD.encode(mac.as_ref())))
    }

    /// The value of a text that was sealed for this purpose and has not expired.
    pub fn open<T: DeserializeOwned>(&self, purpose: &str, text: &str, now: Time) -> Result<T, BadSeal> {
        let (payload, mac) = text.split_once('.').ok_or(BadSeal::Forged)?;
        let mac = URL_SAFE_NO_PAD.decode(mac).map_err(|_| BadSeal::Forged)?;
        hmac::verify(&self.key, &signed_bytes(purpose, payload), &mac).map_err(|_| BadSeal::Forged)?;
        let bytes = URL_SAFE_NO_PAD.decode(payload).map_err(|_| BadSeal::Forged)?;
        let envelope: Envelope<T> = serde_json::from_slice(&bytes).map_err(|_| BadSeal::Forged)?;
        if envelope.expires_ms > now.unix_ms() {
            Ok(envelope.value)
        } else {
            Err(BadSeal::Expired)
        }
    }
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Sealer")
    }
}

/// The length comes first, so that no purpose can be the beginning of another's text.
fn signed_bytes(purpose: &str, payload: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(8 + purpose.len() + payload.len());
    bytes.extend_from_slice(&(purpose.len() as u64).to_be_bytes());
    bytes.extend_from_slice(purpose.as_bytes());
    bytes.extend_from_slice(payload.as_bytes());
    bytes
}

/// `jsonwebtoken`'s cryptography, by `ring`. One arm per algorithm that a token of ours may have.
static RING: CryptoProvider = CryptoProvider {
    signer_factory: |algorithm, key| match algorithm {
        Algorithm::HS256 => Ok(Box::new(Hs256(hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes())))),
        Algorithm::ES256 => Ok(Box::new(Es256Signer::read(key.as_bytes())?)),
        _ => Err(ErrorKind::InvalidAlgorithm.into()),
    },
    verifier_factory: |algorithm, key| match algorithm {
        Algorithm::HS256 => Ok(Box::new(Hs256(hmac::Key::new(
            hmac::HMAC_SHA256,
            key.try_get_as_bytes()?,
        )))),
        Algorithm::ES256 => Ok(Box::new(Es256Verifier(key.try_get_as_bytes()?.to_vec()))),
        _ => Err(ErrorKind::InvalidAlgorithm.into()),
    },
    key_utils: KeyUtils::new_unimplemented(),
};

fn install_ring() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        if RING.install_default().is_err() {
            tracing::warn!("another token cryptography was installed before ours");
        }
    });
}

struct Hs256(hmac::Key);

impl signature::Signer<Vec<u8>> for Hs256 {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, signature::Error> {
        Ok(hmac::sign(&self.0, message).as_ref().to_vec())
    }
}

impl signature::Verifier<Vec<u8>> for Hs256 {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        hmac::verify(&self.0, message, signature).map_err(|_| signature::Error::new())
    }
}

impl JwtSigner for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

impl JwtVerifier for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

struct Es256Signer(EcdsaKeyPair);

impl Es256Signer {
    fn read(document: &[u8]) -> Result<Self, jsonwebtoken::errors::Error> {
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document, &SystemRandom::new())
            .map(Self)
            .map_err(|_| ErrorKind::InvalidEcdsaKey.into())
    }
}

impl signature::Signer<Vec<u8>> for Es256Signer {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, signature::Error> {
        let signed = self.0.sign(&SystemRandom::new(), message);
        signed
            .map(|signature| signature.as_ref().to_vec())
            .map_err(|_| signature::Error::new())
    }
}

impl JwtSigner for Es256Signer {
    fn algorithm(&self) -> Algorithm {
        Algorithm::ES256
    }
}

/// A point of P-256, uncompressed.
struct Es256Verifier(Vec<u8>);

impl signature::Verifier<Vec<u8>> for Es256Verifier {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &self.0)
            .verify(message, signature)
            .map_err(|_| signature::Error::new())
    }
}

impl JwtVerifier for Es256Verifier {
    fn algorithm(&self) -> Algorithm {
        Algorithm::ES256
    }
}

#[cfg(test)]
mod tests;
