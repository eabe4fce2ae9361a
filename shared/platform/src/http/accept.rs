//! Which media types the client takes and sends.

use http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, Method, StatusCode};

use super::problem::Problem;

const FORM: &str = "application/x-www-form-urlencoded";
const PROBLEM_JSON: &str = "application/problem+json";

/// The media types of JSON Merge Patch (RFC 7396) and plain JSON, both taken for a `PATCH`.
const PATCH_TYPES: &str = "application/merge-patch+json, application/json";

/// Whether errors are to be written as RFC 9457: the client names the type itself.
pub(super) fn wants_problem_json(headers: &HeaderMap) -> bool {
    ranges(headers).any(|range| range.quality > 0 && range.media.eq_ignore_ascii_case(PROBLEM_JSON))
}

/// Refuses a client that takes no form of the answer. One that names only problem documents takes
/// JSON as well.
pub(super) fn check_accept(headers: &HeaderMap, media_type: &str) -> Result<(), Problem> {
    let mut named = false;
    let mut best: Option<(u8, u16)> = None;
    for range in ranges(headers) {
        named = true;
        let precision = if range.media.eq_ignore_ascii_case(PROBLEM_JSON) && media_type == "application/json"
        {
            1
        } else {
            match range.precision(media_type) {
                Some(precision) => precision,
                None => continue,
            }
        };
        if best.is_none_or(|(known, _)| precision > known) {
            best = Some((precision, range.quality));
        }
    }
    if !named || best.is_some_and(|(_, quality)| quality > 0) {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::NOT_ACCEPTABLE,
        "not_acceptable",
        format!("the answer is {media_type}"),
    ))
}

/// Refuses a body that is no form in UTF-8, or that is compressed.
pub(super) fn check_form_type(headers: &HeaderMap) -> Result<(), Problem> {
    if sends(headers, &[FORM]) {
        return Ok(());
    }
    let message = "send the body as application/x-www-form-urlencoded, not compressed";
    Err(Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported_media_type",
        message,
    )
    .with(ACCEPT, FORM))
}

/// Whether the body is of one of these media types, in UTF-8 and not compressed.
fn sends(headers: &HeaderMap, known: &[&str]) -> bool {
    let text = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let mut parts = text.split(';').map(str::trim);
    let media = parts.next().unwrap_or_default().to_ascii_lowercase();
    let utf8 = parts.all(|parameter| {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        !name.eq_ignore_ascii_case("charset") || value.trim_matches('"').eq_ignore_ascii_case("utf-8")
    });
    let plain = headers
        .get(CONTENT_ENCODING)
        .is_none_or(|coding| coding == "identity");
    known.contains(&media.as_str()) && utf8 && plain
}

/// Refuses a body that is not JSON in UTF-8, or that is compressed.
pub(super) fn check_content_type(method: &Method, headers: &HeaderMap) -> Result<(), Problem> {
    let patch = *method == Method::PATCH;
    let known = if patch {
        &["application/json", "application/merge-patch+json"][..]
    } else {
        &["application/json"]
    };
    if sends(headers, known) {
        return Ok(());
    }
    let message = "send the body as application/json, UTF-8, not compressed";
    let problem = Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported_media_type",
        message,
    );
    Err(if patch {
        problem.with(HeaderName::from_static("accept-patch"), PATCH_TYPES)
    } else {
        problem.with(ACCEPT, "application/json")
    })
}

/// Whether the client takes this content coding.
pub(super) fn takes_coding(headers: &HeaderMap, coding: &str) -> bool {
    let (mut named, mut wildcard) = (None, None);
    for element in elements(headers, &http::header::ACCEPT_ENCODING) {
        let (name, quality) = with_quality(element);
        if name.eq_ignore_ascii_case(coding) {
            named = Some(quality > 0);
        } else if name == "*" {
            wildcard = Some(quality > 0);
        }
    }
    named.or(wildcard).unwrap_or(false)
}

struct Range<'a> {
    media: &'a str,
    /// In thousandths.
    quality: u16,
}

impl Range<'_> {
    /// How precisely this range names the type: 3 exactly, 2 by its first half, 1 as anything.
    fn precision(&self, media_type: &str) -> Option<u8> {
        if self.media.eq_ignore_ascii_case(media_type) {
            return Some(3);
        }
        let (kind, _) = media_type.split_once('/')?;
        match self.media.split_once('/')? {
            ("*", "*") => Some(1),
            (own, "*") if own.eq_ignore_ascii_case(kind) => Some(2),
            _ => None,
        }
    }
}

fn ranges(headers: &HeaderMap) -> impl Iterator<Item = Range<'_>> {
    elements(headers, &ACCEPT).map(|element| {
        let (media, quality) = with_quality(element);
        Range { media, quality }
    })
}

fn elements<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let values = headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|element| !element.is_empty())
}

/// The name of a list element and its `q`, in thousandths; 1 when there is none.
fn with_quality(element: &str) -> (&str, u16) {
    let mut parts = element.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let quality = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    (name, quality.map_or(1_000, thousandths))
}

fn thousandths(text: &str) -> u16 {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let decimals = format!("{decimals:0<3}");
    let whole: u16 = whole.parse().unwrap_or(0);
    let fraction: u16 = decimals
        .get(..3)
        .and_then(|digits| digits.parse().ok())
        .unwrap_or(0);
    (whole.min(1) * 1_000 + fraction).min(1_000)
}
