//! The Lambda Runtime API: what a function's process asks for.
//!
//! Each process has a base path of its own, `/_runtime/<function>/<instance>`, made of random
//! digits: it says who is asking, and nobody else can guess it.

use std::sync::Arc;

use axum::{
    body::Body,
    http::{HeaderValue, Response, StatusCode},
};
use bytes::Bytes;

use super::{Failure, Outcome, Pool};
use crate::reply;

/// What Lambda takes as an answer at most.
const ANSWER_BYTES_MAX: usize = 6 * 1024 * 1024 + 100;

/// Answers `<version>/runtime/…` of one instance.
pub(crate) async fn serve(pool: &Arc<Pool>, instance: &str, call: &str, body: Bytes) -> Response<Body> {
    let segments: Vec<&str> = call.split('/').collect();
    match segments[..] {
        ["2018-06-01", "runtime", "invocation", "next"] => next(pool, instance).await,
        ["2018-06-01", "runtime", "invocation", request_id, "response"] => {
            let outcome = if body.len() > ANSWER_BYTES_MAX {
                let message = "Response payload size exceeded maximum allowed payload size (6291556 bytes).";
                Outcome::Failed(Failure::of_function("Function.ResponseSizeTooLarge", message))
            } else {
                Outcome::Answered(body)
            };
            accepted(pool.answered(instance, request_id, outcome))
        }
        ["2018-06-01", "runtime", "invocation", request_id, "error"] => accepted(pool.answered(
            instance,
            request_id,
            Outcome::Failed(Failure { status: 200, body }),
        )),
        // The process ends by itself after this, which is noticed.
        ["2018-06-01", "runtime", "init", "error"] => accepted(true),
        _ => reply::json(
            StatusCode::NOT_FOUND,
            &serde_json::json!({ "errorType": "Runtime.UnknownPath" }),
        ),
    }
}

async fn next(pool: &Arc<Pool>, instance: &str) -> Response<Body> {
    let Some(delivery) = pool.next(instance).await else {
        return reply::json(
            StatusCode::GONE,
            &serde_json::json!({ "errorType": "Runtime.Ended" }),
        );
    };
    let mut response = Response::new(Body::from(delivery.payload));
    let trace = format!(
        "Root=1-{:08x}-{};Sampled=0",
        delivery.deadline_ms / 1000,
        crate::random::hex(12)
    );
    let headers = [
        ("content-type", "application/json".to_owned()),
        ("lambda-runtime-aws-request-id", delivery.request_id.to_string()),
        ("lambda-runtime-deadline-ms", delivery.deadline_ms.to_string()),
        ("lambda-runtime-invoked-function-arn", pool.kind.arn.clone()),
        ("lambda-runtime-trace-id", trace),
    ];
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn accepted(known: bool) -> Response<Body> {
    if known {
        return reply::json(StatusCode::ACCEPTED, &serde_json::json!({ "status": "OK" }));
    }
    let body = serde_json::json!({
        "errorType": "InvalidRequestID",
        "errorMessage": "this instance does not work on that request (any more)",
    });
    reply::json(StatusCode::BAD_REQUEST, &body)
}
