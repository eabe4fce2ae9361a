//! The Invoke API, for `cargo lambda invoke` and `aws lambda invoke --endpoint-url …`.

use std::sync::Arc;

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Response, StatusCode},
};
use bytes::Bytes;
use serde_json::json;

use super::Outcome;
use crate::{cloud::Cloud, events, reply};

/// Runs a function with the body as its event.
pub(crate) async fn serve(
    cloud: &Arc<Cloud>,
    name: &str,
    headers: &HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let Some(pool) = cloud.pool(name) else {
        let message = format!("Function not found: {name}");
        let mut response = reply::json(
            StatusCode::NOT_FOUND,
            &json!({ "Type": "User", "Message": message }),
        );
        response.headers_mut().insert(
            "x-amzn-errortype",
            HeaderValue::from_static("ResourceNotFoundException"),
        );
        return response;
    };
    let body = if body.is_empty() {
        Bytes::from_static(b"{}")
    } else {
        body
    };
    match headers
        .get("x-amz-invocation-type")
        .and_then(|kind| kind.to_str().ok())
    {
        Some("Event") => {
            let (cloud, pool) = (cloud.clone(), pool.clone());
            tokio::spawn(async move { events::deliver(&cloud, &pool, body).await });
            reply::empty(StatusCode::ACCEPTED)
        }
        Some("DryRun") => reply::empty(StatusCode::NO_CONTENT),
        _ => {
            let (request_id, outcome) = pool.invoke(body).await;
            let (status, body, failed) = match outcome {
                Outcome::Answered(body) => (StatusCode::OK, body, false),
                Outcome::Failed(failure) => (
                    StatusCode::from_u16(failure.status).unwrap_or(StatusCode::OK),
                    failure.body,
                    true,
                ),
            };
            let mut response = reply::bytes(status, "application/json", body);
            if let Ok(id) = HeaderValue::from_str(&request_id) {
                response.headers_mut().insert("x-amzn-requestid", id);
            }
            response
                .headers_mut()
                .insert("x-amz-executed-version", HeaderValue::from_static("$LATEST"));
            if failed {
                response
                    .headers_mut()
                    .insert("x-amz-function-error", HeaderValue::from_static("Unhandled"));
            }
            response
        }
    }
}
