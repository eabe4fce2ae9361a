//! Schedules: timer functions at their time, or now when asked; and the upkeep of the tables.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use manifest::{Function, Schedule, Trigger};
use serde_json::json;

use crate::{
    cloud::Cloud,
    events,
    functions::{Outcome, Pool},
    moment, random,
};

/// How often expired items are removed and processes without work are ended.
const UPKEEP: Duration = Duration::from_secs(5);
/// Stream records are pruned at every so many-th upkeep.
const PRUNE_EVERY: u32 = 120;

/// Starts a task for each timer function, and one for the upkeep.
pub(crate) fn start(cloud: &Arc<Cloud>) {
    for function in cloud.manifest.functions.values() {
        if let (Trigger::Schedule(schedule), Some(pool)) = (&function.trigger, cloud.pool(&function.name)) {
            tokio::spawn(run(cloud.clone(), pool.clone(), schedule.clone()));
        }
    }
    tokio::spawn(upkeep(cloud.clone()));
}

/// Runs a timer function once, now; none when there is no such timer function.
pub(crate) async fn run_now(cloud: &Arc<Cloud>, function: &str) -> Option<Outcome> {
    let Function {
        trigger: Trigger::Schedule(_),
        ..
    } = cloud.manifest.functions.get(function)?
    else {
        return None;
    };
    let pool = cloud.pool(function)?;
    Some(pool.invoke(event(cloud, function)).await.1)
}

/// Removes expired items from the tables, as AWS does within days; says how many.
pub(crate) async fn sweep(cloud: &Arc<Cloud>) -> anyhow::Result<usize> {
    let worker = cloud.clone();
    let swept = tokio::task::spawn_blocking(move || worker.dynamo.sweep_ttl()).await??;
    if swept > 0 {
        let tables: Vec<String> = cloud
            .manifest
            .tables
            .keys()
            .map(|table| cloud.physical.name(table))
            .collect();
        cloud
            .wakes
            .written(&tables.iter().map(String::as_str).collect::<Vec<_>>());
    }
    Ok(swept)
}

async fn run(cloud: Arc<Cloud>, pool: Arc<Pool>, schedule: Schedule) {
    loop {
        let now = moment::now();
        let Some(next) = schedule.next_after(now) else {
            return;
        };
        tokio::time::sleep((next - now).try_into().unwrap_or_default()).await;
        events::deliver(&cloud, &pool, event(&cloud, &pool.kind.name)).await;
    }
}

fn event(cloud: &Cloud, function: &str) -> Bytes {
    let region = embedded_aws::REGION;
    let account = embedded_aws::ACCOUNT;
    let rule = cloud.physical.name(function);
    let event = json!({
        "version": "0",
        "id": random::uuid(),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": account,
        "time": moment::seconds_text(moment::now()),
        "region": region,
        "resources": [format!("arn:aws:events:{region}:{account}:rule/{rule}")],
        "detail": {},
    });
    event.to_string().into()
}

async fn upkeep(cloud: Arc<Cloud>) {
    let mut turns: u32 = 0;
    loop {
        tokio::time::sleep(UPKEEP).await;
        cloud.pools.values().for_each(|pool| pool.reap());
        if let Err(error) = sweep(&cloud).await {
            cloud
                .logs
                .alarm("", &format!("expired items could not be removed: {error:#}"));
        }
        turns = turns.wrapping_add(1);
        if turns.is_multiple_of(PRUNE_EVERY) {
            let worker = cloud.clone();
            let pruned =
                tokio::task::spawn_blocking(move || worker.dynamo.prune_streams(moment::now_ms())).await;
            if let Ok(Err(error)) = pruned {
                cloud
                    .logs
                    .alarm("", &format!("old stream records could not be removed: {error}"));
            }
        }
    }
}
