//! One function: who waits, who works, and how many processes there are.
//!
//! An instance works on one request at a time, as on Lambda. An invocation goes to the idle
//! instance that worked last, else it waits and a process is started, up to a limit. Whatever
//! happens to the process, each invocation gets exactly one [`Outcome`].

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use bytes::Bytes;
use tokio::{
    process::Child,
    sync::{oneshot, watch},
};

use super::{
    Failure, Outcome, Stats, Warden, process,
    state::{BETWEEN_MAX, Delivery, Instance, Job, Phase, State},
    warden::kill_group,
};
use crate::{logs::Logs, moment, random};

/// What Lambda gives a function to start.
const INIT_MAX: Duration = Duration::from_secs(10);
/// How often a source looks whether its function has been built.
const LOOK_FOR_BINARY: Duration = Duration::from_secs(1);
/// Invocations that may wait for one function.
const WAITING_MAX: usize = 1_000;

/// What does not change about a function.
#[derive(Debug)]
pub(crate) struct Kind {
    pub(crate) name: Arc<str>,
    pub(crate) arn: String,
    pub(crate) binary: PathBuf,
    pub(crate) environment: BTreeMap<String, String>,
    pub(crate) timeout: Duration,
    pub(crate) instances_max: usize,
    pub(crate) idle_max: Duration,
    /// Where the runtime API is; the instance's id is appended.
    pub(crate) runtime_url: String,
}

/// A function and its processes.
#[derive(Debug)]
pub(crate) struct Pool {
    pub(crate) kind: Kind,
    logs: Arc<Logs>,
    warden: Arc<Warden>,
    state: Mutex<State>,
}

impl Pool {
    /// What its processes are started with.
    pub(crate) fn environment(&self) -> &BTreeMap<String, String> {
        &self.kind.environment
    }

    pub(crate) fn new(kind: Kind, logs: Arc<Logs>, warden: Arc<Warden>) -> Arc<Self> {
        Arc::new(Self {
            kind,
            logs,
            warden,
            state: Mutex::default(),
        })
    }

    /// Runs the function once. It runs to its end even when the caller stops waiting.
    pub(crate) async fn invoke(self: &Arc<Self>, payload: Bytes) -> (Arc<str>, Outcome) {
        let request_id: Arc<str> = random::uuid().into();
        let (reply, outcome) = oneshot::channel();
        self.submit(Job {
            request_id: request_id.clone(),
            payload,
            reply,
        });
        let gone = || Outcome::Failed(Failure::of_function("Runtime.ExitError", "the stack is stopping"));
        (request_id, outcome.await.unwrap_or_else(|_| gone()))
    }

    /// What an instance asks for; none when it is not, or no longer, one of ours.
    pub(crate) async fn next(self: &Arc<Self>, instance: &str) -> Option<Delivery> {
        let delivery = {
            let mut state = self.lock();
            let found = state.instances.get_mut(instance)?;
            let phase = std::mem::replace(&mut found.phase, Phase::Between);
            state.counters.cold_starts += u64::from(matches!(phase, Phase::Starting));
            let silent = Failure::of_function("Runtime.NoAnswer", "it asked for work before it had answered");
            state.finish(phase, Outcome::Failed(silent));
            let found = state.instances.get_mut(instance)?;
            if found.built != self.built() {
                // A newer build does what is left to do.
                found.end();
                self.grow(&mut state);
                return None;
            }
            if let Some(job) = state.next_job() {
                return self.assign(&mut state, instance, job);
            }
            let (sender, delivery) = oneshot::channel();
            state.instances.get_mut(instance)?.phase = Phase::Idle(sender);
            delivery
        };
        delivery.await.ok()
    }

    /// An instance has answered; false when the request is not the one it works on.
    pub(crate) fn answered(&self, instance: &str, request_id: &str, outcome: Outcome) -> bool {
        let mut state = self.lock();
        let Some(found) = state.instances.get_mut(instance) else {
            return false;
        };
        if !matches!(&found.phase, Phase::Busy { request_id: current, .. } if **current == *request_id) {
            return false;
        }
        let phase = std::mem::replace(&mut found.phase, Phase::Between);
        found.last_used = Instant::now();
        state.finish(phase, outcome);
        true
    }

