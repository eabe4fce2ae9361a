//! A browser and its authenticator in software: answers the options that a shop gives out as
//! `navigator.credentials.create()` and `.get()` would, and on request dishonestly.
//!
//! For tests only, which is why it panics where a browser would show an error. The options and the
//! answers are the JSON of WebAuthn Level 3 (`PublicKeyCredential.toJSON()`).
#![expect(
    clippy::panic,
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a broken authenticator is a defect of the test"
)]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom as _, SystemRandom};
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};

mod cbor;

/// User present, user verified, backup eligible, backed up, credential included, extensions included.
pub const FLAGS: [u8; 6] = [1, 1 << 2, 1 << 3, 1 << 4, 1 << 6, 1 << 7];
const CREDENTIAL_INCLUDED: u8 = FLAGS[4];

/// One authenticator with the credentials that were made in it.
#[derive(Debug)]
pub struct Authenticator {
    verifies_user: bool,
    synced: bool,
    algorithm: i32,
    /// How often it has signed; none when it does not count.
    counter: Option<u32>,
    credentials: Vec<Held>,
}

#[derive(Debug)]
struct Held {
    id: Vec<u8>,
    rp_id: String,
    user_handle: String,
    key: Key,
}

#[derive(Debug)]
enum Key {
    P256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

/// What a ceremony says instead of the truth. By default it is honest.
#[derive(Debug, Clone, Default)]
pub struct Lie {
    /// Another `type`.
    pub kind: Option<&'static str>,
    /// Another challenge, as bytes.
    pub challenge: Option<Vec<u8>>,
    /// Another origin.
    pub origin: Option<&'static str>,
    /// Framed by another origin.
    pub cross_origin: bool,
    /// Another relying party.
    pub rp_id: Option<&'static str>,
    /// Flags that are flipped.
    pub flags: u8,
    /// Another counter.
    pub counter: Option<u32>,
    /// Another COSE algorithm number in the new key.
    pub algorithm: Option<i32>,
    /// Another attestation format; `packed` is signed by the new key.
    pub format: Option<&'static str>,
    /// The id of a credential that is not this one.
    pub credential_id: Option<Vec<u8>>,
    /// Bytes behind the end of the authenticator data.
    pub trailing: Vec<u8>,
    /// The last byte of the signature is another.
    pub bad_signature: bool,
    /// Another user handle, as text.
    pub user_handle: Option<&'static str>,
}

impl Default for Authenticator {
    fn default() -> Self {
        Self::new()
    }
}

impl Authenticator {
    /// A laptop: verifies its user, counts, keeps its keys to itself.
    pub fn new() -> Self {
        Self {
            verifies_user: true,
            synced: false,
            algorithm: -7,
            counter: Some(0),
            credentials: Vec::new(),
        }
    }

    /// A phone that copies its keys to its owner's other devices, and does not count.
    pub fn synced() -> Self {
        Self {
            synced: true,
            counter: None,
            ..Self::new()
        }
    }

    /// A key without PIN: notices its user, verifies nobody.
    pub fn security_key() -> Self {
        Self {
            verifies_user: false,
            ..Self::new()
        }
    }

    /// The same, with keys of another algorithm: -7 (ES256) or -8 (Ed25519).
    #[must_use]
    pub fn with_keys_of(self, algorithm: i32) -> Self {
        Self { algorithm, ..self }
    }

    /// Makes a credential for these creation options, on a page of this origin.
    pub fn create(&mut self, options: &Value, origin: &str) -> Value {
        self.create_lying(options, origin, &Lie::default())
    }

    /// Makes a credential and lies about it.
    pub fn create_lying(&mut self, options: &Value, origin: &str, lie: &Lie) -> Value {
        let rp_id = text(options, "/rp/id");
        let key = Key::generate(self.algorithm);
        let id = lie.credential_id.clone().unwrap_or_else(|| random(32));
        let mut attested = [0; 16].to_vec();
        attested.extend(u16::try_from(id.len()).expect("a short id").to_be_bytes());
        attested.extend(&id);
        attested.extend(key.cose(lie.algorithm));
        let data = self.data(lie.rp_id.unwrap_or(&rp_id), &attested, lie);
        let client = client_data("webauthn.create", options, origin, lie);
        let statement = match lie.format {
            Some("packed") => {
                let signature = spoiled(key.sign(&signed(&data, &client)), lie);
                cbor::map(&[
                    (cbor::text("alg"), cbor::integer(i64::from(self.algorithm))),
                    (cbor::text("sig"), cbor::bytes(&signature)),
                ])
            }
            _ => cbor::map(&[]),
        };
        let attestation = cbor::map(&[
            (cbor::text("fmt"), cbor::text(lie.format.unwrap_or("none"))),
            (cbor::text("attStmt"), statement),
            (cbor::text("authData"), cbor::bytes(&data)),
        ]);
        let answer = credential_json(
            &id,
            &json!({
                "clientDataJSON": encode(client.as_bytes()),
                "attestationObject": encode(&attestation),
                "transports": ["internal"],
                "publicKeyAlgorithm": self.algorithm,
                "authenticatorData": encode(&data),
            }),
        );
        let user_handle = text(options, "/user/id");
        self.credentials.push(Held {
            id,
            rp_id,
            user_handle,
            key,
        });
        answer
    }

