//! Ids, keys and secrets from the system's randomness.

use ring::rand::{SecureRandom, SystemRandom};

/// So many random bytes as lower-case hex.
pub(crate) fn hex(bytes: usize) -> String {
    let mut buffer = vec![0; bytes];
    kernel::Random::fill(&System, &mut buffer);
    to_hex(&buffer)
}

/// So many random letters and digits.
pub(crate) fn alphanumeric(chars: usize) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut text = String::with_capacity(chars);
    while text.len() < chars {
        let mut bytes = [0; 64];
        kernel::Random::fill(&System, &mut bytes);
        // 248 is the largest multiple of 62 in a byte: no digit is likelier than another.
        let even = bytes.into_iter().filter(|byte| *byte < 248);
        let digits = even.map(|byte| char::from(DIGITS[usize::from(byte) % 62]));
        text.extend(digits.take(chars - text.len()));
    }
    text
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

/// The system's randomness, for ids.
#[derive(Debug)]
struct System;

impl kernel::Random for System {
    #[expect(clippy::expect_used, reason = "a system without randomness can run no shop")]
    fn fill(&self, buffer: &mut [u8]) {
        SystemRandom::new()
            .fill(buffer)
            .expect("the system gives random bytes");
    }
}

/// The part of a new id that follows its prefix.
pub(crate) fn id_body() -> String {
    kernel::Ids::new(kernel::Time::from_unix_ms(crate::moment::now_ms()), &System).body()
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
