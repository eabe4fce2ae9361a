//! The table `authority` and its access patterns; nothing else touches it. See
//! `docs/access-patterns/authority.md`.

mod clients;
mod invitations;
mod keys;
mod roles;
mod sessions;
mod signing;
mod usage;
mod users;

use kernel::{Limit, Time};
use platform::Cloud;
use platform::table::{Query, Table};
use serde::{Deserialize, Serialize};

pub(crate) use roles::ROLES_MAX;
pub(crate) use sessions::{Advanced, SessionRow};
pub(crate) use signing::SigningRow;
pub(crate) use usage::{PRECISION, Usage};
pub(crate) use users::UserRow;

/// The table, as every store of this context uses it.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    pub(crate) table: Table,
}

impl Store {
    pub(crate) fn new(cloud: &Cloud) -> Self {
        Self {
            table: cloud.table("authority"),
        }
    }

    /// A page of a list, the newest first.
    fn list(&self, list: &str, limit: Limit, after: Option<String>) -> Query {
        self.table
            .query_index("by_list", ("list", list), "list_at")
            .descending()
            .limit(limit)
            .after(after)
    }
}

/// Where a row stands in the index `by_list`. A row without is in no list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Listing {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    list: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    list_at: Option<String>,
}

impl Listing {
    /// At this moment; the id decides between rows of one millisecond.
    fn of(list: &str, at: Time, id: &str) -> Self {
        Self {
            list: Some(list.to_owned()),
            list_at: Some(format!("{at}#{id}")),
        }
    }
}

/// A row that this code did not write, or that was changed by hand.
#[derive(Debug, thiserror::Error)]
#[error("the row `{pk}` has a `{attribute}` that is none")]
pub(crate) struct BadRow {
    pk: String,
    attribute: String,
}

impl BadRow {
    fn new(pk: &str, attribute: &str) -> Self {
        Self {
            pk: pk.to_owned(),
            attribute: attribute.to_owned(),
        }
    }
}
