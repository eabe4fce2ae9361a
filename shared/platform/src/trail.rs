//! The audit trail: who did, or was refused, what, from where.
//!
//! An entry is one row, put once and never changed; the right `append` allows no more. The http edge
//! writes denials and staff mutations itself; contexts write what only they know (a session started,
//! a login failed). The context `trail` chains the rows and lists them.
//!
//! An entry holds no secret, no e-mail address and nothing else about a person but ids and the
//! address that the request came from.

use std::collections::BTreeMap;
use std::sync::Arc;

use kernel::{Fault, Ids, Origin, Random, Time};
use serde::{Deserialize, Serialize};

use crate::table::{Put, Table, Write};

/// Entries of one day are spread over so many partitions, each with a chain of its own.
pub const SHARDS: u8 = 4;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What, for example `session.started`, `access.denied`, `role.changed`, or a function's name.
    pub action: &'static str,
    /// How it ended.
    pub outcome: Outcome,
    /// Who: `usr_…`, `key_…`, `cli_…`, or `guest`, `public`, `system`.
    pub actor: String,
    /// Whom or what it is about: an id.
    pub subject: Option<String>,
    /// Where the request came from.
    pub origin: Option<Origin>,
    /// When.
    pub at: Time,
    /// More, as names and values.
    pub detail: BTreeMap<String, String>,
}

/// How something ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It began. What follows says how it ended; if nothing follows, the function died on the way.
    Attempted,
    /// It was done.
    Allowed,
    /// It was refused.
    Denied,
    /// It was tried and did not work.
    Failed,
}

/// An entry as it is stored, under `pk = day#<day>#<shard>` and `sk = <moment>#<entry id>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryRow {
    /// The day and the shard.
    pub pk: String,
    /// The moment and the entry.
    pub sk: String,
    /// Names the entry.
    pub entry_id: String,
    /// What.
    pub action: String,
    /// How it ended.
    pub outcome: Outcome,
    /// Who.
    pub actor: String,
    /// Whom or what it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The client's address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// What the client called itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// The request's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// When.
    pub at: Time,
    /// More, as names and values.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub detail: BTreeMap<String, String>,
}

impl Entry {
    /// Something that was done now by somebody; more is added by the other methods.
    pub fn new(action: &'static str, actor: impl Into<String>, at: Time) -> Self {
        Self {
            action,
            outcome: Outcome::Allowed,
            actor: actor.into(),
            subject: None,
            origin: None,
            at,
            detail: BTreeMap::new(),
        }
    }

    /// How it ended.
    #[must_use]
    pub fn outcome(mut self, outcome: Outcome) -> Self {
        self.outcome = outcome;
        self
    }

    /// Whom or what it is about.
    #[must_use]
    pub fn about(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// Where the request came from.
    #[must_use]
    pub fn from(mut self, origin: Origin) -> Self {
        self.origin = Some(origin);
        self
    }

    /// One more name and value.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.detail.insert(name.to_owned(), value.into());
        self
    }
}

impl EntryRow {
    fn of(entry: &Entry, ids: &Ids<'_>) -> Self {
        let body = ids.body();
        let shard = body.bytes().last().unwrap_or_default() % SHARDS;
        let at = entry.at.to_string();
        let day = at.split('T').next().unwrap_or_default();
        let origin = entry.origin.as_ref();
        Self {
            pk: format!("day#{day}#{shard}"),
            sk: format!("{at}#ent_{body}"),
            entry_id: format!("ent_{body}"),
            action: entry.action.to_owned(),
            outcome: entry.outcome,
            actor: entry.actor.clone(),
            subject: entry.subject.clone(),
            address: origin.map(|origin| origin.address.clone()),
            user_agent: origin.and_then(|origin| origin.user_agent.clone()),
            request_id: origin.map(|origin| origin.request_id.clone()),
            at: entry.at,
            detail: entry.detail.clone(),
        }
    }
}

/// Appends to the audit trail.
#[derive(Clone)]
pub struct Trail {
    table: Table,
    granted: bool,
    random: Arc<dyn Random>,
}

impl Trail {
    pub(crate) fn new(table: Table, granted: bool, random: Arc<dyn Random>) -> Self {
        Self {
            table,
            granted,
            random,
        }
    }

    /// Whether the manifest entry grants `trail: append`.
    pub fn is_granted(&self) -> bool {
        self.granted
    }

    /// Appends one entry. When this fails nothing may be taken for written.
    pub async fn append(&self, entry: &Entry) -> Result<(), Fault> {
        if !self.granted {
            return Err(Fault::broken(
                "the audit trail was not granted: add `trail: append` to the manifest entry",
            ));
        }
        let (put, row) = self.put(entry);
        match put.send().await {
            // The id is new with every call: a row that is there is our own, its first answer lost.
            Err(error) if error.is_condition_failed() => {
                let ours = error.old_item::<EntryRow>().is_some_and(|old| old == row);
                if ours { Ok(()) } else { Err(error.into()) }
            }
            other => Ok(other?),
        }
    }

    /// The entry as a part of somebody's transaction: written if, and only if, the rest is.
    /// Where the trail was not granted the whole transaction fails.
    pub fn entry(&self, entry: &Entry) -> Write {
        self.put(entry).0.into()
    }

    fn put(&self, entry: &Entry) -> (Put, EntryRow) {
        let row = EntryRow::of(entry, &Ids::new(entry.at, &*self.random));
        (self.table.put(&row).only_if_absent(), row)
    }
}

impl std::fmt::Debug for Trail {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Trail")
    }
}
