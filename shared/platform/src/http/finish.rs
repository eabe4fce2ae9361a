//! What every answer gets last: conditional requests, compression, and the headers all carry.

use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};

use super::compress::compress;
use super::reply::{Reply, same_tag};

/// The request's id, on the way in and out.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What an answer says unless it says otherwise.
const DEFAULTS: [(HeaderName, &str); 5] = [
    (CACHE_CONTROL, "no-store"),
    (STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'",
    ),
    (REFERRER_POLICY, "no-referrer"),
];

/// The reply as it goes out.
pub(super) fn finish(
    mut reply: Reply,
    method: &Method,
    request: &HeaderMap,
    request_id: &str,
) -> Response<Bytes> {
    let reads = *method == Method::GET || *method == Method::HEAD;
    if reads && reply.status == StatusCode::OK {
        answer_unchanged(&mut reply, request);
    }
    compress(&mut reply, request);
    for (name, value) in DEFAULTS {
        reply
            .headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    if let Ok(value) = HeaderValue::from_str(request_id) {
        reply.headers.insert(REQUEST_ID, value);
    }
    if *method == Method::HEAD {
        reply.body = Bytes::new();
    }
    let mut response = Response::new(reply.body);
    *response.status_mut() = reply.status;
    *response.headers_mut() = reply.headers;
    response
}

/// Turns the answer into 304 when the client holds this version already (RFC 9110 §13.1.2). The
/// tag goes back as the client knows it: with or without the mark of compression.
fn answer_unchanged(reply: &mut Reply, request: &HeaderMap) {
    let Some(tag) = reply.headers.get(ETAG).and_then(|tag| tag.to_str().ok()) else {
        return;
    };
    let values = request
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut known = values.flat_map(|value| value.split(',')).map(str::trim);
    let held = known.find(|held| *held == "*" || same_tag(held.strip_prefix("W/").unwrap_or(held), tag));
    let Some(held) = held else { return };
    if let Some(echo) = HeaderValue::from_str(held).ok().filter(|_| held != "*") {
        reply.headers.insert(ETAG, echo);
    }
    reply.status = StatusCode::NOT_MODIFIED;
    reply.headers.remove(CONTENT_TYPE);
    reply.body = Bytes::new();
}
