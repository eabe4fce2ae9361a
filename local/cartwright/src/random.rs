//! Ids, keys and secrets from the system's randomness.

use ring::rand::{SecureRandom, SystemRandom};

/// So many random bytes as lower-case hex.
///
/// # Panics
/// When the system has no randomness; nothing here could go on without it.
#[expect(clippy::expect_used, reason = "a system without randomness can run no shop")]
pub(crate) fn hex(bytes: usize) -> String {
    let mut buffer = vec![0; bytes];
    SystemRandom::new()
        .fill(&mut buffer)
        .expect("the system gives random bytes");
    to_hex(&buffer)
}

/// A random id in the form of a UUID of version 4, as AWS gives to invocations.
pub(crate) fn uuid() -> String {
    let hex = hex(16);
    format!(
        "{}-{}-4{}-a{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[13..16],
        &hex[17..20],
        &hex[20..]
    )
}

/// The SHA-256 of a text as hex.
pub(crate) fn sha256_hex(text: &str) -> String {
    to_hex(ring::digest::digest(&ring::digest::SHA256, text.as_bytes()).as_ref())
}

fn to_hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a String cannot fail.
            write!(text, "{byte:02x}").unwrap_or_default();
            text
        })
}
