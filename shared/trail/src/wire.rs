//! What staff ask and see of the audit trail.

use std::collections::BTreeMap;

use kernel::{Fault, FieldFault, Time};
use platform::trail::{EntryRow, Outcome};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Day, Filter};

/// Which entries to list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListEntries {
    /// Only what this user, key or client did: `usr_…`, `key_…`, `cli_…`, or `public`, `guest`, `system`.
    #[serde(default)]
    #[schemars(length(min = 1, max = 128))]
    pub actor: Option<String>,
    /// Only what is about this id.
    #[serde(default)]
    #[schemars(length(min = 1, max = 128))]
    pub subject: Option<String>,
    /// Only this action, for example `access.denied` or `orders-ship`.
    #[serde(default)]
    #[schemars(length(min = 1, max = 128))]
    pub action: Option<String>,
    /// From this day on, in UTC; 30 days before `to` when absent.
    #[serde(default)]
    #[schemars(length(max = 10), extend("example" = "2026-01-01"))]
    pub from: Option<String>,
    /// Up to and with this day, in UTC; today when absent.
    #[serde(default)]
    #[schemars(length(max = 10), extend("example" = "2026-01-31"))]
    pub to: Option<String>,
}

/// One entry of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EntryView {
    /// Names the entry.
    pub entry_id: String,
    /// What: `access.denied`, `session.started`, `role.changed`, …, or the name of the operation by
    /// which staff changed something.
    pub action: String,
    /// How it ended.
    pub outcome: OutcomeWord,
    /// Who.
    pub actor: String,
    /// Whom or what it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The address the request came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// What the client called itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// The request; its log lines carry the same id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// When.
    pub at: Time,
    /// More, as names and values.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub detail: BTreeMap<String, String>,
}

/// How something ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeWord {
    /// It began; another entry of the same request says how it ended, unless the function died.
    Attempted,
    /// It was done.
    Allowed,
    /// It was refused.
    Denied,
    /// It was tried and did not work.
    Failed,
}

impl TryFrom<ListEntries> for Filter {
    type Error = Fault;

    fn try_from(asked: ListEntries) -> Result<Self, Fault> {
        let mut faults = Vec::new();
        let mut day = |field: &str, text: Option<String>| {
            let parsed = text.map(|text| Day::parse(&text)).transpose();
            parsed.unwrap_or_else(|error| {
                faults.push(FieldFault::new(field, "malformed", error.to_string()));
                None
            })
        };
        let (from, to) = (day("from", asked.from), day("to", asked.to));
        if !faults.is_empty() {
            return Err(Fault::invalid_fields(faults));
        }
        Ok(Self {
            actor: asked.actor,
            subject: asked.subject,
            action: asked.action,
            from,
            to,
        })
    }
}

impl From<EntryRow> for EntryView {
    fn from(row: EntryRow) -> Self {
        Self {
            entry_id: row.entry_id,
            action: row.action,
            outcome: row.outcome.into(),
            actor: row.actor,
            subject: row.subject,
            address: row.address,
            user_agent: row.user_agent,
            request_id: row.request_id,
            at: row.at,
            detail: row.detail,
        }
    }
}

impl From<Outcome> for OutcomeWord {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Attempted => Self::Attempted,
            Outcome::Allowed => Self::Allowed,
            Outcome::Denied => Self::Denied,
            Outcome::Failed => Self::Failed,
        }
    }
}
