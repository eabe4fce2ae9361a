//! An API key and its rules: what it looks like, what opens it, how long it is good.
//!
//! `cw_sk_<id>_<secret><checksum>`: the prefix lets scanners find a leaked key, and the checksum lets
//! them, and us, tell a key from a typing error without asking anybody.

use std::fmt;

use kernel::Time;
use ring::digest;

kernel::typed_id!(
    /// Names one API key; not a secret.
    KeyId,
    "key"
);

words! {
    /// What a key is for.
    KeyKind {
        /// For servers: does what its scopes name.
        Secret = "secret",
        /// For shop fronts, in public view: says which shop front is calling, and grants nothing.
        Publishable = "publishable",
    }
}

/// 62^43 is more than 2^256.
const SECRET_CHARS: usize = 43;
/// 62^6 is more than 2^32.
const CHECKSUM_CHARS: usize = 6;
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A key as the shop knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Names the key.
    pub key_id: KeyId,
    /// What it is for.
    pub kind: KeyKind,
    /// What people call it.
    pub name: String,
    /// What it may do; nothing for a publishable key.
    pub scopes: Vec<Scope>,
    /// SHA-256 of its secret, hexadecimal.
    pub secret_hash: String,
    /// When it was minted.
    pub created_at: Time,
    /// Who minted it.
    pub created_by: Option<String>,
    /// From when on it opens nothing, whether or not it is replaced.
    pub expires_at: Option<Time>,
    /// Until when it is good beside the key that took its place.
    pub replaced_until: Option<Time>,
    /// When somebody ended it.
    pub revoked_at: Option<Time>,
    /// The key that took its place; both are good for a while.
    pub replaced_by: Option<KeyId>,
}

impl ApiKey {
    /// Neither expired nor revoked.
    pub fn is_good_at(&self, now: Time) -> bool {
        let over = |end: Option<Time>| end.is_some_and(|end| end <= now);
        !over(self.ends_at()) && !over(self.revoked_at)
    }

    /// From when on it opens nothing, if nobody revokes it before.
    pub fn ends_at(&self) -> Option<Time> {
        self.expires_at.into_iter().chain(self.replaced_until).min()
    }
}

/// What a key is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// What it is for.
    pub kind: KeyKind,
    /// What people call it.
    pub name: String,
    /// What it may do; at least one for a secret key, none for a publishable one.
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

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
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

/// What a caller presents. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    /// The key that is meant.
    pub key_id: KeyId,
    /// What the text says it is for.
    pub kind: KeyKind,
    secret: String,
}

impl KeyKind {
    /// "Cartwright, secret key" or "publishable key".
    const fn prefix(self) -> &'static str {
        match self {
            Self::Secret => "cw_sk_",
            Self::Publishable => "cw_pk_",
        }
    }
}

impl Credential {
    /// A credential of this key with 32 bytes of secret.
    pub(crate) fn new(key_id: KeyId, kind: KeyKind, secret: [u8; 32]) -> Self {
        Self {
            key_id,
            kind,
            secret: base62(secret.to_vec(), SECRET_CHARS),
        }
    }

    /// The parts of a presented text, if it has the form of a key and its checksum is right.
    pub fn parse(text: &str) -> Option<Self> {
        let kinds = [KeyKind::Secret, KeyKind::Publishable];
        let kind = kinds.into_iter().find(|kind| text.starts_with(kind.prefix()))?;
        let checked_chars = text.len().checked_sub(CHECKSUM_CHARS)?;
        let (checked, sum) = text.split_at_checked(checked_chars)?;
        let (body, secret) = checked.strip_prefix(kind.prefix())?.split_once('_')?;
        let well_formed = secret.len() == SECRET_CHARS && secret.bytes().all(|byte| DIGITS.contains(&byte));
        if !well_formed || sum != checksum(checked) {
            return None;
        }
        Some(Self {
            key_id: KeyId::parse(&format!("key_{body}")).ok()?,
            kind,
            secret: secret.to_owned(),
        })
    }

    /// The text to present. Whoever has it is the holder.
    pub fn reveal(&self) -> String {
        let body = self.key_id.as_str().trim_start_matches("key_");
        let checked = format!("{}{body}_{}", self.kind.prefix(), self.secret);
        let sum = checksum(&checked);
        format!("{checked}{sum}")
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

/// CRC-32 of the text, in base 62: what a scanner computes without asking us.
fn checksum(text: &str) -> String {
    base62(
        crc32fast::hash(text.as_bytes()).to_be_bytes().to_vec(),
        CHECKSUM_CHARS,
    )
}

/// A number of so many digits, the most significant first.
fn base62(mut number: Vec<u8>, digits: usize) -> String {
    let mut text = vec![b'0'; digits];
    for place in text.iter_mut().rev() {
        let mut rest = 0_u32;
        for byte in &mut number {
            let value = rest * 256 + u32::from(*byte);
            *byte = u8::try_from(value / 62).unwrap_or_default();
            rest = value % 62;
        }
        *place = DIGITS[usize::try_from(rest).unwrap_or_default()];
    }
    text.into_iter().map(char::from).collect()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}
