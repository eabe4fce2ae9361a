//! The response a function's answer becomes.

use std::collections::BTreeMap;

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, Response, StatusCode, header},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    status_code: u16,
    #[serde(default)]
    headers: Option<BTreeMap<String, Scalar>>,
    #[serde(default)]
    multi_value_headers: Option<BTreeMap<String, Vec<Scalar>>>,
    #[serde(default)]
    cookies: Option<Vec<String>>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

/// Header values may be given as numbers and truth values too.
#[derive(Deserialize)]
#[serde(untagged)]
enum Scalar {
    Text(String),
    Other(Value),
}

impl Scalar {
    fn text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Other(value) => value.to_string(),
        }
    }
}

/// An object with `statusCode` is a response; any other JSON is a body with status 200.
pub(crate) fn response(answer: &[u8]) -> Result<Response<Body>, String> {
    let value: Value = serde_json::from_slice(answer).map_err(|error| error.to_string())?;
    if value.get("statusCode").is_none() {
        let body = match value {
            Value::String(text) => text,
            other => other.to_string(),
        };
        return Ok(crate::reply::bytes(
            StatusCode::OK,
            "application/json",
            body.into(),
        ));
    }
    let answer: Answer = serde_json::from_value(value).map_err(|error| error.to_string())?;
    let status = StatusCode::from_u16(answer.status_code).map_err(|error| error.to_string())?;
    let body = answer.body.unwrap_or_default();
    let body = if answer.is_base64_encoded {
        STANDARD
            .decode(body)
            .map_err(|error| format!("its body is no base64: {error}"))?
    } else {
        body.into_bytes()
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    for (name, value) in answer.headers.unwrap_or_default() {
        append(&mut response, &name, &value.text())?;
    }
    for (name, values) in answer.multi_value_headers.unwrap_or_default() {
        response.headers_mut().remove(name.as_str());
        for value in values {
            append(&mut response, &name, &value.text())?;
        }
    }
    for cookie in answer.cookies.unwrap_or_default() {
        append(&mut response, "set-cookie", &cookie)?;
    }
    // The connection's own business.
    for name in [
        header::CONTENT_LENGTH,
        header::TRANSFER_ENCODING,
        header::CONNECTION,
    ] {
        response.headers_mut().remove(name);
    }
    if !response.headers().contains_key(header::CONTENT_TYPE) && status != StatusCode::NO_CONTENT {
        let plain = HeaderValue::from_static("text/plain;charset=UTF-8");
        response.headers_mut().insert(header::CONTENT_TYPE, plain);
    }
    Ok(response)
}

fn append(response: &mut Response<Body>, name: &str, value: &str) -> Result<(), String> {
    let header =
        HeaderName::from_bytes(name.as_bytes()).map_err(|_| format!("`{name}` is no header name"))?;
    let value =
        HeaderValue::from_str(value).map_err(|_| format!("the value of `{name}` is no header value"))?;
    response.headers_mut().append(header, value);
    Ok(())
}
