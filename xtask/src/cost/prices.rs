//! `infra/prices.yaml`, typed: a misspelt price is refused.

use anyhow::{Context, Result};
use serde::Deserialize;

macro_rules! prices {
    ($($(#[$doc:meta])* $name:ident { $($field:ident),+ $(,)? })+) => {
        $($(#[$doc])* #[derive(Debug, Clone, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct $name { $(pub(super) $field: f64),+ })+
    };
}

prices! {
    /// Functions.
    Lambda { requests_per_million, gb_seconds_per_million }
    /// The HTTP API.
    Api { requests_per_million }
    /// Tables.
    Dynamodb { read_units_per_million, write_units_per_million, storage_gb_month, storage_free_gb, recovery_gb_month }
    /// Queues.
    Sqs { requests_per_million, requests_free_million }
    /// Timers.
    Scheduler { invocations_per_million, invocations_free_million }
    /// Log lines.
    Logs { ingested_gb, stored_gb_month }
    /// Alarms.
    Alarms { metric_month, free }
    /// Traces.
    Traces { recorded_per_million, recorded_free_million }
    /// Keys.
    Kms { key_month, requests_per_million, requests_free_million }
    /// Secrets.
    Secrets { secret_month }
    /// Files.
    Buckets { stored_gb_month }
    /// Mail.
    Mail { thousand }
    /// Data out.
    Egress { gb }
    /// The firewall.
    Waf { acl_month, rule_month, requests_per_million }
    /// What is assumed and not asked.
    Assumed {
        idle_polls_per_minute, bounded_polls_per_minute, calls_per_tick, read_units_per_tick,
        key_requests_per_tick, ms_per_call, log_kb_per_invocation, log_kb_per_request, traced_share_of_orders,
        traced_share_of_reads, answer_kb, mails_per_order, requests_per_message, stored_gb, stored_code_gb,
    }
}

/// Every price, and what is assumed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Prices {
    pub(super) region: String,
    pub(super) dated: String,
    pub(super) lambda: Lambda,
    pub(super) api: Api,
    pub(super) dynamodb: Dynamodb,
    pub(super) sqs: Sqs,
    pub(super) scheduler: Scheduler,
    pub(super) logs: Logs,
    pub(super) alarms: Alarms,
    pub(super) traces: Traces,
    pub(super) kms: Kms,
    pub(super) secrets: Secrets,
    pub(super) buckets: Buckets,
    pub(super) mail: Mail,
    pub(super) egress: Egress,
    pub(super) waf: Waf,
    pub(super) assumed: Assumed,
}

impl Prices {
    pub(super) fn read(text: &str) -> Result<Self> {
        serde_saphyr::from_str(text).context("infra/prices.yaml is wrong")
    }
}
