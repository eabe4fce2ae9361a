//! One canonical line per invocation: readable, searchable, and all that is measured.
//!
//! The line is JSON with a sentence in `message`, the facts that handlers added, and what the
//! invocation took. It makes no metrics: each would be paid for by the month and by the function
//! (docs/adr/0018). The formatter is our own, over `tracing-subscriber`'s layers, because its `json`
//! format cannot put a handler's facts beside the fixed fields.

use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_dynamodb::types::ConsumedCapacity;
use kernel::{Clock, Time};
use serde_json::{Map, Value, json};
use tracing::field::{Field, Visit};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use crate::cloud::SystemClock;

/// What an invocation is called in logs and facts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InvocationContext {
    /// The function's name, as in the manifest.
    pub function: String,
    /// Lambda's own id of the invocation, or the client's request id.
    pub request_id: String,
    /// The id of whatever started this: a request of a client, or a fact's own correlation id.
    pub correlation_id: String,
    /// The X-Ray trace header, when there is one.
    pub trace_id: Option<String>,
}

/// How an invocation ended, for its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// A sentence for people, for example ``POST /v1/orders answered 201``.
    pub sentence: String,
    /// `ok`, `refused`, `busy` or `broken`.
    pub kind: &'static str,
    /// The error with its causes, for `busy` and `broken`.
    pub error: Option<String>,
}

impl Outcome {
    /// It went well.
    pub fn ok(sentence: impl Into<String>) -> Self {
        Self {
            sentence: sentence.into(),
            kind: "ok",
            error: None,
        }
    }

    /// It ended with a fault.
    pub fn of_fault(sentence: impl Into<String>, fault: &kernel::Fault) -> Self {
        let kind = match fault {
            kernel::Fault::Busy { .. } => "busy",
            kernel::Fault::Broken { .. } => "broken",
            _ => "refused",
        };
        let error = (kind != "refused").then(|| fault.chain());
        Self {
            sentence: sentence.into(),
            kind,
            error,
        }
    }
}

/// Request units of DynamoDB, in halves: the smallest that AWS counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Units(u64);

impl Units {
    #[expect(
        clippy::float_arithmetic,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "AWS reports halves as floats"
    )]
    pub(crate) fn of(consumed: Option<&ConsumedCapacity>) -> Self {
        let units = consumed
            .and_then(ConsumedCapacity::capacity_units)
            .unwrap_or_default();
        Self((units * 2.0).round() as u64)
    }

    pub(crate) fn sum(consumed: &[ConsumedCapacity]) -> Self {
        Self(consumed.iter().map(|one| Self::of(Some(one)).0).sum())
    }

    /// The count in half units.
    pub fn halves(self) -> u64 {
        self.0
    }

    #[expect(clippy::float_arithmetic, reason = "written as AWS writes it")]
    fn json(self) -> Value {
        match (self.0.is_multiple_of(2), u32::try_from(self.0)) {
            (false, Ok(halves)) => json!(f64::from(halves) / 2.0),
            _ => json!(self.0 / 2),
        }
    }
}

/// What an invocation has cost so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Costs {
    /// Calls to AWS services.
    pub calls: u64,
    /// Read request units.
    pub read: Units,
    /// Write request units.
    pub write: Units,
}

struct Invocation {
    context: InvocationContext,
    costs: Costs,
    notes: Map<String, Value>,
}

tokio::task_local! {
    static CURRENT: Arc<Mutex<Invocation>>;
}

fn with_current(change: impl FnOnce(&mut Invocation)) {
    // Outside of an invocation (a cold start, a test of a store) nothing is counted.
    CURRENT
        .try_with(|current| change(&mut current.lock().unwrap_or_else(PoisonError::into_inner)))
        .unwrap_or_default();
}

fn with_read<T>(read: impl FnOnce(&Invocation) -> T) -> Option<T> {
    CURRENT
        .try_with(|current| read(&current.lock().unwrap_or_else(PoisonError::into_inner)))
        .ok()
}

/// Counts one call that read.
pub(crate) fn count_read(units: Units) {
    with_current(|current| {
        current.costs.calls += 1;
        current.costs.read.0 += units.0;
    });
}

/// Counts one call that wrote.
pub(crate) fn count_write(units: Units) {
    with_current(|current| {
        current.costs.calls += 1;
        current.costs.write.0 += units.0;
    });
}

/// Counts one call to a service that has no request units.
pub(crate) fn count_call() {
    with_current(|current| current.costs.calls += 1);
}

/// Adds a fact to the invocation's line, for example `note("order.id", &id)`. Never a name, an
/// address, a token or a secret.
pub fn note(name: &str, value: impl fmt::Display) {
    with_current(|current| {
        current
            .notes
            .insert(name.to_owned(), Value::String(value.to_string()));
    });
}

