//! HTTP calls to other hosts, with a time limit, without redirects, over the SDK's own client.

use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use http_body_util::{BodyExt, Limited};
use kernel::Fault;

/// The longest answer that is read.
const ANSWER_BYTES_MAX: usize = 256 * 1024;

/// Calls other hosts. Redirects are answers like any other and are never followed.
#[derive(Debug, Clone)]
pub struct Outbound {
    connector: SharedHttpConnector,
}

/// What another host answered.
#[derive(Debug, Clone)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// The body, cut off never: an answer beyond 256 KiB is [`OutboundError::Unusable`].
    pub body: Vec<u8>,
}

/// No usable answer came.
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    /// The request never reached the host, or no answer came in time: its effect is unknown.
    #[error("the host gave no answer")]
    NoAnswer(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The request or the answer is not usable.
    #[error("the exchange cannot be used")]
    Unusable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<OutboundError> for Fault {
    fn from(error: OutboundError) -> Self {
        match error {
            OutboundError::NoAnswer(_) => Self::busy(error),
            OutboundError::Unusable(_) => Self::broken(error),
        }
    }
}

impl Outbound {
    pub(crate) fn new(connector: SharedHttpConnector) -> Self {
        Self { connector }
    }

    /// Posts a body and waits at most 5 s for the whole answer.
    pub async fn post(
        &self,
        url: &str,
        headers: &[(&str, String)],
        body: Vec<u8>,
    ) -> Result<Reply, OutboundError> {
        self.call("POST", url, headers, SdkBody::from(body)).await
    }

    /// Gets what is there and waits at most 5 s for the whole answer.
    pub async fn get(&self, url: &str, headers: &[(&str, String)]) -> Result<Reply, OutboundError> {
        self.call("GET", url, headers, SdkBody::empty()).await
    }

    async fn call(
        &self,
        method: &'static str,
        url: &str,
        headers: &[(&str, String)],
        body: SdkBody,
    ) -> Result<Reply, OutboundError> {
        let mut request = HttpRequest::new(body);
        request
            .set_uri(url)
            .map_err(|error| OutboundError::Unusable(error.into()))?;
        request
            .set_method(method)
            .map_err(|error| OutboundError::Unusable(error.into()))?;
        for (name, value) in headers {
            let set = request
                .headers_mut()
                .try_insert((*name).to_owned(), value.clone());
            set.map_err(|error| OutboundError::Unusable(error.into()))?;
        }
        let response = self
            .connector
            .call(request)
            .await
            .map_err(|error| OutboundError::NoAnswer(error.into()))?;
        let status = response.status().as_u16();
        let body = Limited::new(response.into_body(), ANSWER_BYTES_MAX)
            .collect()
            .await
            .map_err(OutboundError::Unusable)?;
        Ok(Reply {
            status,
            body: body.to_bytes().to_vec(),
        })
    }
}
