//! The outbox: what a table's stream says happened becomes facts on the queues that listen.
//!
//! No function both writes a row and sends a message about it. A row is written; its stream record
//! *is* the message; one function per table turns records into facts, in order, stopping at the
//! first record that fails.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_lambda_events::event::dynamodb::{Event, EventRecord};
use kernel::{Fault, Time};
use serde::de::DeserializeOwned;
use serde_json::Value;

pub use crate::envelope::{Envelope, Fact};
use crate::lambda::{self, BatchAnswer, Exit};
use crate::queue::Queues;
use crate::settings::variable;
use crate::telemetry::{self, correlated};
use crate::{BadSettings, Cloud};

/// What happened to one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// It came to be.
    Insert,
    /// It was changed.
    Modify,
    /// It was removed, by us or by its time to live.
    Remove,
}

/// One record of a table's stream.
#[derive(Debug, Clone)]
pub struct Change {
    /// What happened.
    pub kind: ChangeKind,
    /// When, to the second (that is all the stream says).
    pub occurred_at: Time,
    /// The record's own id: the same at every delivery.
    pub event_id: String,
    pk: String,
    sk: String,
    correlation: String,
    old: serde_dynamo::Item,
    new: serde_dynamo::Item,
}

/// A fact that a change amounts to.
#[derive(Debug, Clone, PartialEq)]
pub struct Announcement {
    name: &'static str,
    version: u32,
    data: Result<Value, String>,
}

impl Announcement {
    /// Announces one fact.
    pub fn of<F: Fact>(fact: &F) -> Self {
        Self {
            name: F::NAME,
            version: F::VERSION,
            data: serde_json::to_value(fact).map_err(|error| error.to_string()),
        }
    }

    /// The fact's name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The fact itself, for tests of `from_change`.
    pub fn data(&self) -> Option<&Value> {
        self.data.as_ref().ok()
    }
}

impl Change {
    /// The item before, as a row; `None` when there was none. A row of another kind is an error:
    /// look at [`Change::key`] first.
    pub fn old<R: DeserializeOwned>(&self) -> Result<Option<R>, Fault> {
        decode(&self.old)
    }

    /// The item after, as a row; `None` when it is gone.
    #[expect(clippy::new_ret_no_self, reason = "the new image, as the stream calls it")]
    pub fn new<R: DeserializeOwned>(&self) -> Result<Option<R>, Fault> {
        decode(&self.new)
    }

    /// Partition and sort key.
    pub fn key(&self) -> (&str, &str) {
        (&self.pk, &self.sk)
    }

    /// A change made by hand, for tests of `from_change`.
    pub fn between<R: serde::Serialize>(
        old: Option<&R>,
        new: Option<&R>,
        occurred_at: Time,
    ) -> Result<Self, Fault> {
        let item = |row: Option<&R>| {
            row.map_or(Ok(serde_dynamo::Item::default()), serde_dynamo::to_item)
                .map_err(Fault::broken)
        };
        let (old, new) = (item(old)?, item(new)?);
        let kind = match (old.is_empty(), new.is_empty()) {
            (true, _) => ChangeKind::Insert,
            (false, false) => ChangeKind::Modify,
            (false, true) => ChangeKind::Remove,
        };
        let keys = if new.is_empty() { &old } else { &new };
        let (pk, sk) = (text(keys, "pk"), text(keys, "sk"));
        Ok(Self {
            kind,
            occurred_at,
            event_id: format!("{pk}/{sk}"),
            pk,
            sk,
            correlation: String::new(),
            old,
            new,
        })
    }

    fn read(record: EventRecord) -> Result<Self, Fault> {
        let kind = match record.event_name.as_str() {
            "INSERT" => ChangeKind::Insert,
            "MODIFY" => ChangeKind::Modify,
            "REMOVE" => ChangeKind::Remove,
            other => return Err(Fault::broken(format!("a stream record says `{other}`"))),
        };
        let change = record.change;
        let keys = change.keys;
        Ok(Self {
            kind,
            occurred_at: Time::from_unix_ms(change.approximate_creation_date_time.timestamp_millis()),
            event_id: record.event_id,
            pk: text(&keys, "pk"),
            sk: text(&keys, "sk"),
            correlation: text(&change.new_image, crate::table::CORRELATION),
            old: change.old_image,
            new: change.new_image,
        })
    }

    fn envelope(&self, index: usize, announcement: Announcement) -> Result<Envelope, Fault> {
        Ok(Envelope {
            id: format!("{}-{index}", self.event_id),
            name: announcement.name.to_owned(),
            version: announcement.version,
            occurred_at: self.occurred_at,
            correlation_id: self.correlation.clone(),
            data: announcement.data.map_err(Fault::broken)?,
        })
    }
}

