//! The event a function gets: payload format 2.0 of the HTTP API.

use std::{collections::BTreeMap, net::SocketAddr};

use axum::http::{HeaderMap, header, request::Parts};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use serde::Serialize;

use super::route::decode;
use crate::moment;

/// What is the same in every event.
#[derive(Debug)]
pub(crate) struct Identity {
    /// Host and port.
    pub(crate) domain: String,
}

/// One request that has found its route.
pub(crate) struct Call<'a> {
    pub(crate) parts: &'a Parts,
    pub(crate) body: &'a Bytes,
    pub(crate) peer: SocketAddr,
    pub(crate) id: &'a str,
    pub(crate) route: &'a str,
    pub(crate) parameters: &'a [(&'a str, String)],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Event<'a> {
    version: &'static str,
    route_key: &'a str,
    raw_path: &'a str,
    raw_query_string: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cookies: Vec<String>,
    headers: BTreeMap<&'a str, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    query_string_parameters: BTreeMap<String, String>,
    request_context: Context<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    path_parameters: BTreeMap<&'a str, &'a str>,
    is_base64_encoded: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Context<'a> {
    account_id: &'static str,
    api_id: &'static str,
    domain_name: &'a str,
    domain_prefix: &'static str,
    http: Http<'a>,
    request_id: &'a str,
    route_key: &'a str,
    stage: &'static str,
    time: String,
    time_epoch: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Http<'a> {
    method: &'a str,
    path: &'a str,
    protocol: &'static str,
    source_ip: String,
    user_agent: &'a str,
}

impl Identity {
    /// The event as JSON.
    pub(crate) fn event(&self, call: &Call<'_>) -> Bytes {
        let Parts {
            method, uri, headers, ..
        } = call.parts;
        let now = moment::now();
        let (body, is_base64_encoded) = body(call.body, headers);
        let event = Event {
            version: "2.0",
            route_key: call.route,
            raw_path: uri.path(),
            raw_query_string: uri.query().unwrap_or_default(),
            cookies: cookies(headers),
            headers: self.headers(call),
            query_string_parameters: query(uri.query().unwrap_or_default()),
            request_context: Context {
                account_id: embedded_aws::ACCOUNT,
                api_id: "local",
                domain_name: &self.domain,
                domain_prefix: "local",
                http: Http {
                    method: method.as_str(),
                    path: uri.path(),
                    protocol: "HTTP/1.1",
                    source_ip: call.peer.ip().to_string(),
                    user_agent: headers
                        .get(header::USER_AGENT)
                        .and_then(|v| v.to_str().ok())
                        .unwrap_or_default(),
                },
                request_id: call.id,
                route_key: call.route,
                stage: "$default",
                time: moment::log_text(now),
                time_epoch: moment::ms(now),
            },
            body,
            path_parameters: call
                .parameters
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect(),
            is_base64_encoded,
        };
        serde_json::to_vec(&event).unwrap_or_default().into()
    }

    /// Header lines of one name are joined by commas; the gateway's own are added.
    fn headers<'a>(&self, call: &Call<'a>) -> BTreeMap<&'a str, String> {
        let mut joined: BTreeMap<&str, String> = BTreeMap::new();
        for (name, value) in &call.parts.headers {
            if name == header::COOKIE {
                continue;
            }
            let value = String::from_utf8_lossy(value.as_bytes());
            joined
                .entry(name.as_str())
                .and_modify(|all| {
                    all.push(',');
                    all.push_str(&value);
                })
                .or_insert_with(|| value.into_owned());
        }
        let peer = call.peer.ip().to_string();
        joined
            .entry("x-forwarded-for")
            .and_modify(|all| {
                all.push_str(", ");
                all.push_str(&peer);
            })
            .or_insert(peer);
        let port = self.domain.rsplit(':').next().unwrap_or("80");
        joined.insert("x-forwarded-port", port.to_owned());
        joined.insert("x-forwarded-proto", "http".to_owned());
        joined
    }
}

fn cookies(headers: &HeaderMap) -> Vec<String> {
    let lines = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok());
    lines
        .flat_map(|line| line.split(';'))
        .map(|cookie| cookie.trim().to_owned())
        .collect()
}

/// Values of one name are joined by commas.
fn query(text: &str) -> BTreeMap<String, String> {
    let mut parameters: BTreeMap<String, String> = BTreeMap::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let plain = |text: &str| decode(&text.replace('+', " "));
        parameters
            .entry(plain(name))
            .and_modify(|all| {
                all.push(',');
                all.push_str(&plain(value));
            })
            .or_insert_with(|| plain(value));
    }
    parameters
}

/// Text of a known kind travels as it is, everything else as base64.
fn body(bytes: &Bytes, headers: &HeaderMap) -> (Option<String>, bool) {
    if bytes.is_empty() {
        return (None, false);
    }
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or("text/plain");
    let plain = !headers.contains_key(header::CONTENT_ENCODING) && is_text(kind);
    match std::str::from_utf8(bytes) {
        Ok(text) if plain => (Some(text.to_owned()), false),
        _ => (Some(STANDARD.encode(bytes)), true),
    }
}

fn is_text(kind: &str) -> bool {
    let kind = kind
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let known = ["application/json", "application/xml", "application/javascript"];
    kind.starts_with("text/")
        || known.contains(&kind.as_str())
        || kind.ends_with("+json")
        || kind.ends_with("+xml")
}
