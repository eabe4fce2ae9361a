//! A small HTTP client for the commands that talk to a shop: a running stack, or one on AWS.

use std::sync::Arc;

use anyhow::{Context, ensure};
use axum::http::{HeaderMap, Method, Request, StatusCode, Uri, header, uri::Authority};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, RootCertStore, crypto::ring, pki_types::ServerName},
};

/// A response, read to its end.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its header lines.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

impl Answer {
    /// The body as JSON; a status that is no success is an error with the body in it.
    pub fn json<T: serde::de::DeserializeOwned>(&self) -> anyhow::Result<T> {
        let text = String::from_utf8_lossy(&self.body);
        ensure!(self.status.is_success(), "{}: {text}", self.status);
        serde_json::from_slice(&self.body).with_context(|| format!("this is not the expected JSON: {text}"))
    }
}

/// One request over a connection of its own; the body is JSON.
pub async fn send(
    method: Method,
    url: &str,
    headers: &[(&str, &str)],
    body: Bytes,
) -> anyhow::Result<Answer> {
    let uri: Uri = url.parse().with_context(|| format!("`{url}` is no URL"))?;
    let authority = uri
        .authority()
        .with_context(|| format!("`{url}` names no host"))?
        .clone();
    let secure = uri.scheme_str() == Some("https");
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(connect(&authority, secure).await?)).await?;
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, authority.as_str());
    if !body.is_empty() {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Full::new(body))?;
    // It ends with the exchange; what goes wrong on it, the exchange says.
    let connection = tokio::spawn(async move { connection.await.unwrap_or_default() });
    let response = sender.send_request(request).await?;
    let (parts, body) = response.into_parts();
    let body = body.collect().await?.to_bytes();
    connection.abort();
    Ok(Answer {
        status: parts.status,
        headers: parts.headers,
        body,
    })
}

/// A connection, plain or encrypted.
trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

async fn connect(authority: &Authority, secure: bool) -> anyhow::Result<Box<dyn Wire>> {
    let host = authority.host();
    // Names below localhost are this machine (RFC 6761); not every resolver knows it.
    let address = if host.ends_with(".localhost") {
        "127.0.0.1"
    } else {
        host
    };
    let port = authority.port_u16().unwrap_or(if secure { 443 } else { 80 });
    let stream = TcpStream::connect((address, port))
        .await
        .with_context(|| format!("nothing answers at {authority}; is the shop running?"))?;
    stream.set_nodelay(true)?;
    if !secure {
        return Ok(Box::new(stream));
    }
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned());
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(host.to_owned())?;
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await;
    let stream = stream.with_context(|| format!("no secure connection to {authority}"))?;
    Ok(Box::new(stream))
}
