//! Remembers which facts a listener has handled.

use std::future::Future;
use std::sync::Arc;

use kernel::{Clock, Duration, Fault};
use serde::{Deserialize, Serialize};

use crate::Cloud;
use crate::table::{Condition, Key, Table};

/// A handler that died is taken over after this: longer than any function may run.
const LEASE: Duration = Duration::minutes(15);
/// How long a handled fact is remembered: as long as SQS can keep a message.
const KEPT: Duration = Duration::days(14);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Running,
    Done,
}

#[derive(Debug, Serialize, Deserialize)]
struct ClaimRow {
    pk: String,
    sk: String,
    state: State,
    lease_until_ms: i64,
    expires_at: i64,
}

pub(super) struct Once {
    table: Table,
    function: String,
    clock: Arc<dyn Clock>,
}

impl Once {
    pub(super) fn new(cloud: &Cloud) -> Self {
        let function = cloud
            .setting("AWS_LAMBDA_FUNCTION_NAME")
            .unwrap_or_default()
            .to_owned();
        Self {
            table: cloud.table("idempotency"),
            function,
            clock: cloud.clock(),
        }
    }

    /// Runs the work unless this fact was handled before. While another delivery is being handled
    /// the fault is busy; after a crash the work is done again when the lease is over.
    pub(super) async fn run(
        &self,
        fact_id: &str,
        work: impl Future<Output = Result<(), Fault>>,
    ) -> Result<(), Fault> {
        let now = self.clock.now();
        let row = ClaimRow {
            pk: format!("fact#{}#{fact_id}", self.function),
            sk: "claim".into(),
            state: State::Running,
            lease_until_ms: now.plus(LEASE).unix_ms(),
            expires_at: now.plus(KEPT).unix_s(),
        };
        let dead = Condition::eq("state", State::Running).and(Condition::lt("lease_until_ms", now.unix_ms()));
        if let Err(error) = self
            .table
            .put(&row)
            .only_if(Condition::absent().or(dead))
            .send()
            .await
        {
            if !error.is_condition_failed() {
                return Err(error.into());
            }
            return match error.old_item::<ClaimRow>().map(|row| row.state) {
                Some(State::Done) => Ok(()),
                _ => Err(Fault::busy("another delivery of this fact is being handled")),
            };
        }
        let key = Key::new(row.pk, row.sk);
        match work.await {
            Ok(()) => Ok(self.table.update(key).set("state", State::Done).send().await?),
            Err(fault) => {
                // The claim is given back, so that the next delivery need not wait for the lease.
                self.table.delete(key).send().await?;
                Err(fault)
            }
        }
    }
}