    /// Ends processes that have had nothing to do for long.
    pub(crate) fn reap(&self) {
        let mut state = self.lock();
        for instance in state.instances.values_mut() {
            let idle = matches!(instance.phase, Phase::Idle(_));
            if idle && instance.last_used.elapsed() >= self.kind.idle_max {
                instance.end();
            }
        }
    }

    /// Ends everything at once and starts nothing any more.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.waiting.clear();
        state.instances.values_mut().for_each(Instance::end);
    }

    /// Whether it starts nothing any more.
    pub(crate) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Waits for the binary: what carries messages must not wear out their retries on a function not built yet.
    pub(crate) async fn until_built(&self) {
        if self.built().is_none() {
            let name = &self.kind.name;
            self.logs.alarm(
                "",
                &format!("{name} has work but no binary, it waits; run `cargo build -p {name}`"),
            );
        }
        while self.built().is_none() {
            tokio::time::sleep(LOOK_FOR_BINARY).await;
        }
    }

    /// The process ids of the living instances.
    pub(crate) fn processes(&self) -> Vec<u32> {
        self.lock()
            .instances
            .values()
            .map(|instance| instance.group)
            .collect()
    }

    pub(crate) fn stats(&self) -> Stats {
        let state = self.lock();
        let busy = state
            .instances
            .values()
            .filter(|i| matches!(i.phase, Phase::Busy { .. }))
            .count();
        Stats {
            invocations: state.counters.invocations,
            failures: state.counters.failures,
            cold_starts: state.counters.cold_starts,
            instances: state.instances.len(),
            busy,
            waiting: state.waiting.len(),
            p50_us: state.counters.percentile_us(50),
            p99_us: state.counters.percentile_us(99),
        }
    }

    fn submit(self: &Arc<Self>, job: Job) {
        let mut state = self.lock();
        if state.closed {
            return;
        }
        if let Some(instance) = state.idle(self.built()) {
            let idle = state
                .instances
                .get_mut(&instance)
                .map(|i| std::mem::replace(&mut i.phase, Phase::Between));
            if let (Some(Phase::Idle(sender)), Some(delivery)) =
                (idle, self.assign(&mut state, &instance, job))
            {
                // A process that has died between the look and the send is noticed by its watcher.
                sender
                    .send(delivery)
                    .unwrap_or_else(|_| self.lost(&mut state, &instance));
            }
            return;
        }
        if state.waiting.len() >= WAITING_MAX {
            job.reply
                .send(Outcome::Failed(Failure::throttled()))
                .unwrap_or_default();
            return;
        }
        state.waiting.push_back(job);
        self.grow(&mut state);
        if state
            .instances
            .values()
            .any(|instance| matches!(instance.phase, Phase::Between))
        {
            // It was counted on; should it not ask for work soon, another is started.
            let pool = self.clone();
            tokio::spawn(async move {
                tokio::time::sleep(BETWEEN_MAX).await;
                pool.grow(&mut pool.lock());
            });
        }
    }

    /// Gives a job to an instance and sets its deadline.
    fn assign(self: &Arc<Self>, state: &mut State, instance: &str, job: Job) -> Option<Delivery> {
        let found = state.instances.get_mut(instance)?;
        let Job {
            request_id,
            payload,
            reply,
        } = job;
        found.phase = Phase::Busy {
            request_id: request_id.clone(),
            reply,
            since: Instant::now(),
        };
        found.request.send_replace(request_id.clone());
        let deadline_ms = moment::now_ms() + i64::try_from(self.kind.timeout.as_millis()).unwrap_or(i64::MAX);
        let (pool, id, request) = (self.clone(), instance.to_owned(), request_id.clone());
        tokio::spawn(async move {
            tokio::time::sleep(pool.kind.timeout).await;
            pool.time_out(&id, &request);
        });
        Some(Delivery {
            request_id,
            payload,
            deadline_ms,
        })
    }

    /// The deadline has come: a process that still works on the request is killed.
    fn time_out(&self, instance: &str, request_id: &Arc<str>) {
        let mut state = self.lock();
        let Some(found) = state.instances.get_mut(instance) else {
            return;
        };
        if !matches!(&found.phase, Phase::Busy { request_id: current, .. } if current == request_id) {
            return;
        }
        let phase = std::mem::replace(&mut found.phase, Phase::Ending);
        kill_group(found.group);
        let seconds = self.kind.timeout.as_secs_f32();
        let message = format!("RequestId: {request_id} Error: Task timed out after {seconds:.2} seconds");
        self.logs.alarm(
            request_id,
            &format!("{} was killed after {seconds:.2} seconds", self.kind.name),
        );
        state.finish(
            phase,
            Outcome::Failed(Failure::of_function("Sandbox.Timedout", &message)),
        );
    }

    /// Starts processes for those who wait, up to the limit.
    fn grow(self: &Arc<Self>, state: &mut State) {
        if state.closed {
            return;
        }
        let coming = state
            .instances
            .values()
            .filter(|instance| instance.is_coming())
            .count();
        let wanted = state.waiting.len().saturating_sub(coming);
        let room = self.kind.instances_max.saturating_sub(state.instances.len());
        for _ in 0..wanted.min(room) {
            if let Err(error) = self.start(state) {
                let message = format!("{error:#}; run `cargo build -p {}`", self.kind.name);
                state.fail_next("Runtime.InvalidEntrypoint", &message);
            }
        }
    }

    fn start(self: &Arc<Self>, state: &mut State) -> anyhow::Result<()> {
        let id = random::hex(12);
        let mut environment = self.kind.environment.clone();
        environment.insert(
            "AWS_LAMBDA_RUNTIME_API".to_owned(),
            format!("{}/{id}", self.kind.runtime_url),
        );
        environment.insert("AWS_LAMBDA_LOG_STREAM_NAME".to_owned(), id.clone());
        let mut child = process::start(&self.kind.binary, &environment)?;
        let group = child.id().unwrap_or_default();
        self.warden.started(group);
        let (request, current) = watch::channel(Arc::from(""));
        process::capture(&mut child, &self.logs, &self.kind.name, &current);
        let instance = Instance {
            group,
            phase: Phase::Starting,
            built: self.built(),
            last_used: Instant::now(),
            request,
        };
        state.instances.insert(id.clone(), instance);
        tokio::spawn(self.clone().watch(id, child));
        Ok(())
    }

    /// Waits for the end of a process, and does not wait for ever for its beginning.
    async fn watch(self: Arc<Self>, id: String, mut child: Child) {
        let status = if let Ok(status) = tokio::time::timeout(INIT_MAX, child.wait()).await {
            status
        } else {
            self.end_if_starting(&id);
            child.wait().await
        };
        let status = status.map_or_else(|error| error.to_string(), |status| status.to_string());
        let mut state = self.lock();
        let Some(instance) = state.instances.remove(&id) else {
            return;
        };
        kill_group(instance.group);
        self.warden.ended(instance.group);
        match instance.phase {
            Phase::Busy { ref request_id, .. } => {
                let message = format!("RequestId: {request_id} Error: Runtime exited with error: {status}");
                self.logs
                    .alarm(request_id, &format!("{} died at work: {status}", self.kind.name));
                let failure = Failure::of_function("Runtime.ExitError", &message);
                state.finish(instance.phase, Outcome::Failed(failure));
            }
            Phase::Starting if !state.closed => {
                let message = format!("{} ended before it asked for work: {status}", self.kind.name);
                self.logs.alarm("", &message);
                state.fail_next("Runtime.ExitError", &message);
            }
            Phase::Starting | Phase::Idle(_) | Phase::Between | Phase::Ending => {}
        }
        self.grow(&mut state);
    }

    fn end_if_starting(&self, instance: &str) {
        let state = self.lock();
        let stuck = state
            .instances
            .get(instance)
            .filter(|found| matches!(found.phase, Phase::Starting));
        if let Some(found) = stuck {
            kill_group(found.group);
        }
    }

    /// The connection an instance asked over is gone: without work it is of no use any more.
    fn lost(&self, state: &mut State, instance: &str) {
        if let Some(found) = state.instances.get_mut(instance) {
            self.logs.alarm(
                "",
                &format!("{} hung up while work was handed to it", self.kind.name),
            );
            kill_group(found.group);
        }
    }

    /// When the binary was built; none while there is none.
    fn built(&self) -> Option<SystemTime> {
        self.kind
            .binary
            .metadata()
            .and_then(|about| about.modified())
            .ok()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
