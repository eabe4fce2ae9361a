//! Where a request came from.

use std::net::{IpAddr, Ipv6Addr};

use serde::{Deserialize, Serialize};

/// Where a request came from, for the audit trail and for throttling. Nothing in it proves who asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Origin {
    /// The client's address.
    pub address: String,
    /// What the client calls itself, cut to a sensible length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// The id that the client, the answer and the log line share.
    pub request_id: String,
}

/// The network that callers are counted by: an IPv4 address is one, and of IPv6 the first 64 bits,
/// since that much is what one subscriber is given to choose from (RFC 6177). What is no address is
/// taken as it is.
pub fn network_of(address: &str) -> String {
    match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V4(address)) => address.to_string(),
        Ok(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        Err(_) => address.to_owned(),
    }
}
