//! An answer before it is put on the wire, and the comparison of entity tags.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use kernel::Fault;
use serde::Serialize;

/// Status, headers and body: what every answer and every problem comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// The headers so far; the ones that every answer carries are added last.
    pub headers: HeaderMap,
    /// The body, not compressed.
    pub body: Bytes,
}

pub(super) const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

impl Reply {
    /// An answer without a body.
    pub fn empty(status: StatusCode) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
    }

    /// An answer with a JSON body.
    pub fn json(status: StatusCode, body: &impl Serialize) -> Result<Self, Fault> {
        let mut reply = Self::empty(status);
        reply.body = serde_json::to_vec(body).map_err(Fault::broken)?.into();
        reply.headers.insert(CONTENT_TYPE, JSON);
        Ok(reply)
    }
}

/// What an answer says about itself besides its body.
#[derive(Debug, Clone, Default)]
pub(super) struct Dress {
    etag: Option<String>,
    public_for_s: Option<u32>,
    headers: Vec<(HeaderName, String)>,
}

impl Dress {
    pub(super) fn etag(&mut self, tag: &impl std::fmt::Display) {
        self.etag = Some(format!("\"{tag}\""));
    }
    pub(super) fn public(&mut self, seconds: u32) {
        self.public_for_s = Some(seconds);
    }
    pub(super) fn header(&mut self, name: HeaderName, value: String) {
        self.headers.push((name, value));
    }

    /// Writes it into the headers. A value that cannot be a header is our mistake.
    pub(super) fn put_on(self, reply: &mut Reply) -> Result<(), Fault> {
        if let Some(tag) = self.etag {
            reply
                .headers
                .insert(ETAG, HeaderValue::try_from(tag).map_err(Fault::broken)?);
        }
        if let Some(seconds) = self.public_for_s {
            let text = format!("public, max-age={seconds}, stale-while-revalidate={seconds}");
            reply
                .headers
                .insert(CACHE_CONTROL, HeaderValue::try_from(text).map_err(Fault::broken)?);
        }
        for (name, value) in self.headers {
            reply
                .headers
                .append(name, HeaderValue::try_from(value).map_err(Fault::broken)?);
        }
        Ok(())
    }
}

/// A strong tag names one representation, so a compressed one has a tag of its own: the version's
/// with this suffix. Whoever sends it back means the version.
const CODED: &str = "+gzip";

/// The tag of the compressed representation.
pub(super) fn with_coding(tag: &str) -> String {
    match tag.strip_suffix('"') {
        Some(open) => format!("{open}{CODED}\""),
        None => tag.to_owned(),
    }
}

/// The version's text inside a tag, without quotes.
pub(super) fn without_coding(inner: &str) -> &str {
    inner.strip_suffix(CODED).unwrap_or(inner)
}

/// Whether two tags name the same version, strongly (RFC 9110 §8.8.3.2): a weak one never does.
pub(super) fn same_tag(one: &str, other: &str) -> bool {
    fn version(tag: &str) -> Option<&str> {
        tag.strip_prefix('"')?.strip_suffix('"').map(without_coding)
    }
    version(one).is_some() && version(one) == version(other)
}

/// A short digest of a document, to be its entity tag.
pub fn digest(bytes: &[u8]) -> String {
    let hash = ring::digest::digest(&ring::digest::SHA256, bytes);
    URL_SAFE_NO_PAD.encode(&hash.as_ref()[..12])
}

/// The source expression by which a content security policy allows the text between the first
/// `<tag>` and `</tag>` of a page, and no other: `'sha256-…'`.
pub fn inline_source(page: &str, tag: &str) -> String {
    let inner = page
        .split_once(&format!("<{tag}>"))
        .and_then(|(_, rest)| rest.split_once(&format!("</{tag}>")));
    let text = inner.map(|(text, _)| text).unwrap_or_default();
    let hash = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    format!("'sha256-{}'", STANDARD.encode(hash.as_ref()))
}
