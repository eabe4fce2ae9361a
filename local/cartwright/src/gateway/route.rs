//! Which route serves a method and a path.
//!
//! A literal segment wins over a parameter, from left to right; `$default` serves what is left.
//! A path that only other methods serve is `$default`'s too, as on the HTTP API.

use axum::http::Method;
use manifest::Route;

/// Routes, the more literal ones first.
#[derive(Debug)]
pub(crate) struct Routes<T> {
    entries: Vec<Entry<T>>,
    default: Option<T>,
}

#[derive(Debug)]
struct Entry<T> {
    key: String,
    method: String,
    segments: Vec<Segment>,
    target: T,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Segment {
    Literal(String),
    Parameter(String),
}

/// The route that serves a request.
#[derive(Debug)]
pub(crate) struct Found<'a, T> {
    /// `POST /v1/orders/{order_id}/cancel`, or `$default`.
    pub(crate) key: &'a str,
    /// Parameters by name, percent-decoded.
    pub(crate) parameters: Vec<(&'a str, String)>,
    pub(crate) target: &'a T,
}

impl<T> Routes<T> {
    pub(crate) fn new(routes: impl IntoIterator<Item = (Route, T)>) -> Self {
        let mut entries = Vec::new();
        let mut default = None;
        for (route, target) in routes {
            let key = route.to_string();
            match route {
                Route::Path { method, path } => {
                    let segments = path.split('/').skip(1).map(segment).collect();
                    entries.push(Entry {
                        key,
                        method,
                        segments,
                        target,
                    });
                }
                Route::Default => default = Some(target),
            }
        }
        // Derived order: any literal is before any parameter, the first difference decides.
        entries.sort_by(|one, other| one.segments.cmp(&other.segments));
        Self { entries, default }
    }

    pub(crate) fn find(&self, method: &Method, path: &str) -> Option<Found<'_, T>> {
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        let of_method = self
            .entries
            .iter()
            .filter(|entry| entry.method == method.as_str());
        for entry in of_method {
            if let Some(parameters) = parameters(&entry.segments, &segments) {
                return Some(Found {
                    key: &entry.key,
                    parameters,
                    target: &entry.target,
                });
            }
        }
        self.default.as_ref().map(|target| Found {
            key: "$default",
            parameters: Vec::new(),
            target,
        })
    }
}

fn segment(text: &str) -> Segment {
    match text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        Some(name) => Segment::Parameter(name.to_owned()),
        None => Segment::Literal(text.to_owned()),
    }
}

fn parameters<'a>(route: &'a [Segment], path: &[&str]) -> Option<Vec<(&'a str, String)>> {
    if route.len() != path.len() {
        return None;
    }
    let mut found = Vec::new();
    for (expected, actual) in route.iter().zip(path) {
        match expected {
            Segment::Literal(text) if text == actual => {}
            Segment::Parameter(name) if !actual.is_empty() => found.push((name.as_str(), decode(actual))),
            Segment::Literal(_) | Segment::Parameter(_) => return None,
        }
    }
    Some(found)
}

/// Percent-decoding; what is not well formed stays as it is.
pub(crate) fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let pair = (*first == b'%').then(|| tail.get(..2)).flatten();
        let byte = pair.and_then(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
