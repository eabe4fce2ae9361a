//! Where a request came from.

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
