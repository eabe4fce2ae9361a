//! Compression of answers from 1 KiB, for clients that ask for it.
//!
//! gzip only: every client has it, and the brotli encoder with its dictionary would be a tenth of
//! each function's binary for a few per cent fewer bytes on answers of this size.

use std::io::Write as _;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::{CONTENT_ENCODING, ETAG, VARY};
use http::{HeaderMap, HeaderValue};

use super::accept::takes_coding;
use super::reply::{Reply, with_coding};

/// Below this, the header costs more than compression saves.
const BYTES_MIN: usize = 1_024;

/// Compresses the body if the client takes it and it becomes smaller.
pub(super) fn compress(reply: &mut Reply, request: &HeaderMap) {
    if reply.body.len() < BYTES_MIN {
        return;
    }
    reply
        .headers
        .append(VARY, HeaderValue::from_static("accept-encoding"));
    if !takes_coding(request, "gzip") {
        return;
    }
    let Some(packed) = gzip(&reply.body).filter(|packed| packed.len() < reply.body.len()) else {
        return;
    };
    reply.body = Bytes::from(packed);
    reply
        .headers
        .insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    let tag = reply
        .headers
        .get(ETAG)
        .and_then(|tag| tag.to_str().ok())
        .map(with_coding);
    if let Some(tag) = tag.and_then(|tag| HeaderValue::try_from(tag).ok()) {
        reply.headers.insert(ETAG, tag);
    }
}

fn gzip(body: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 2), Compression::fast());
    encoder.write_all(body).ok()?;
    encoder.finish().ok()
}
