//! HTTP calls to other hosts, with a time limit, without redirects, over the SDK's own client.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use aws_smithy_runtime_api::client::dns::{DnsFuture, ResolveDns, ResolveDnsError};
use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use http_body_util::{BodyExt, Limited};
use kernel::Fault;

/// The longest answer that is read.
const ANSWER_BYTES_MAX: usize = 256 * 1024;
/// Who calls. Firewalls, the shop's own among them, refuse a request that does not say.
const USER_AGENT: &str = concat!("cartwright/", env!("CARGO_PKG_VERSION"));

/// Calls other hosts. Redirects are answers like any other and are never followed.
#[derive(Debug, Clone)]
pub struct Outbound {
    connector: SharedHttpConnector,
    only_public: bool,
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
        Self {
            connector,
            only_public: false,
        }
    }

    /// Only `https` at public names; the connector must resolve by [`PublicNames`].
    pub(crate) fn only_public(mut self) -> Self {
        self.only_public = true;
        self
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
        if self.only_public && !is_public_url(url) {
            return Err(OutboundError::Unusable("the address is not public".into()));
        }
        let mut request = HttpRequest::new(body);
        request
            .set_uri(url)
            .map_err(|error| OutboundError::Unusable(error.into()))?;
        request
            .set_method(method)
            .map_err(|error| OutboundError::Unusable(error.into()))?;
        let agent = ("user-agent", USER_AGENT.to_owned());
        for (name, value) in std::iter::once(&agent).chain(headers) {
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

/// Whether everybody can reach this address: not private, not of this machine, of no special use.
/// What an address names through translation or a tunnel counts as what it names.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || a == 0
        || a >= 224
        || (a == 100 && (64..128).contains(&b))
        || (a == 198 && (b == 18 || b == 19))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99);
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let parts = address.segments();
    // Global unicast is 2000::/3; in it: Teredo and other protocol addresses, documentation, 6to4.
    let global = (0x2000..0x4000).contains(&parts[0]);
    let special = (parts[0] == 0x2001 && (parts[1] < 0x200 || parts[1] == 0xdb8))
        || parts[0] == 0x2002
        || parts[0] == 0x3fff;
    global && !special
}

/// Resolves names to public addresses only. One address of a name that is not public spoils them
/// all, and what was resolved is what is connected to: a name cannot change its mind in between.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PublicNames;

impl ResolveDns for PublicNames {
    fn resolve_dns<'a>(&'a self, name: &'a str) -> DnsFuture<'a> {
        DnsFuture::new(async move {
            let found = tokio::net::lookup_host((name, 0)).await;
            let found: Vec<IpAddr> = found
                .map_err(ResolveDnsError::new)?
                .map(|address| address.ip())
                .collect();
            only_public(found)
        })
    }
}

/// All of a name's addresses, or none.
fn only_public(found: Vec<IpAddr>) -> Result<Vec<IpAddr>, ResolveDnsError> {
    if found.is_empty() || !found.iter().copied().all(is_public) {
        return Err(ResolveDnsError::new("the name has no public address"));
    }
    Ok(found)
}

/// Refuses whatever is not `https` at a name, on the usual port, without a user. An address instead of
/// a name is never resolved, so it is refused here.
pub fn is_public_url(url: &str) -> bool {
    let Ok(uri) = url.parse::<http::Uri>() else {
        return false;
    };
    let Some(authority) = uri.authority() else {
        return false;
    };
    let host = authority.host();
    let name = host.contains('.')
        && !host.ends_with('.')
        && host
            .rsplit('.')
            .next()
            .is_some_and(|last| last.starts_with(|c: char| c.is_ascii_alphabetic()))
        && host
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte));
    uri.scheme_str() == Some("https")
        && name
        && !authority.as_str().contains('@')
        && authority.port_u16().is_none_or(|port| port == 443)
}

#[cfg(test)]
mod tests;
