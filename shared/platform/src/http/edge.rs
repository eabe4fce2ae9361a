//! The edge before the gateway: CloudFront adds a word to each request, and what comes without it
//! came past the firewall.
//!
//! The word lets nobody in. It tells that the request came through the edge, and so whether the
//! addresses that the edge noted can be believed.

use std::borrow::Cow;

use http::{HeaderMap, StatusCode};
use ring::digest;

use super::problem::Problem;
use crate::Cloud;

/// Carries the edge's word.
const WORD: &str = "x-origin-word";
/// Whom the request came from, each station adding the one before (not standardised; API Gateway
/// and CloudFront both keep it).
const FORWARDED_FOR: &str = "x-forwarded-for";

/// Whether requests must come through the edge.
pub(super) struct Edge {
    /// SHA-256 of the word, hexadecimal; none where there is no edge.
    word_hash: Option<String>,
}

impl Edge {
    /// As the setting `ORIGIN_SHA256` says.
    pub(super) fn new(cloud: &Cloud) -> Self {
        Self {
            word_hash: cloud.setting("ORIGIN_SHA256").map(str::to_owned),
        }
    }

    /// Refuses what came past the edge.
    pub(super) fn check(&self, headers: &HeaderMap) -> Result<(), Problem> {
        let Some(expected) = &self.word_hash else {
            return Ok(());
        };
        let word = headers.get(WORD).map_or(&b""[..], |word| word.as_bytes());
        // Of two hashes, how long the comparison takes tells nothing of the word.
        if hex(digest::digest(&digest::SHA256, word).as_ref()) == *expected {
            return Ok(());
        }
        Err(Problem::new(
            StatusCode::FORBIDDEN,
            "edge_required",
            "use the shop's public address",
        ))
    }

    /// The client's address. The gateway sees the edge's; the client's is the last but one that was
    /// noted: before it stands what clients say themselves.
    pub(super) fn address<'a>(&self, seen: &'a str, headers: &'a HeaderMap) -> Cow<'a, str> {
        let noted = self
            .word_hash
            .as_ref()
            .and_then(|_| headers.get(FORWARDED_FOR)?.to_str().ok())
            .and_then(|text| text.rsplit(',').nth(1));
        match noted.map(str::trim) {
            Some(address) if !address.is_empty() => Cow::Borrowed(address),
            _ if seen.is_empty() => Cow::Borrowed("unknown"),
            _ => Cow::Borrowed(seen),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}
