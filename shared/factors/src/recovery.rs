//! Recovery codes: ten texts on paper, each of which opens once what a lost device would have.
//!
//! A code has 80 bits, so it is kept as a keyed hash without stretching: what cannot be guessed in
//! a lifetime needs no slow hash (ASVS 5.0, 6.5.2). The key is the vault's, and the owner's id is
//! part of what is hashed, so a copied table opens nothing and a hash is worth nothing elsewhere.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::Random;
use ring::hmac;

/// How many codes are given at once.
pub(crate) const CODES: usize = 10;

/// No letters that look like digits: Crockford's base 32.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const LETTERS: usize = 16;
const GROUP: usize = 4;

/// One code, as its owner sees it once. Never printed by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct RecoveryCode(String);

impl RecoveryCode {
    /// Ten new ones.
    pub(crate) fn generate(random: &dyn Random) -> Vec<Self> {
        (0..CODES).map(|_| Self::one(random)).collect()
    }

    fn one(random: &dyn Random) -> Self {
        let mut bytes = [0_u8; LETTERS];
        random.fill(&mut bytes);
        let letters = bytes.iter().map(|byte| ALPHABET[usize::from(byte & 31)]);
        Self(letters.map(char::from).collect())
    }

    /// Reads what somebody typed: any case, with or without hyphens and spaces, `o` for zero, `i`
    /// and `l` for one.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let plain = text.chars().filter(|letter| !matches!(letter, '-' | ' '));
        let read = plain.map(|letter| match letter.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            letter => letter,
        });
        let code: String = read.take(LETTERS + 1).collect();
        let known = code.bytes().all(|letter| ALPHABET.contains(&letter));
        (code.len() == LETTERS && known).then_some(Self(code))
    }

    /// As it is shown: four groups of four.
    pub(crate) fn reveal(&self) -> String {
        let groups: Vec<&str> = (0..LETTERS / GROUP)
            .filter_map(|index| self.0.get(index * GROUP..(index + 1) * GROUP))
            .collect();
        groups.join("-")
    }

    /// What is kept of it.
    pub(crate) fn hash(&self, key: &hmac::Key, owner: &str) -> String {
        let tag = hmac::sign(key, format!("{owner}\n{}", self.0).as_bytes());
        URL_SAFE_NO_PAD.encode(tag)
    }
}

impl std::fmt::Debug for RecoveryCode {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("RecoveryCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use kernel::SeededRandom;

    use super::*;

    fn key() -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, b"vault")
    }

    // ID-15
    #[test]
    fn ten_codes_of_eighty_bits_are_given() {
        let codes = RecoveryCode::generate(&SeededRandom::new(7));
        let shown: BTreeSet<String> = codes.iter().map(RecoveryCode::reveal).collect();
        assert_eq!(shown.len(), 10);
        for code in shown {
            assert_eq!(code.len(), 19, "{code}");
            assert_eq!(
                code.split('-').map(str::len).collect::<Vec<_>>(),
                [4; 4],
                "{code}"
            );
        }
    }

    #[test]
    fn a_code_is_read_as_people_write_it() {
        let code = RecoveryCode::parse("0123-4567-89ab-cdef").unwrap();
        for text in [
            "0123456789abcdef",
            "O12345 6789 ABCDEF",
            "oL23-4567-89AB-CDEF",
            "oi23-4567-89ab-cdef",
        ] {
            assert_eq!(RecoveryCode::parse(text), Some(code.clone()), "{text}");
        }
        for text in [
            "",
            "0123-4567-89ab-cde",
            "0123-4567-89ab-cdef0",
            "u123-4567-89ab-cdef",
            "ü123-4567-89ab-cdef",
        ] {
            assert_eq!(RecoveryCode::parse(text), None, "{text}");
        }
    }

    // ID-15
    #[test]
    fn a_hash_depends_on_the_code_the_owner_and_the_key() {
        let codes = RecoveryCode::generate(&SeededRandom::new(7));
        let hash = codes[0].hash(&key(), "usr_1");
        assert_eq!(hash, codes[0].hash(&key(), "usr_1"));
        assert_ne!(hash, codes[1].hash(&key(), "usr_1"));
        assert_ne!(hash, codes[0].hash(&key(), "usr_2"));
        assert_ne!(
            hash,
            codes[0].hash(&hmac::Key::new(hmac::HMAC_SHA256, b"other"), "usr_1")
        );
        assert!(!hash.contains(&codes[0].0));
        assert_eq!(format!("{:?}", codes[0]), "RecoveryCode(…)");
    }
}
