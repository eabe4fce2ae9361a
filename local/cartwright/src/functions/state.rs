//! What a pool knows at one moment: who waits, and what each process is doing.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use bytes::Bytes;
use tokio::sync::{oneshot, watch};

use super::{Failure, Outcome, stats::Counters, warden::kill_group};

/// How long a process that has answered may take to ask for more before another is started instead:
/// more than a busy machine takes, for a second process would make it busier.
pub(super) const BETWEEN_MAX: Duration = Duration::from_secs(1);

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) waiting: VecDeque<Job>,
    pub(super) instances: HashMap<String, Instance>,
    pub(super) counters: Counters,
    pub(super) closed: bool,
}

#[derive(Debug)]
pub(super) struct Job {
    pub(super) request_id: Arc<str>,
    pub(super) payload: Bytes,
    pub(super) reply: oneshot::Sender<Outcome>,
}

#[derive(Debug)]
pub(super) struct Instance {
    pub(super) group: u32,
    pub(super) phase: Phase,
    /// When its binary was built: a newer build ends it.
    pub(super) built: Option<SystemTime>,
    pub(super) last_used: Instant,
    /// The current request, or the last one: whose the output is.
    pub(super) request: watch::Sender<Arc<str>>,
}

#[derive(Debug)]
pub(super) enum Phase {
    /// Started, has not asked for work yet.
    Starting,
    /// Asks for work.
    Idle(oneshot::Sender<Delivery>),
    /// Works.
    Busy {
        request_id: Arc<str>,
        reply: oneshot::Sender<Outcome>,
        since: Instant,
    },
    /// Has answered and will ask again.
    Between,
    /// Was killed.
    Ending,
}

/// An invocation on its way to a process.
#[derive(Debug)]
pub(crate) struct Delivery {
    pub(super) request_id: Arc<str>,
    pub(super) payload: Bytes,
    pub(super) deadline_ms: i64,
}

impl State {
    /// The idle process that worked last; idle ones of an older build are ended.
    pub(super) fn idle(&mut self, built: Option<SystemTime>) -> Option<String> {
        let stale =
            |instance: &&mut Instance| matches!(instance.phase, Phase::Idle(_)) && instance.built != built;
        self.instances.values_mut().filter(stale).for_each(Instance::end);
        self.instances
            .iter()
            .filter(|(_, instance)| matches!(&instance.phase, Phase::Idle(asking) if !asking.is_closed()))
            .max_by_key(|(_, instance)| instance.last_used)
            .map(|(id, _)| id.clone())
    }

    /// The first job somebody still waits for.
    pub(super) fn next_job(&mut self) -> Option<Job> {
        while let Some(job) = self.waiting.pop_front() {
            if !job.reply.is_closed() {
                return Some(job);
            }
        }
        None
    }

    /// Ends the invocation of a process that was busy; else nothing.
    pub(super) fn finish(&mut self, phase: Phase, outcome: Outcome) {
        if let Phase::Busy { reply, since, .. } = phase {
            self.counters
                .ended(since.elapsed(), matches!(outcome, Outcome::Failed(_)));
            // Nobody may be waiting any more; the work was done all the same.
            reply.send(outcome).unwrap_or_default();
        }
    }

    /// A start that failed costs the invocation it was for; else a broken binary is started for ever.
    pub(super) fn fail_next(&mut self, kind: &str, message: &str) {
        let Some(job) = self.next_job() else { return };
        self.counters.ended(Duration::ZERO, true);
        job.reply
            .send(Outcome::Failed(Failure::of_function(kind, message)))
            .unwrap_or_default();
    }
}

impl Instance {
    /// Whether it will ask for work soon without being told.
    pub(super) fn is_coming(&self) -> bool {
        match self.phase {
            Phase::Starting => true,
            Phase::Between => self.last_used.elapsed() < BETWEEN_MAX,
            Phase::Idle(_) | Phase::Busy { .. } | Phase::Ending => false,
        }
    }

    /// Kills the process; what it was working on ends when its end is noticed.
    pub(super) fn end(&mut self) {
        self.phase = Phase::Ending;
        kill_group(self.group);
    }
}