/// The correlation id of the current invocation.
pub(crate) fn correlation() -> Option<String> {
    let id = with_read(|current| current.context.correlation_id.clone());
    id.filter(|id| !id.is_empty())
}

/// What the current invocation has cost so far; nothing outside of one.
pub fn costs() -> Costs {
    with_read(|current| current.costs).unwrap_or_default()
}

/// Runs a part of an invocation under another correlation id: one message of a batch.
pub(crate) async fn correlated<T>(correlation_id: String, part: impl Future<Output = T>) -> T {
    let before = correlation().unwrap_or_default();
    with_current(|current| current.context.correlation_id = correlation_id);
    let result = part.await;
    with_current(|current| current.context.correlation_id = before);
    result
}

/// Runs one invocation and writes its canonical line.
pub async fn in_invocation<T>(
    context: InvocationContext,
    clock: &dyn Clock,
    work: impl Future<Output = (T, Outcome)>,
) -> T {
    let started = clock.now();
    let current = Arc::new(Mutex::new(Invocation {
        context,
        costs: Costs::default(),
        notes: Map::new(),
    }));
    let (result, outcome) = CURRENT.scope(Arc::clone(&current), work).await;
    write_line(
        &current.lock().unwrap_or_else(PoisonError::into_inner),
        started,
        clock.now(),
        &outcome,
    );
    result
}

fn write_line(invocation: &Invocation, started: Time, ended: Time, outcome: &Outcome) {
    let context = &invocation.context;
    let mut line = invocation.notes.clone();
    line.insert("function".into(), json!(context.function));
    line.insert("request_id".into(), json!(context.request_id));
    line.insert("correlation_id".into(), json!(context.correlation_id));
    if let Some(trace) = &context.trace_id {
        line.insert("trace_id".into(), json!(trace));
    }
    line.insert("outcome".into(), json!(outcome.kind));
    line.insert("duration_ms".into(), json!(ended.since(started).as_millis()));
    line.insert("calls".into(), json!(invocation.costs.calls));
    line.insert("read_units".into(), invocation.costs.read.json());
    line.insert("write_units".into(), invocation.costs.write.json());
    if let Some(error) = &outcome.error {
        line.insert("error".into(), json!(error));
    }
    let line = Value::Object(line).to_string();
    let facts = line
        .strip_prefix('{')
        .and_then(|line| line.strip_suffix('}'))
        .unwrap_or_default();
    if outcome.error.is_some() {
        tracing::error!(facts, "{}", outcome.sentence);
    } else {
        tracing::info!(facts, "{}", outcome.sentence);
    }
}

/// Sends log lines to standard output as JSON, from `level` upwards (`error` … `trace`, else `info`).
/// The second call changes nothing.
pub fn init(level: Option<&str>) {
    let level = level
        .and_then(|level| level.parse().ok())
        .unwrap_or(tracing::Level::INFO);
    let subscriber = tracing_subscriber::fmt()
        .event_format(JsonLine)
        .with_max_level(level)
        .finish();
    if tracing::subscriber::set_global_default(subscriber).is_err() {
        tracing::debug!("logging was set up before");
    }
}

struct JsonLine;

impl<S, N> FormatEvent<S, N> for JsonLine
where
    S: tracing::Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &tracing::Event<'_>,
    ) -> fmt::Result {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let (about, message) = (event.metadata(), fields.0.remove("message").unwrap_or_default());
        // Without a moment of its own Lambda takes a line for one of level INFO, whatever it says.
        // https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
        let (at, level) = (SystemClock.now(), about.level());
        write!(
            writer,
            "{{\"timestamp\":\"{at}\",\"level\":\"{level}\",\"message\":{message}"
        )?;
        let facts = (about.target() == module_path!()).then(|| fields.0.remove("facts"));
        match facts.flatten().as_ref().and_then(Value::as_str) {
            // Written as JSON already, but for the braces.
            Some(facts) => write!(writer, ",{facts}")?,
            None => write!(writer, ",\"target\":{}", json!(about.target()))?,
        }
        for (name, value) in fields.0 {
            write!(writer, ",{}:{value}", json!(name))?;
        }
        writeln!(writer, "}}")
    }
}

#[derive(Default)]
struct Fields(Map<String, Value>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0
            .insert(field.name().to_owned(), Value::String(format!("{value:?}")));
    }
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0
            .insert(field.name().to_owned(), Value::String(value.to_owned()));
    }
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.0.insert(field.name().to_owned(), json!(value));
    }
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0.insert(field.name().to_owned(), json!(value));
    }
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.0.insert(field.name().to_owned(), json!(value));
    }
}

#[cfg(test)]
mod tests;
