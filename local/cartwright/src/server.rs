//! One listener for everything: AWS's APIs, the Runtime API, the front page, and the shop itself.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request, State},
    http::{Method, Response, StatusCode, request::Parts},
    serve::ListenerExt,
};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};

use crate::{
    aws,
    cloud::Cloud,
    front,
    functions::{invoke_api, runtime_api},
    gateway::{self, Gateway},
    reply,
};

/// More than any call of a service takes: a batch of 16 MB.
const AWS_BYTES_MAX: usize = 17 * 1024 * 1024;

/// What requests are answered from.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) cloud: Arc<Cloud>,
    pub(crate) gateway: Arc<Gateway>,
}

impl Server {
    /// Serves until the runtime ends.
    pub(crate) async fn run(self, listener: tokio::net::TcpListener) {
        let logs = self.cloud.logs.clone();
        let router = Router::new().fallback(answer).with_state(self);
        let listener = listener.tap_io(|connection| {
            // Small answers must not wait for an acknowledgement; without the option they are only slower.
            connection.set_nodelay(true).unwrap_or_default();
        });
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        if let Err(error) = axum::serve(listener, service).await {
            logs.alarm("", &format!("the listener failed: {error}"));
        }
    }
}

async fn answer(
    State(server): State<Server>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let cloud = &server.cloud;
    let path = parts.uri.path().to_owned();
    if let Some(target) = parts
        .headers
        .get("x-amz-target")
        .and_then(|target| target.to_str().ok())
    {
        return match read(body, AWS_BYTES_MAX).await {
            Ok(body) => aws::serve(cloud, target, &parts.headers, body).await,
            Err(response) => response,
        };
    }
    if let Some(call) = path.strip_prefix("/_runtime/") {
        return runtime(cloud, call, body).await;
    }
    if let Some(rest) = path.strip_prefix("/2015-03-31/functions/") {
        let name = rest.strip_suffix("/invocations").unwrap_or(rest);
        let name = cloud.physical.logical(name).unwrap_or(name);
        return match read(body, AWS_BYTES_MAX).await {
            Ok(body) => invoke_api::serve(cloud, name, &parts.headers, body).await,
            Err(response) => response,
        };
    }
    if path == "/v2/email/outbound-emails" && parts.method == Method::POST {
        return match read(body, AWS_BYTES_MAX).await {
            Ok(body) => aws::ses::serve(cloud, &parts.headers, &body),
            Err(response) => response,
        };
    }
    if path == "/" || path.starts_with("/_cartwright") {
        return front::serve(cloud, &parts).await;
    }
    shop(&server, &parts, body, peer).await
}

async fn runtime(cloud: &Arc<Cloud>, call: &str, body: Body) -> Response<Body> {
    let mut segments = call.splitn(3, '/');
    let (Some(function), Some(instance), Some(call)) = (segments.next(), segments.next(), segments.next())
    else {
        return reply::empty(StatusCode::NOT_FOUND);
    };
    let Some(pool) = cloud.pool(function) else {
        return reply::empty(StatusCode::NOT_FOUND);
    };
    match read(body, AWS_BYTES_MAX).await {
        Ok(body) => runtime_api::serve(pool, instance, call, body).await,
        Err(response) => response,
    }
}

async fn shop(server: &Server, parts: &Parts, body: Body, peer: SocketAddr) -> Response<Body> {
    let body = match Limited::new(body, gateway::BODY_BYTES_MAX).collect().await {
        Ok(body) => Some(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => None,
        Err(error) => return reply::text(StatusCode::BAD_REQUEST, error.to_string()),
    };
    server.gateway.serve(parts, body, peer).await
}

async fn read(body: Body, bytes_max: usize) -> Result<Bytes, Response<Body>> {
    match Limited::new(body, bytes_max).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) => Err(reply::text(StatusCode::PAYLOAD_TOO_LARGE, error.to_string())),
    }
}
