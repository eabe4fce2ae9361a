//! A passkey's public key (COSE, RFC 9052 and 9053) and what was signed with it.

use ring::signature;

use super::PasskeyError;
use super::cbor::{self, Value};

/// The algorithms that are asked for and accepted, the preferred one first: ES256, EdDSA (Ed25519)
/// and RS256, by their COSE numbers.
pub(crate) const ALGORITHMS: [i32; 3] = [-7, -8, -257];

/// RSA moduli from 2,048 to 4,096 bits.
const RSA_BYTES: std::ops::RangeInclusive<usize> = 256..=512;

/// A key that can verify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PublicKey {
    /// ES256: an uncompressed point of P-256.
    P256([u8; 65]),
    /// EdDSA with Ed25519.
    Ed25519([u8; 32]),
    /// RS256: modulus and exponent, big-endian.
    Rsa { modulus: Vec<u8>, exponent: Vec<u8> },
}

impl PublicKey {
    /// Reads the one COSE key that these bytes are.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, PasskeyError> {
        let key = cbor::read_whole(bytes).map_err(|_| PasskeyError::Malformed("the public key"))?;
        Self::of(&key)
    }

    pub(super) fn of(key: &Value<'_>) -> Result<Self, PasskeyError> {
        let number = |label: i128| key.numbered(label).and_then(Value::integer);
        let bytes = |label: i128| key.numbered(label).and_then(Value::bytes);
        let malformed = || PasskeyError::Malformed("the public key");
        match (number(1), number(3)) {
            // Elliptic curve with both coordinates, curve P-256.
            (Some(2), Some(-7)) if number(-1) == Some(1) => {
                let (x, y) = (bytes(-2).ok_or_else(malformed)?, bytes(-3).ok_or_else(malformed)?);
                let x: &[u8; 32] = x.try_into().map_err(|_| malformed())?;
                let y: &[u8; 32] = y.try_into().map_err(|_| malformed())?;
                let mut point = [4_u8; 65];
                point[1..33].copy_from_slice(x);
                point[33..].copy_from_slice(y);
                Ok(Self::P256(point))
            }
            // Octet key pair, curve Ed25519.
            (Some(1), Some(-8)) if number(-1) == Some(6) => {
                let point = bytes(-2).ok_or_else(malformed)?;
                Ok(Self::Ed25519(point.try_into().map_err(|_| malformed())?))
            }
            (Some(3), Some(-257)) => {
                let (modulus, exponent) =
                    (bytes(-1).ok_or_else(malformed)?, bytes(-2).ok_or_else(malformed)?);
                if !RSA_BYTES.contains(&modulus.len()) || exponent.is_empty() || exponent.len() > 4 {
                    return Err(malformed());
                }
                Ok(Self::Rsa {
                    modulus: modulus.to_vec(),
                    exponent: exponent.to_vec(),
                })
            }
            (Some(_), Some(_)) => Err(PasskeyError::Algorithm),
            (None, _) | (_, None) => Err(malformed()),
        }
    }

    /// The COSE number of its algorithm.
    pub(super) fn algorithm(&self) -> i32 {
        match self {
            Self::P256(_) => ALGORITHMS[0],
            Self::Ed25519(_) => ALGORITHMS[1],
            Self::Rsa { .. } => ALGORITHMS[2],
        }
    }

    /// Whether the message was signed with this key's private half.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let verified = match self {
            Self::P256(point) => signature::UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_ASN1, point)
                .verify(message, signature),
            Self::Ed25519(point) => {
                signature::UnparsedPublicKey::new(&signature::ED25519, point).verify(message, signature)
            }
            Self::Rsa { modulus, exponent } => signature::RsaPublicKeyComponents {
                n: modulus,
                e: exponent,
            }
            .verify(&signature::RSA_PKCS1_2048_8192_SHA256, message, signature),
        };
        verified.is_ok()
    }
}

#[cfg(test)]
mod tests;
