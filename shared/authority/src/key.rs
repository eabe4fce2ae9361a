//! An API key and its rules: what it looks like, what opens it, how long it is good.

use std::fmt;

use kernel::Time;
use ring::digest;

kernel::typed_id!(
    /// Names one API key; not a secret.
    KeyId,
    "key"
);

/// What every presented key begins with: "Cartwright, secret key". Scanners find leaked ones by it.
const PREFIX: &str = "cw_sk_";

/// A key as the shop knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Names the key.
    pub key_id: KeyId,
    /// What people call it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// SHA-256 of its secret, hexadecimal.
    pub secret_hash: String,
    /// When it was minted.
    pub created_at: Time,
    /// From when on it opens nothing.
    pub expires_at: Option<Time>,
    /// When somebody ended it.
    pub revoked_at: Option<Time>,
}

impl ApiKey {
    /// Neither expired nor revoked.
    pub fn is_good_at(&self, now: Time) -> bool {
        let over = |end: Option<Time>| end.is_some_and(|end| end <= now);
        !over(self.expires_at) && !over(self.revoked_at)
    }
}

/// What a key is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// What people call it.
    pub name: String,
    /// What it may do; at least one.
    pub scopes: Vec<Scope>,
    /// From when on it opens nothing; `None` for a key that only revoking ends.
    pub expires_at: Option<Time>,
}

/// One permission, for example `orders.read`, or `*` for everything.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Scope(String);

/// The text is no permission.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a scope: expected `*` or a context and a verb, for example `orders.read`")]
pub struct BadScope;

impl Scope {
    /// Accepts `*`, or two lower-case words with a dot between them.
    pub fn parse(text: &str) -> Result<Self, BadScope> {
        let word = |word: &str| {
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        };
        let named = text
            .split_once('.')
            .is_some_and(|(context, verb)| word(context) && word(verb));
        if text == "*" || named {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadScope)
        }
    }

    /// The permission to do everything.
    pub fn everything() -> Self {
        Self("*".to_owned())
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// What a caller presents: `cw_sk_<id>_<secret>`. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    /// The key that is meant.
    pub key_id: KeyId,
    secret: String,
}

impl Credential {
    /// A credential of this key with 32 bytes of secret.
    pub(crate) fn new(key_id: KeyId, secret: [u8; 32]) -> Self {
        Self {
            key_id,
            secret: hex(&secret),
        }
    }

    /// The parts of a presented text, if it has the form of a key.
    pub fn parse(text: &str) -> Option<Self> {
        let (body, secret) = text.strip_prefix(PREFIX)?.split_once('_')?;
        let key_id = KeyId::parse(&format!("key_{body}")).ok()?;
        let well_formed = secret.len() == 64 && secret.bytes().all(|byte| byte.is_ascii_hexdigit());
        well_formed.then(|| Self {
            key_id,
            secret: secret.to_owned(),
        })
    }

    /// The text to present. Whoever has it is the holder.
    pub fn reveal(&self) -> String {
        let body = self.key_id.as_str().trim_start_matches("key_");
        format!("{PREFIX}{body}_{}", self.secret)
    }

    /// What is kept of the secret. A plain hash is enough: 256 random bits cannot be guessed, so
    /// there is nothing for a slow hash to slow down.
    pub(crate) fn hash(&self) -> String {
        hex(digest::digest(&digest::SHA256, self.secret.as_bytes()).as_ref())
    }

    /// Whether the secret is the one of this hash. Takes as long whatever differs.
    pub(crate) fn opens(&self, secret_hash: &str) -> bool {
        let own = self.hash();
        let known = format!("{secret_hash:\0<64}");
        let difference = own
            .bytes()
            .zip(known.bytes())
            .fold(0, |sum, (one, other)| sum | (one ^ other));
        known.len() == own.len() && difference == 0
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Credential")
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}
