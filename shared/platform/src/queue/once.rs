//! Remembers which facts a listener has handled.

use std::future::Future;
use std::sync::Arc;

use kernel::{Clock, Duration, Fault, Ids, Random};
use serde::{Deserialize, Serialize};

use crate::Cloud;
use crate::table::{Condition, Key, Table};

/// A handler that died is taken over after this. Longer than a listener runs (10 s by default), and
/// shorter than the backoff of the deliveries after which a message is parked (127 s at the least),
/// so that a crash leads to another try and not to a parked message.
const LEASE: Duration = Duration::minutes(2);
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
    /// Random: tells a claim whose answer was lost from somebody else's.
    claim: String,
    lease_until_ms: i64,
    expires_at: i64,
}

/// Runs the work of each fact once, whoever delivers it how often.
pub struct Once {
    table: Table,
    function: String,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl std::fmt::Debug for Once {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Once")
            .field("function", &self.function)
            .finish_non_exhaustive()
    }
}

impl Once {
    /// Remembers in the table `idempotency`, apart for each function.
    pub fn new(cloud: &Cloud) -> Self {
        let function = cloud
            .setting("AWS_LAMBDA_FUNCTION_NAME")
            .unwrap_or_default()
            .to_owned();
        Self {
            table: cloud.table("idempotency"),
            function,
            clock: cloud.clock(),
            random: cloud.random(),
        }
    }

    /// Runs the work unless this fact was handled before. While another delivery is being handled
    /// the fault is busy; after a crash the work is done again when the lease is over.
    pub async fn run(
        &self,
        fact_id: &str,
        work: impl Future<Output = Result<(), Fault>>,
    ) -> Result<(), Fault> {
        let now = self.clock.now();
        let row = ClaimRow {
            pk: format!("fact#{}#{fact_id}", self.function),
            sk: "claim".into(),
            state: State::Running,
            claim: Ids::new(now, &*self.random).body(),
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
            match error.old_item::<ClaimRow>() {
                Some(old) if old.claim == row.claim => {}
                Some(old) if old.state == State::Done => return Ok(()),
                _ => return Err(Fault::busy("another delivery of this fact is being handled")),
            }
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
