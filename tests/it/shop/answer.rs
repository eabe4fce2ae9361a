//! What came back.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::Value;

/// What every answer of the API carries, with its value where it is always the same.
const ALWAYS: [(&str, Option<&str>); 6] = [
    ("x-request-id", None),
    ("cache-control", None),
    ("strict-transport-security", None),
    ("x-content-type-options", Some("nosniff")),
    ("content-security-policy", None),
    ("referrer-policy", Some("no-referrer")),
];

/// An answer, read to its end.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    shown: String,
    status: StatusCode,
    headers: HeaderMap,
    bytes: Bytes,
    body: Value,
    /// What the functions logged, when it went wrong.
    logs: String,
}

impl Answer {
    pub(super) fn new(
        shown: String,
        status: StatusCode,
        headers: HeaderMap,
        bytes: Bytes,
        logs: String,
    ) -> Self {
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Self {
            shown,
            status,
            headers,
            bytes,
            body,
            logs,
        }
    }

    /// Requires what every answer of a function carries.
    pub(super) fn carries_what_every_answer_carries(&self) {
        // The stack's own pages and AWS endpoints are no part of the API.
        if !self.shown.contains(" /v1/") && !self.shown.contains(" /docs") {
            return;
        }
        for (name, expected) in ALWAYS {
            let value = self.header(name);
            let fits = value.is_some_and(|value| expected.is_none_or(|expected| value == expected));
            assert!(fits, "header {name} is {value:?}\n{self}");
        }
        let has_body = !self.bytes.is_empty();
        let charset = self
            .header("content-type")
            .is_some_and(|kind| kind.contains("charset=utf-8"));
        assert!(!has_body || charset, "no charset\n{self}");
    }

    /// The status.
    pub(crate) fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// The body as JSON, or null.
    pub(crate) fn body(&self) -> &Value {
        &self.body
    }

    /// The body as bytes.
    pub(crate) fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// A header's text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Every header.
    pub(crate) fn headers(&self) -> Vec<(String, String)> {
        let pairs = self.headers.iter();
        let text = |value: &http::HeaderValue| value.to_str().unwrap_or_default().to_owned();
        pairs
            .map(|(name, value)| (name.to_string(), text(value)))
            .collect()
    }

    /// The `ETag`, which must be a strong one.
    pub(crate) fn etag(&self) -> &str {
        let tag = self.header("etag").unwrap_or_else(|| panic!("no ETag\n{self}"));
        assert!(
            tag.starts_with('"') && tag.ends_with('"'),
            "not a strong ETag\n{self}"
        );
        tag
    }

    /// A text of the body by its JSON pointer, such as `/data/0/sku`.
    pub(crate) fn text(&self, pointer: &str) -> &str {
        let found = self.body.pointer(pointer).and_then(Value::as_str);
        found.unwrap_or_else(|| panic!("no text at {pointer}\n{self}"))
    }

    /// A value of the body by its JSON pointer; null when it is not there.
    pub(crate) fn at(&self, pointer: &str) -> &Value {
        self.body.pointer(pointer).unwrap_or(&Value::Null)
    }

    /// The items of a page.
    pub(crate) fn data(&self) -> &Vec<Value> {
        self.at("/data")
            .as_array()
            .unwrap_or_else(|| panic!("no page\n{self}"))
    }

    /// Requires this status.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status(), status, "{self}");
        self
    }

    /// Requires this refusal, with the one error body.
    #[track_caller]
    pub(crate) fn refuses(self, status: u16, code: &str) -> Self {
        assert_eq!(
            (self.status(), self.at("/error/code").as_str()),
            (status, Some(code)),
            "{self}"
        );
        assert!(self.at("/error/message").is_string(), "no message\n{self}");
        assert_eq!(
            self.at("/error/request_id").as_str(),
            self.header("x-request-id"),
            "{self}"
        );
        if status == 401 {
            assert!(self.header("www-authenticate").is_some(), "no challenge\n{self}");
        }
        if status == 429 || status == 503 {
            assert!(self.header("retry-after").is_some(), "no Retry-After\n{self}");
        }
        self
    }

    /// Requires that the refusal names this field.
    #[track_caller]
    pub(crate) fn names(self, field: &str) -> Self {
        let details = self.at("/error/details").as_array().cloned().unwrap_or_default();
        assert!(
            details.iter().any(|detail| detail["field"] == field),
            "`{field}` is not named\n{self}"
        );
        self
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let body = String::from_utf8_lossy(&self.bytes);
        write!(
            out,
            "{} answered {}\n{:#?}\n{body}\n{}",
            self.shown, self.status, self.headers, self.logs
        )
    }
}
