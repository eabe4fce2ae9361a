//! The chain: what a link is, and which one comes after another.

use ring::digest;

/// The hash before the first link.
const BEGINNING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// An entry as the chain sees it: where it is and what it hashes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The chain it belongs to.
    pub shard: u8,
    /// Its partition key.
    pub pk: String,
    /// Its sort key.
    pub sk: String,
    /// SHA-256 of its canonical form, hexadecimal.
    pub hash: String,
}

/// One entry's place in its chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The chain.
    pub shard: u8,
    /// Its place, counted from one.
    pub seq: u64,
    /// The entry's partition key.
    pub entry_pk: String,
    /// The entry's sort key.
    pub entry_sk: String,
    /// The entry's hash.
    pub entry_hash: String,
    /// The hash of the link before.
    pub previous: String,
    /// SHA-256 of all of it, hexadecimal.
    pub hash: String,
}

/// The last link of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// How many links there are.
    pub seq: u64,
    /// The hash of the last.
    pub hash: String,
}

impl Head {
    /// The head of a chain without links.
    pub fn beginning() -> Self {
        Self {
            seq: 0,
            hash: BEGINNING.to_owned(),
        }
    }
}

impl Link {
    /// The link that binds this entry to the end of its chain.
    pub fn after(head: &Head, entry: &Sealed) -> Self {
        let seq = head.seq + 1;
        let text = format!("{}\n{seq}\n{}\n{}\n{}", head.hash, entry.pk, entry.sk, entry.hash);
        Self {
            shard: entry.shard,
            seq,
            entry_pk: entry.pk.clone(),
            entry_sk: entry.sk.clone(),
            entry_hash: entry.hash.clone(),
            previous: head.hash.clone(),
            hash: sha256(&text),
        }
    }

    /// The chain's head, once this link is its last.
    pub fn head(&self) -> Head {
        Head {
            seq: self.seq,
            hash: self.hash.clone(),
        }
    }
}

/// SHA-256 of a text, hexadecimal.
pub(crate) fn sha256(text: &str) -> String {
    let hash = digest::digest(&digest::SHA256, text.as_bytes());
    let digits = hash.as_ref().iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}
