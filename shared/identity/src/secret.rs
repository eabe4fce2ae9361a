//! Codes and tickets: what is sent by mail or held by a browser, and the hashes of them that are kept.
//!
//! A ticket is `<prefix>_<handle>_<secret>`: the handle finds the row, the secret opens it. A code is
//! eight digits (26 bits; five attempts, ten minutes). Rows keep HMACs under a key derived from the
//! vault, each for one purpose: a copy of the table opens nothing, and eight digits cannot be
//! searched without the key.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::{Email, Random};
use platform::Cloud;
use ring::hmac;

/// What a handle looks like when nobody's is wanted.
const NOBODY: &str = "00000000000000000000000000";

/// Makes and hashes codes and tickets.
pub(crate) struct Secrets {
    key: hmac::Key,
    random: Arc<dyn Random>,
}

/// What opens one row. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Ticket {
    /// Names the row.
    pub handle: String,
    /// Opens it.
    pub secret: String,
}

impl fmt::Debug for Ticket {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Ticket({}, …)", self.handle)
    }
}

impl Ticket {
    /// The text that is given away.
    pub(crate) fn text(&self, prefix: &str) -> String {
        format!("{prefix}_{}_{}", self.handle, self.secret)
    }

    /// The ticket that a text is. Nonsense becomes a ticket that opens nothing, so that it takes the
    /// same way as any other.
    pub(crate) fn read(text: &str, prefix: &str) -> Self {
        let parts = text
            .strip_prefix(prefix)
            .and_then(|rest| rest.strip_prefix('_'))
            .and_then(|rest| rest.split_once('_'));
        let plausible = |part: &str| {
            !part.is_empty()
                && part.len() <= 64
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte))
        };
        let (handle, secret) = match parts {
            Some((handle, secret)) if plausible(handle) && plausible(secret) => (handle, secret),
            _ => (NOBODY, ""),
        };
        Self {
            handle: handle.to_owned(),
            secret: secret.to_owned(),
        }
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Secrets")
    }
}

impl Secrets {
    /// Needs the secret `vault`.
    pub(crate) fn new(cloud: &Cloud) -> Self {
        Self::of(cloud.secret("vault").bytes(), cloud.random())
    }

    fn of(vault: &[u8], random: Arc<dyn Random>) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, vault);
        let derived = hmac::sign(&root, b"cartwright identity v1");
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref()),
            random,
        }
    }

    /// A fresh ticket under this handle.
    pub(crate) fn ticket_for(&self, handle: String) -> Ticket {
        let bytes: [u8; 32] = self.bytes();
        Ticket {
            handle,
            // No underscore inside, so that the text can be taken apart.
            secret: URL_SAFE_NO_PAD.encode(bytes).replace('_', "."),
        }
    }

    /// Eight random digits, each as likely as any other.
    pub(crate) fn code(&self) -> String {
        const RANGE: u64 = 100_000_000;
        loop {
            let drawn = u64::from_be_bytes(self.bytes());
            // What lies beyond the last whole multiple would favour small codes.
            if drawn < u64::MAX - u64::MAX % RANGE {
                return format!("{:08}", drawn % RANGE);
            }
        }
    }

    /// Randomness for a salt.
    pub(crate) fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes);
        bytes
    }

    /// The keyed hash of a text for one purpose, hexadecimal.
    pub(crate) fn hash(&self, purpose: &str, text: &str) -> String {
        let signed = format!("{}:{purpose}:{text}", purpose.len());
        let mac = hmac::sign(&self.key, signed.as_bytes());
        hex(mac.as_ref())
    }

    /// Whether a text is the one whose hash is kept. Takes as long for either answer.
    pub(crate) fn matches(&self, purpose: &str, text: &str, kept: &str) -> bool {
        crate::hash::same_bytes(self.hash(purpose, text).as_bytes(), kept.as_bytes())
    }

    /// Names an address without telling it: half of its hash.
    pub(crate) fn of_email(&self, email: &Email) -> String {
        let mut hash = self.hash("email", &email.as_str().to_lowercase());
        hash.truncate(32);
        hash
    }

    /// Names the network of an address without telling it.
    pub(crate) fn of_address(&self, address: &str) -> String {
        let mut hash = self.hash("address", &kernel::network_of(address));
        hash.truncate(32);
        hash
    }
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from(b"0123456789abcdef"[usize::from(nibble & 15)]);
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(*byte)])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{Ids, SeededRandom, Time};

    fn secrets() -> Secrets {
        Secrets::of(b"vault", Arc::new(SeededRandom::new(1)))
    }

    #[test]
    fn a_ticket_is_read_as_it_was_given_and_for_its_purpose_only() {
        let secrets = secrets();
        for seed in 0..50 {
            let random = SeededRandom::new(seed);
            let ticket = secrets.ticket_for(Ids::new(Time::from_unix_ms(1), &random).body());
            assert_eq!(Ticket::read(&ticket.text("rst"), "rst").handle, ticket.handle);
            assert_eq!(Ticket::read(&ticket.text("rst"), "reg").handle, NOBODY);
        }
    }

    #[test]
    fn nonsense_is_a_ticket_that_opens_nothing() {
        for text in [
            "",
            "reg",
            "reg_",
            "reg__",
            "reg_a",
            "reg_a_",
            "reg_ä_ö",
            "reg_a#b_c",
        ] {
            let ticket = Ticket::read(text, "reg");
            assert_eq!(
                (ticket.handle.as_str(), ticket.secret.as_str()),
                (NOBODY, ""),
                "{text}"
            );
        }
    }

    #[test]
    fn codes_have_eight_digits_and_hashes_one_purpose() {
        let secrets = secrets();
        let codes: std::collections::BTreeSet<String> = (0..100).map(|_| secrets.code()).collect();
        assert!(
            codes.len() > 95
                && codes
                    .iter()
                    .all(|code| code.len() == 8 && code.bytes().all(|b| b.is_ascii_digit()))
        );
        let kept = secrets.hash("code", "12345678");
        assert!(secrets.matches("code", "12345678", &kept));
        assert!(!secrets.matches("code", "12345679", &kept) && !secrets.matches("link", "12345678", &kept));
    }
}
