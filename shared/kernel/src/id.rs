//! Ids: TypeIDs (a prefix, then a time-ordered UUIDv7 in Crockford's base 32).
//!
//! Written here and not taken from a crate because the clock and the randomness must be arguments,
//! so that a retried request mints the same id and a simulated history replays. The encoding is
//! that of the TypeID specification 0.3.

use std::fmt;

use crate::Time;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The text does not name the kind of thing that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an id that begins with `{prefix}_`")]
pub struct InvalidId {
    /// The prefix that was expected.
    pub prefix: &'static str,
}

/// Where randomness comes from. Never the process itself, so that a history can be replayed.
pub trait Random: Send + Sync {
    /// Fills the whole buffer.
    fn fill(&self, buffer: &mut [u8]);
}

/// Mints ids from one moment and one source of randomness.
pub struct Ids<'a> {
    now: Time,
    random: &'a dyn Random,
}

impl<'a> Ids<'a> {
    /// Ids of this moment.
    pub fn new(now: Time, random: &'a dyn Random) -> Self {
        Self { now, random }
    }

    /// The moment the ids carry.
    pub fn now(&self) -> Time {
        self.now
    }

    /// The 26 characters after the prefix: UUIDv7 (RFC 9562 §5.7).
    pub fn body(&self) -> String {
        let mut bytes = [0_u8; 16];
        self.random.fill(&mut bytes[6..]);
        bytes[..6].copy_from_slice(&self.now.unix_ms().to_be_bytes()[2..]);
        bytes[6] = (bytes[6] & 0x0f) | 0x70;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        encode(u128::from_be_bytes(bytes))
    }
}

impl fmt::Debug for Ids<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Ids")
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}

fn encode(value: u128) -> String {
    (0..26)
        .rev()
        .map(|index| char::from(ALPHABET[usize::try_from((value >> (index * 5)) & 31).unwrap_or(0)]))
        .collect()
}

/// Whether the text can be the body of an id: 26 characters, 128 bits.
#[doc(hidden)]
pub fn is_body(text: &str) -> bool {
    text.len() == 26
        && text.bytes().all(|byte| ALPHABET.contains(&byte))
        && text
            .as_bytes()
            .first()
            .is_some_and(|first| (b'0'..=b'7').contains(first))
}

/// Makes an id type: `typed_id!(/** Names one order. */ OrderId, "order");`
#[macro_export]
macro_rules! typed_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// What every such id begins with, before the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// A new id of the moment and randomness that `ids` holds.
            pub fn mint(ids: &$crate::Ids<'_>) -> Self {
                Self(format!("{}_{}", $prefix, ids.body()))
            }

            /// Accepts text with the right prefix and a well-formed body.
            pub fn parse(text: &str) -> Result<Self, $crate::InvalidId> {
                match text.strip_prefix(concat!($prefix, "_")) {
                    Some(body) if $crate::id_body_is_valid(body) => Ok(Self(text.to_owned())),
                    _ => Err($crate::InvalidId { prefix: $prefix }),
                }
            }

            /// The id of the same body as another id: one payment for one order, without a look-up.
            pub fn sibling_of(other: &str) -> Result<Self, $crate::InvalidId> {
                match other.rsplit_once('_') {
                    Some((_, body)) => Self::parse(&format!("{}_{body}", $prefix)),
                    None => Err($crate::InvalidId { prefix: $prefix }),
                }
            }

            /// The whole text, prefix included.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str(&self.0)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'_, str> as serde::Deserialize>::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "string",
                    "pattern": concat!("^", $prefix, "_[0-7][0-9a-hjkmnp-tv-z]{25}$"),
                    "examples": [concat!($prefix, "_01h455vb4pex5vsknk084sn02q")]
                })
            }
        }
    };
}

/// Randomness from a seed, for replayable histories and for ids that a repeated request must
/// mint again. Not for secrets. The generator is `SplitMix64` (Steele, Lea and Flood, 2014).
#[derive(Debug)]
pub struct SeededRandom(std::sync::atomic::AtomicU64);

impl SeededRandom {
    /// The same seed gives the same bytes in the same order.
    pub const fn new(seed: u64) -> Self {
        Self(std::sync::atomic::AtomicU64::new(seed))
    }
}

impl Random for SeededRandom {
    fn fill(&self, buffer: &mut [u8]) {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        for chunk in buffer.chunks_mut(8) {
            let mut z = self
                .0
                .fetch_add(STEP, std::sync::atomic::Ordering::Relaxed)
                .wrapping_add(STEP);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^= z >> 31;
            chunk.copy_from_slice(&z.to_le_bytes()[..chunk.len()]);
        }
    }
}
