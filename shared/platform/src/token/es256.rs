//! ES256: the signature of access and identity tokens, which anybody can check with a public key.
//!
//! A token is taken strictly: three parts of canonical base64url, objects without a name twice, a
//! header that says `alg`, `typ` and `kid` and nothing else. So a token can neither choose another
//! algorithm nor bring its own key (`jwk`, `jku`, `x5u`), and two readers cannot read it differently.

use std::collections::BTreeSet;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header};
use kernel::Fault;
use ring::digest;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::{BadToken, install_ring};

/// The longest token that is looked at, in bytes.
const BYTES_MAX: usize = 8_192;

/// A key that signs. Its secret part is never printed.
pub struct Es256Key {
    signing: EncodingKey,
    public: Es256Public,
    kid: String,
}

/// The public half of a key: the two coordinates of a point on P-256.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Es256Public {
    x: [u8; 32],
    y: [u8; 32],
}

impl Es256Key {
    /// A new private key as PKCS #8. Its randomness is the operating system's: `ring` takes no other.
    pub fn generate() -> Result<Vec<u8>, Fault> {
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
        let document = document.map_err(|_| Fault::broken("no signing key could be made"))?;
        Ok(document.as_ref().to_vec())
    }

    /// The key of a PKCS #8 document.
    pub fn from_pkcs8(document: &[u8]) -> Result<Self, Fault> {
        install_ring();
        let damaged = || Fault::broken("the signing key is damaged");
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document, &SystemRandom::new());
        let pair = pair.map_err(|_| damaged())?;
        let public = Es256Public::from_point(pair.public_key().as_ref()).ok_or_else(damaged)?;
        Ok(Self {
            signing: EncodingKey::from_ec_der(document),
            kid: public.thumbprint(),
            public,
        })
    }

    /// The half that may be published.
    pub fn public(&self) -> &Es256Public {
        &self.public
    }

    /// The name that tokens give as `kid`: the public half's thumbprint.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// A token of this type with these claims.
    pub fn sign(&self, typ: &str, claims: &Value) -> Result<String, Fault> {
        let header = Header {
            typ: Some(typ.to_owned()),
            kid: Some(self.kid.clone()),
            ..Header::new(Algorithm::ES256)
        };
        jsonwebtoken::encode(&header, claims, &self.signing).map_err(Fault::broken)
    }
}

impl fmt::Debug for Es256Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Es256Key")
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

impl Es256Public {
    /// A key from its JWK coordinates, base64url. A point off the curve verifies nothing.
    pub fn from_coordinates(x: &str, y: &str) -> Option<Self> {
        let read = |text: &str| URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok();
        Some(Self {
            x: read(x)?,
            y: read(y)?,
        })
    }

    /// The coordinates as a JWK has them.
    pub fn coordinates(&self) -> (String, String) {
        (URL_SAFE_NO_PAD.encode(self.x), URL_SAFE_NO_PAD.encode(self.y))
    }

    /// The key's name by its content (RFC 7638).
    pub fn thumbprint(&self) -> String {
        let (x, y) = self.coordinates();
        let canonical = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, canonical.as_bytes()))
    }

    fn from_point(point: &[u8]) -> Option<Self> {
        match point.split_first()? {
            (4, rest) if rest.len() == 64 => Some(Self {
                x: rest[..32].try_into().ok()?,
                y: rest[32..].try_into().ok()?,
            }),
            _ => None,
        }
    }

    fn point(&self) -> Vec<u8> {
        [&[4], self.x.as_slice(), self.y.as_slice()].concat()
    }
}

/// A token taken apart, its signature not yet looked at: only [`Unverified::kid`] can be had.
#[derive(Debug)]
pub struct Unverified<'a> {
    signed: &'a str,
    signature: &'a str,
    payload: Vec<u8>,
    kid: String,
}

impl<'a> Unverified<'a> {
    /// Takes a token of this type apart.
    pub fn read(token: &'a str, typ: &str) -> Result<Self, BadToken> {
        if token.len() > BYTES_MAX {
            return Err(BadToken);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(BadToken)?;
        let (header, payload) = signed.split_once('.').ok_or(BadToken)?;
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| BadToken);
        let (header, payload) = (object(&decode(header)?)?, decode(payload)?);
        if decode(signature)?.len() != 64 {
            return Err(BadToken);
        }
        let says = |name: &str| header.get(name).and_then(Value::as_str);
        let known = header
            .keys()
            .all(|name| matches!(name.as_str(), "alg" | "typ" | "kid"));
        match says("kid") {
            Some(kid) if known && says("alg") == Some("ES256") && says("typ") == Some(typ) => Ok(Self {
                signed,
                signature,
                payload,
                kid: kid.to_owned(),
            }),
            _ => Err(BadToken),
        }
    }

    /// The key that is said to have signed it.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The claims, if this key signed them. Says nothing about when and for whom they hold.
    pub fn verify(self, key: &Es256Public) -> Result<Map<String, Value>, BadToken> {
        install_ring();
        let key = DecodingKey::from_ec_der(&key.point());
        match jsonwebtoken::crypto::verify(self.signature, self.signed.as_bytes(), &key, Algorithm::ES256) {
            Ok(true) => object(&self.payload),
            Ok(false) | Err(_) => Err(BadToken),
        }
    }
}

/// A JSON object in which no object has a name twice.
fn object(bytes: &[u8]) -> Result<Map<String, Value>, BadToken> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = Unambiguous.deserialize(&mut reader).map_err(|_| BadToken)?;
    reader.end().map_err(|_| BadToken)?;
    match value {
        Value::Object(object) => Ok(object),
        _ => Err(BadToken),
    }
}

/// Reads any JSON value and refuses a name that an object has twice.
struct Unambiguous;

impl<'de> DeserializeSeed<'de> for Unambiguous {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Unambiguous {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("JSON without a name twice")
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Unambiguous)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let (mut names, mut object) = (BTreeSet::new(), Map::new());
        while let Some(name) = entries.next_key::<String>()? {
            let value = entries.next_value_seed(Unambiguous)?;
            if !names.insert(name.clone()) {
                return Err(A::Error::custom("a name twice"));
            }
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}
