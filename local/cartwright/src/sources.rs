//! Event sources: what carries messages and stream records to functions.

mod batch;
mod queue;
mod stream;

#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::Context;
use embedded_aws::{Dynamo, Sqs};
use manifest::{Manifest, Physical, Trigger};

use crate::{cloud::Cloud, moment};
pub(crate) use batch::{Verdict, verdict};
pub(crate) use stream::PARKED_RECORDS;

/// How far each stream function has read.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    checkpoints: Mutex<BTreeMap<String, String>>,
}

impl Progress {
    pub(crate) fn get(&self, function: &str) -> Option<String> {
        self.checkpoints
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(function)
            .cloned()
    }

    pub(crate) fn set(&self, function: &str, checkpoint: String) {
        self.checkpoints
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(function.to_owned(), checkpoint);
    }
}

/// Starts a task for each queue and stream function.
pub(crate) fn start(cloud: &Arc<Cloud>) {
    for function in cloud.manifest.functions.values() {
        let Some(pool) = cloud.pool(&function.name) else {
            continue;
        };
        match &function.trigger {
            Trigger::Queue(trigger) => {
                tokio::spawn(queue::run(cloud.clone(), pool.clone(), trigger.clone()));
            }
            Trigger::Stream(trigger) => {
                if let Some(checkpoint) = cloud.data.checkpoint(&function.name) {
                    cloud.progress.set(&function.name, checkpoint);
                }
                tokio::spawn(stream::run(cloud.clone(), pool.clone(), trigger.clone()));
            }
            Trigger::Http(_) | Trigger::Schedule(_) | Trigger::Invoke => {}
        }
    }
}

/// Waits until nothing is under way: no stream record unread, no message visible, delayed or in
/// flight (parked ones do not count). False when that did not come about in time.
pub(crate) async fn quiet(cloud: &Arc<Cloud>, within: Duration) -> anyhow::Result<bool> {
    let until = tokio::time::Instant::now() + within;
    loop {
        let moved = cloud.wakes.moved().notified();
        let mut moved = std::pin::pin!(moved);
        moved.as_mut().enable();
        let before = cloud.wakes.moves();
        // Whatever travels from one place to the next while we look is written or sent: a move.
        if nothing_under_way(cloud)? && cloud.wakes.moves() == before {
            return Ok(true);
        }
        if tokio::time::timeout_at(until, moved).await.is_err() {
            return Ok(false);
        }
    }
}

fn nothing_under_way(cloud: &Cloud) -> anyhow::Result<bool> {
    let Cloud {
        manifest,
        physical,
        dynamo,
        sqs,
        ..
    } = cloud;
    at_rest(manifest, physical, (dynamo, sqs), |function| {
        cloud.progress.get(function)
    })
}

/// Whether every stream record is read and no message visible, delayed or in flight (parked ones do
/// not count). `checkpoint` says how far a stream function has read.
pub(crate) fn at_rest(
    manifest: &Manifest,
    physical: &Physical,
    (dynamo, sqs): (&Dynamo, &Sqs),
    checkpoint: impl Fn(&str) -> Option<String>,
) -> anyhow::Result<bool> {
    for function in manifest.functions.values() {
        if let Trigger::Stream(trigger) = &function.trigger {
            let table = physical.name(&trigger.table);
            let next = dynamo
                .records_after(&table, checkpoint(&function.name).as_deref(), 1)
                .context("a stream is unreadable")?;
            if !next.records.is_empty() {
                return Ok(false);
            }
        }
    }
    let depths = sqs
        .depths(moment::now_ms())
        .context("the queues are unreadable")?;
    let queues = depths.iter().filter(|depth| {
        physical
            .logical(&depth.queue)
            .is_some_and(|name| manifest.queues.contains_key(name))
    });
    Ok(queues
        .map(|depth| depth.visible + depth.delayed + depth.in_flight)
        .sum::<u64>()
        == 0)
}