    /// Signs these request options, on a page of this origin, with the newest credential that fits.
    pub fn get(&mut self, options: &Value, origin: &str) -> Value {
        self.get_lying(options, origin, &Lie::default())
    }

    /// Signs and lies about it.
    pub fn get_lying(&mut self, options: &Value, origin: &str, lie: &Lie) -> Value {
        self.counter = self.counter.map(|count| count + 1);
        let rp_id = text(options, "/rpId");
        let allowed = options["allowCredentials"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let fits = |held: &&Held| {
            let id = encode(&held.id);
            held.rp_id == rp_id && (allowed.is_empty() || allowed.iter().any(|one| one["id"] == id.as_str()))
        };
        let held = self
            .credentials
            .iter()
            .rev()
            .find(fits)
            .expect("the authenticator has a credential for it");
        let data = self.data(lie.rp_id.unwrap_or(&rp_id), &[], lie);
        let client = client_data("webauthn.get", options, origin, lie);
        let signature = spoiled(held.key.sign(&signed(&data, &client)), lie);
        let user_handle = lie
            .user_handle
            .map_or_else(|| held.user_handle.clone(), |text| encode(text.as_bytes()));
        credential_json(
            lie.credential_id.as_deref().unwrap_or(&held.id),
            &json!({
                "clientDataJSON": encode(client.as_bytes()),
                "authenticatorData": encode(&data),
                "signature": encode(&signature),
                "userHandle": user_handle,
            }),
        )
    }

    fn data(&self, rp_id: &str, attested: &[u8], lie: &Lie) -> Vec<u8> {
        let mut flags = FLAGS[0];
        for (flag, set) in FLAGS[1..4]
            .iter()
            .zip([self.verifies_user, self.synced, self.synced])
        {
            flags |= if set { *flag } else { 0 };
        }
        flags |= if attested.is_empty() {
            0
        } else {
            CREDENTIAL_INCLUDED
        };
        let mut data = digest(&SHA256, rp_id.as_bytes()).as_ref().to_vec();
        data.push(flags ^ lie.flags);
        data.extend(lie.counter.or(self.counter).unwrap_or_default().to_be_bytes());
        data.extend(attested);
        data.extend(&lie.trailing);
        data
    }
}

impl Key {
    fn generate(algorithm: i32) -> Self {
        let random = SystemRandom::new();
        match algorithm {
            -7 => {
                let curve = &ECDSA_P256_SHA256_ASN1_SIGNING;
                let document = EcdsaKeyPair::generate_pkcs8(curve, &random).expect("a key");
                Self::P256(EcdsaKeyPair::from_pkcs8(curve, document.as_ref(), &random).expect("a key"))
            }
            -8 => {
                let document = Ed25519KeyPair::generate_pkcs8(&random).expect("a key");
                Self::Ed25519(Ed25519KeyPair::from_pkcs8(document.as_ref()).expect("a key"))
            }
            other => panic!("no keys of algorithm {other}"),
        }
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::P256(key) => {
                let signature = key.sign(&SystemRandom::new(), message).expect("a signature");
                signature.as_ref().to_vec()
            }
            Self::Ed25519(key) => key.sign(message).as_ref().to_vec(),
        }
    }

    fn cose(&self, algorithm: Option<i32>) -> Vec<u8> {
        let number = cbor::integer;
        match self {
            Self::P256(key) => {
                let point = key.public_key().as_ref();
                cbor::map(&[
                    (number(1), number(2)),
                    (number(3), number(i64::from(algorithm.unwrap_or(-7)))),
                    (number(-1), number(1)),
                    (number(-2), cbor::bytes(&point[1..33])),
                    (number(-3), cbor::bytes(&point[33..])),
                ])
            }
            Self::Ed25519(key) => cbor::map(&[
                (number(1), number(1)),
                (number(3), number(i64::from(algorithm.unwrap_or(-8)))),
                (number(-1), number(6)),
                (number(-2), cbor::bytes(key.public_key().as_ref())),
            ]),
        }
    }
}

fn client_data(kind: &str, options: &Value, origin: &str, lie: &Lie) -> String {
    let challenge = lie
        .challenge
        .as_ref()
        .map_or_else(|| text(options, "/challenge"), |bytes| encode(bytes));
    json!({
        "type": lie.kind.unwrap_or(kind),
        "challenge": challenge,
        "origin": lie.origin.unwrap_or(origin),
        "crossOrigin": lie.cross_origin,
    })
    .to_string()
}

fn credential_json(id: &[u8], response: &Value) -> Value {
    json!({
        "id": encode(id),
        "rawId": encode(id),
        "type": "public-key",
        "authenticatorAttachment": "platform",
        "response": response,
        "clientExtensionResults": {},
    })
}

fn signed(data: &[u8], client: &str) -> Vec<u8> {
    let mut message = data.to_vec();
    message.extend(digest(&SHA256, client.as_bytes()).as_ref());
    message
}

fn spoiled(mut signature: Vec<u8>, lie: &Lie) -> Vec<u8> {
    if let (true, Some(last)) = (lie.bad_signature, signature.last_mut()) {
        *last ^= 1;
    }
    signature
}

fn random(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    SystemRandom::new().fill(&mut bytes).expect("randomness");
    bytes
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn text(options: &Value, pointer: &str) -> String {
    let found = options.pointer(pointer).and_then(Value::as_str);
    found
        .unwrap_or_else(|| panic!("the options have no {pointer}: {options}"))
        .to_owned()
}