fn decode<R: DeserializeOwned>(item: &serde_dynamo::Item) -> Result<Option<R>, Fault> {
    if item.is_empty() {
        return Ok(None);
    }
    serde_dynamo::from_item(item.clone())
        .map(Some)
        .map_err(Fault::broken)
}

fn text(item: &serde_dynamo::Item, name: &str) -> String {
    match item.get(name) {
        Some(serde_dynamo::AttributeValue::S(text)) => text.clone(),
        _ => String::new(),
    }
}

/// Turns changes of one table into facts on queues.
#[derive(Debug, Clone)]
pub struct Outbox {
    from_change: fn(&Change) -> Result<Vec<Announcement>, Fault>,
    queues: Queues,
    listeners: BTreeMap<String, Vec<String>>,
}

impl Outbox {
    /// Sends what `from_change` announces to the queues that the settings say listen.
    pub fn new(cloud: &Cloud, from_change: fn(&Change) -> Result<Vec<Announcement>, Fault>) -> Self {
        let urls = |list: &str| {
            list.split(',')
                .filter(|url| !url.is_empty())
                .map(str::to_owned)
                .collect()
        };
        let listeners = cloud
            .settings()
            .with_prefix("LISTENERS_")
            .map(|(name, list)| (name.to_owned(), urls(list)))
            .collect();
        Self {
            from_change,
            queues: cloud.queues(),
            listeners,
        }
    }

    /// Sends the facts of one change to every listener. The second call sends the same ids again.
    pub async fn announce(&self, change: &Change) -> Result<(), Fault> {
        for (index, announcement) in (self.from_change)(change)?.into_iter().enumerate() {
            let listeners = self.listeners.get(&listeners_variable(announcement.name));
            let envelope = change.envelope(index, announcement)?;
            for url in listeners.into_iter().flatten() {
                self.queues.send(url, &envelope).await?;
            }
        }
        Ok(())
    }

    /// Handles one event of the stream: every record in order, up to the first that fails.
    pub async fn handle(&self, event: Event) -> Result<BatchAnswer, Fault> {
        in_order(event, async |change| self.announce(change).await).await
    }
}

/// The setting that lists who listens to a fact: `OrderPlaced` → `LISTENERS_ORDER_PLACED`.
fn listeners_variable(fact: &str) -> String {
    let mut words = String::new();
    for letter in fact.chars() {
        if letter.is_ascii_uppercase() && !words.is_empty() {
            words.push('-');
        }
        words.push(letter);
    }
    variable("LISTENERS", &words)
}

/// Serves a table's stream by announcing its facts.
pub async fn serve(from_change: fn(&Change) -> Result<Vec<Announcement>, Fault>) -> Exit {
    let cloud = Cloud::open().await?;
    let outbox = Arc::new(Outbox::new(&cloud, from_change));
    lambda::serve(&cloud, |event: Event| {
        let outbox = Arc::clone(&outbox);
        async move {
            let sentence = format!("announced {} records", event.records.len());
            (outbox.handle(event).await, sentence)
        }
    })
    .await
}

/// Serves a table's stream with a handler that acts on each change, in order.
pub async fn serve_each<F: 'static>(
    build: fn(&Cloud) -> F,
    handler: impl AsyncFn(&'static F, &Change) -> Result<(), Fault>,
) -> Exit {
    let cloud = Cloud::open().await?;
    let facade = lambda::build(&cloud, build)?;
    let handler = &handler;
    lambda::serve(&cloud, |event: Event| async move {
        let sentence = format!("handled {} records", event.records.len());
        (
            in_order(event, async |change| handler(facade, change).await).await,
            sentence,
        )
    })
    .await
}

/// Hands the records of an event to a handler, in order; answers with the first that failed, so
/// that the stream goes on from there.
pub async fn in_order(
    event: Event,
    handler: impl AsyncFn(&Change) -> Result<(), Fault>,
) -> Result<BatchAnswer, Fault> {
    let mut answer = BatchAnswer::default();
    for record in event.records {
        let Some(sequence_number) = record
            .change
            .sequence_number
            .clone()
            .filter(|number| !number.is_empty())
        else {
            return Err(Fault::broken("a stream record has no sequence number"));
        };
        let outcome = match Change::read(record) {
            Ok(change) => correlated(change.correlation.clone(), handler(&change)).await,
            Err(fault) => Err(fault),
        };
        if let Err(fault) = outcome {
            tracing::error!(
                sequence_number,
                error = fault.chain(),
                "a stream record was not handled"
            );
            telemetry::note("stream.failed_at", &sequence_number);
            answer.fail(&sequence_number);
            break;
        }
    }
    Ok(answer)
}

impl From<BadSettings> for Fault {
    fn from(error: BadSettings) -> Self {
        Self::broken(error)
    }
}
