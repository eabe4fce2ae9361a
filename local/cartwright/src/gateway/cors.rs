//! Cross-origin requests, as the API Gateway answers them from its configuration: any origin, no credentials.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header, request::Parts},
};

use crate::reply;

const METHODS: &str = "GET,POST,PUT,PATCH,DELETE,OPTIONS";
const HEADERS: &str = "accept,authorization,content-type,idempotency-key,if-match,if-none-match,prefer,x-cart-token,x-request-id";
const EXPOSED: &str =
    "etag,idempotent-replayed,link,location,ratelimit,ratelimit-policy,retry-after,x-request-id";
const MAX_AGE_S: &str = "600";

/// Whether a browser asks if it may send a request.
pub(crate) fn is_preflight(parts: &Parts) -> bool {
    parts.method == Method::OPTIONS
        && parts.headers.contains_key(header::ORIGIN)
        && parts.headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// The answer to it; no function is asked.
pub(crate) fn preflight(request: &HeaderMap) -> Response<Body> {
    let mut response = reply::empty(StatusCode::NO_CONTENT);
    let headers = response.headers_mut();
    allow(request, headers);
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static(METHODS),
    );
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static(HEADERS),
    );
    headers.insert(
        header::ACCESS_CONTROL_MAX_AGE,
        HeaderValue::from_static(MAX_AGE_S),
    );
    response
}

/// What a browser needs to hand a response to a page of another origin.
pub(crate) fn allow(request: &HeaderMap, response: &mut HeaderMap) {
    if request.contains_key(header::ORIGIN) {
        response.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        response.insert(
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            HeaderValue::from_static(EXPOSED),
        );
    }
}
