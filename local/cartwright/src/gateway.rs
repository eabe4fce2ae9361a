//! The API Gateway (HTTP API): requests in, payload format 2.0 to the function, its answer out.
//!
//! | file | has |
//! |---|---|
//! | `route` | which route serves a method and path |
//! | `event` | the event a function gets |
//! | `answer` | the response a function's answer becomes |
//! | `cors` | preflights, and the headers browsers want |

mod answer;
mod cors;
mod event;
mod route;

#[cfg(test)]
mod tests;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Response, StatusCode, request::Parts},
};
use bytes::Bytes;
use serde_json::json;

use crate::{
    functions::{Outcome, Pool},
    logs::Logs,
    random, reply,
};
use event::{Call, Identity};
use route::Routes;
pub(crate) use route::decode;

/// The API Gateway's own limit on waiting for a function.
const INTEGRATION_MAX: Duration = Duration::from_secs(30);
/// The API Gateway's own limit on a body.
pub(crate) const BODY_BYTES_MAX: usize = 10 * 1024 * 1024;
/// The API Gateway's own limit on all header lines together.
const HEADER_BYTES_MAX: usize = 10_240;

/// All routes of the shop and the functions behind them.
#[derive(Debug)]
pub(crate) struct Gateway {
    routes: Routes<Arc<Pool>>,
    identity: Identity,
    logs: Arc<Logs>,
}

impl Gateway {
    /// `domain` is what requests are addressed to, such as `127.0.0.1:8787`.
    pub(crate) fn new(
        routes: impl IntoIterator<Item = (manifest::Route, Arc<Pool>)>,
        domain: String,
        logs: Arc<Logs>,
    ) -> Self {
        Self {
            routes: Routes::new(routes),
            identity: Identity { domain },
            logs,
        }
    }

    /// Serves one request; `body` is none when it was larger than [`BODY_BYTES_MAX`].
    pub(crate) async fn serve(&self, parts: &Parts, body: Option<Bytes>, peer: SocketAddr) -> Response<Body> {
        if cors::is_preflight(parts) {
            return cors::preflight(&parts.headers);
        }
        let id = random::hex(8);
        let mut response = self.route(parts, body, peer, &id).await;
        cors::allow(&parts.headers, response.headers_mut());
        if let Ok(id) = HeaderValue::from_str(&id) {
            response.headers_mut().insert("apigw-requestid", id);
        }
        response
    }

    async fn route(&self, parts: &Parts, body: Option<Bytes>, peer: SocketAddr, id: &str) -> Response<Body> {
        if header_bytes(&parts.headers) > HEADER_BYTES_MAX {
            return message(
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                "Request Header Fields Too Large",
            );
        }
        let Some(body) = body else {
            return message(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large");
        };
        let Some(found) = self.routes.find(&parts.method, parts.uri.path()) else {
            return message(StatusCode::NOT_FOUND, "Not Found");
        };
        let call = Call {
            parts,
            body: &body,
            peer,
            id,
            route: found.key,
            parameters: &found.parameters,
        };
        let event = self.identity.event(&call);
        // Spawned, so that the function works on when the client hangs up, as on AWS.
        let pool = found.target.clone();
        let invocation = tokio::spawn(async move { pool.invoke(event).await });
        match tokio::time::timeout(INTEGRATION_MAX, invocation).await {
            Ok(Ok((request_id, Outcome::Answered(answer)))) => {
                answer::response(&answer).unwrap_or_else(|problem| {
                    self.logs.alarm(
                        &request_id,
                        &format!("`{}` answered what is no response: {problem}", found.key),
                    );
                    message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
                })
            }
            Ok(Ok((request_id, Outcome::Failed(failure)))) => {
                self.logs.alarm(
                    &request_id,
                    &format!("`{}` failed: {}", found.key, failure.message()),
                );
                match failure.status {
                    429 => message(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable"),
                    _ => message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error"),
                }
            }
            Ok(Err(_)) | Err(_) => message(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable"),
        }
    }
}

fn header_bytes(headers: &HeaderMap) -> usize {
    headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + 4)
        .sum()
}

fn message(status: StatusCode, text: &str) -> Response<Body> {
    reply::json(status, &json!({ "message": text }))
}
