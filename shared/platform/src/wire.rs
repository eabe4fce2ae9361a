//! How SDK clients reach their service: TLS to AWS, plain HTTP to the local stack, or a function.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use base64::Engine;

use crate::outbound::PublicNames;

/// How long a connection to another host may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// How long another host may take to answer.
const READ_TIMEOUT: Duration = Duration::from_secs(5);

/// One request as it would go over the network.
#[derive(Debug, Clone)]
pub struct WireRequest {
    /// The whole URI, host included.
    pub uri: String,
    /// `GET`, `POST`, ….
    pub method: String,
    /// Names in lower case, in the order sent.
    pub headers: Vec<(String, String)>,
    /// The body, whole.
    pub body: Vec<u8>,
}

impl WireRequest {
    /// The first value of a header, by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

/// One answer as it would come from the network.
#[derive(Debug, Clone)]
pub struct WireAnswer {
    /// HTTP status.
    pub status: u16,
    /// Header names and values.
    pub headers: Vec<(String, String)>,
    /// The body, whole.
    pub body: Vec<u8>,
}

/// No answer came: the caller cannot know whether the request had its effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no answer")]
pub struct NoAnswer;

/// The future of one exchange.
pub type Exchange<'a> = Pin<Box<dyn Future<Output = Result<WireAnswer, NoAnswer>> + Send + 'a>>;

/// A network that is a function: what the fault-injecting cloud of the tests is made of.
pub trait Wire: Send + Sync {
    /// Carries one request to whoever answers it.
    fn exchange(&self, request: WireRequest) -> Exchange<'_>;
}

/// A client for AWS. TLS roots are compiled in and cut to those that AWS endpoints use;
/// see <https://www.amazontrust.com/repository/>.
pub(crate) fn aws_client() -> SharedHttpClient {
    let builder = aws_smithy_http_client::Builder::new();
    match trusting(amazon_roots()) {
        Some(context) => builder
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .tls_context(context)
            .build_https(),
        None => builder.build_http(),
    }
}

/// A client for services that take no TLS.
pub(crate) fn plain_client() -> SharedHttpClient {
    aws_smithy_http_client::Builder::new().build_http()
}

/// A connection to any host, trusting Mozilla's roots.
pub(crate) fn open_connector() -> SharedHttpConnector {
    connector(all_roots())
}

/// A connection to AWS, trusting its own roots.
pub(crate) fn aws_connector() -> SharedHttpConnector {
    connector(amazon_roots())
}

/// A connection to public addresses only, trusting Mozilla's roots.
pub(crate) fn public_connector() -> SharedHttpConnector {
    let builder = Connector::builder()
        .connector_settings(settings())
        .sleep_impl(sleep());
    match trusting(all_roots()) {
        Some(context) => SharedHttpConnector::new(
            builder
                .tls_provider(Provider::Rustls(CryptoMode::Ring))
                .tls_context(context)
                .build_with_resolver(PublicNames),
        ),
        None => open_connector(),
    }
}

fn settings() -> HttpConnectorSettings {
    HttpConnectorSettings::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(READ_TIMEOUT)
        .build()
}

fn sleep() -> SharedAsyncSleep {
    SharedAsyncSleep::new(TokioSleep::new())
}

fn connector(roots: impl Iterator<Item = String>) -> SharedHttpConnector {
    let builder = Connector::builder()
        .connector_settings(settings())
        .sleep_impl(sleep());
    SharedHttpConnector::new(match trusting(roots) {
        Some(context) => builder
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .tls_context(context)
            .build(),
        None => builder.build_http(),
    })
}

/// The roots of Amazon Trust Services, picked beforehand: looking for them among Mozilla's hundred
/// and fifty would cost a cold start more than everything else it does.
const AMAZON_ROOTS: &str = include_str!("wire/amazon-roots.pem");

fn amazon_roots() -> impl Iterator<Item = String> {
    AMAZON_ROOTS
        .split_inclusive("-----END CERTIFICATE-----\n")
        .map(str::to_owned)
}

fn all_roots() -> impl Iterator<Item = String> {
    webpki_root_certs::TLS_SERVER_ROOT_CERTS
        .iter()
        .map(|root| pem(root.as_ref()))
}

/// `None` cannot happen with certificates that are compiled in; plain HTTP would still serve the
/// local stack and fail closed against AWS, which only speaks TLS.
fn trusting(roots: impl Iterator<Item = String>) -> Option<TlsContext> {
    let trust = roots.fold(TrustStore::empty(), |trust, root| {
        trust.with_pem_certificate(root)
    });
    TlsContext::builder().with_trust_store(trust).build().ok()
}

fn pem(der: &[u8]) -> String {
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(64)
        .filter_map(|line| std::str::from_utf8(line).ok())
        .collect();
    format!(
        "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
        lines.join("\n")
    )
}

pub(crate) fn simulated_client(wire: Arc<dyn Wire>) -> SharedHttpClient {
    SharedHttpClient::new(Simulated(wire))
}

pub(crate) fn simulated_connector(wire: Arc<dyn Wire>) -> SharedHttpConnector {
    SharedHttpConnector::new(Simulated(wire))
}

#[derive(Clone)]
struct Simulated(Arc<dyn Wire>);

impl std::fmt::Debug for Simulated {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Simulated")
    }
}

impl HttpClient for Simulated {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Simulated {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let wire = Arc::clone(&self.0);
        HttpConnectorFuture::new(async move {
            let answer = wire
                .exchange(to_wire(&request))
                .await
                .map_err(|lost| ConnectorError::timeout(lost.into()))?;
            from_wire(answer)
        })
    }
}

fn to_wire(request: &HttpRequest) -> WireRequest {
    WireRequest {
        uri: request.uri().to_owned(),
        method: request.method().to_owned(),
        headers: request
            .headers()
            .iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect(),
        body: request.body().bytes().unwrap_or_default().to_vec(),
    }
}

fn from_wire(answer: WireAnswer) -> Result<HttpResponse, ConnectorError> {
    let status = answer
        .status
        .try_into()
        .map_err(|error| ConnectorError::other(Box::new(error), None))?;
    let mut response = HttpResponse::new(status, SdkBody::from(answer.body));
    for (name, value) in answer.headers {
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}

#[cfg(test)]
mod tests;
