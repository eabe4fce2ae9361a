//! Parked messages: seen without being taken, sent where they came from, or deleted.

use std::collections::BTreeMap;

use anyhow::{Context, bail, ensure};
use manifest::ASYNC;
use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{
    Remote, aws, of_each,
    rows::{depth, queue_url},
};
use crate::{Parked, events::Call};

/// How long nobody else sees what is looked at; afterwards it is shown again at once. Looking at a
/// thousand messages takes a fraction of it, so none is seen twice on the way.
const LOOK_S: &str = "900";
/// Messages taken of one queue.
const HELD_MAX: usize = 1_000;
/// Looks at one queue; most bring ten messages.
const LOOKS_MAX: usize = 300;
/// Messages shown again in one call.
const BATCH: usize = 10;

/// A message with what it takes to settle it.
struct Held {
    parked: Parked,
    queue_url: String,
    receipt: String,
    /// The ARN of the function that the clock could not call.
    target: Option<String>,
}

impl Remote {
    /// Every parked message, or those of one source.
    pub async fn parked(&self, source: Option<&str>) -> anyhow::Result<Vec<Parked>> {
        let held = self.hold(source).await?;
        release(&held).await?;
        Ok(held.into_iter().map(|held| held.parked).collect())
    }

    /// Sends parked messages where they came from, all or one; says how many.
    pub async fn redrive(&self, source: &str, message_id: Option<&str>) -> anyhow::Result<usize> {
        let held = self.chosen(source, message_id).await?;
        for message in &held {
            self.again(source, message)
                .await
                .with_context(|| format!("message {}", message.parked.message_id))?;
            forget(message).await?;
        }
        Ok(held.len())
    }

    /// Deletes parked messages, all or one; says how many.
    pub async fn drop_parked(&self, source: &str, message_id: Option<&str>) -> anyhow::Result<usize> {
        let held = self.chosen(source, message_id).await?;
        for message in &held {
            forget(message).await?;
        }
        Ok(held.len())
    }

    /// The messages that are meant; those that are not are shown to everybody again.
    async fn chosen(&self, source: &str, message_id: Option<&str>) -> anyhow::Result<Vec<Held>> {
        let parked = manifest::parked(source);
        ensure!(
            self.manifest.queue_names().contains(&parked),
            "nothing parks messages under the name `{source}`"
        );
        let held = self.hold(Some(source)).await?;
        let Some(id) = message_id else {
            return Ok(held);
        };
        let (chosen, others): (Vec<Held>, Vec<Held>) =
            held.into_iter().partition(|held| held.parked.message_id == id);
        release(&others).await?;
        ensure!(!chosen.is_empty(), "`{source}` has no parked message `{id}`");
        Ok(chosen)
    }

    /// Takes the messages of the parked queues for a moment.
    async fn hold(&self, source: Option<&str>) -> anyhow::Result<Vec<Held>> {
        let names = self.manifest.queue_names();
        let sources = names.iter().filter_map(|name| name.strip_suffix("-parked"));
        let sources: Vec<String> = sources
            .filter(|name| source.is_none_or(|source| source == *name))
            .map(str::to_owned)
            .collect();
        let mut held = Vec::new();
        let ask = |source: String| {
            let queue = self.name(&manifest::parked(&source));
            async move { take(source, queue).await }
        };
        for taken in of_each(sources, ask).await? {
            held.extend(taken?);
        }
        held.sort_by(|one, other| {
            (&one.parked.source, one.parked.parked_at_ms)
                .cmp(&(&other.parked.source, other.parked.parked_at_ms))
        });
        Ok(held)
    }

    async fn again(&self, source: &str, message: &Held) -> anyhow::Result<()> {
        let body = &message.parked.body;
        if source == ASYNC {
            let call = Call::read(body, message.target.as_deref())?;
            let function = self
                .logical(&call.function)
                .with_context(|| format!("`{}` is no function of {}", call.function, self.prefix))?;
            self.invoke(function, &call.payload).await?;
            return Ok(());
        }
        if self.manifest.queues.contains_key(source) {
            let url = queue_url(&self.name(source)).await?;
            aws(&["sqs", "send-message", "--queue-url", &url, "--message-body", body]).await?;
            return Ok(());
        }
        let records = records(body).await?;
        let answer = self.invoke(source, &json!({ "Records": records })).await?;
        let failures = answer["batchItemFailures"].as_array().map_or(0, Vec::len);
        ensure!(
            failures == 0,
            "`{source}` failed on {failures} of {} records again",
            records.len()
        );
        Ok(())
    }
}

async fn take(source: String, queue: String) -> anyhow::Result<Vec<Held>> {
    if depth(queue.clone()).await? == 0 {
        return Ok(Vec::new());
    }
    let url = queue_url(&queue).await?;
    gather(&source, &url, || look(url.clone())).await
}

async fn look(url: String) -> anyhow::Result<Value> {
    aws(&[
        "sqs",
        "receive-message",
        "--queue-url",
        &url,
        "--max-number-of-messages",
        "10",
        "--visibility-timeout",
        LOOK_S,
        "--wait-time-seconds",
        "1",
        "--attribute-names",
        "All",
        "--message-attribute-names",
        "All",
    ])
    .await
}

/// Looks until there is nothing more to see. SQS may show a message twice: it is taken once, and by its
/// newest receipt, which is the one that counts.
async fn gather<F>(source: &str, url: &str, look: impl Fn() -> F) -> anyhow::Result<Vec<Held>>
where
    F: Future<Output = anyhow::Result<Value>>,
{
    let mut held = BTreeMap::new();
    for _ in 0..LOOKS_MAX {
        let told = look().await?;
        let messages = told["Messages"].as_array().map(Vec::as_slice).unwrap_or_default();
        for message in messages {
            let message = read(source, url, message);
            held.insert(message.parked.message_id.clone(), message);
        }
        if messages.is_empty() || held.len() >= HELD_MAX {
            break;
        }
    }
    Ok(held.into_values().collect())
}

fn read(source: &str, url: &str, message: &Value) -> Held {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let body = text(&message["Body"]);
    let attribute = |name: &str| message["MessageAttributes"][name]["StringValue"].as_str();
    let target = attribute("TARGET_ARN").map(str::to_owned);
    let reason = match (attribute("reason"), attribute("ERROR_CODE"), &target) {
        (Some(reason), ..) => reason.to_owned(),
        (None, Some(code), Some(target)) => {
            let message = attribute("ERROR_MESSAGE").unwrap_or_default();
            format!("the clock could not call {target}: {code} {message}")
        }
        _ => condition(&body),
    };
    let sent = message["Attributes"]["SentTimestamp"].as_str();
    Held {
        parked: Parked {
            source: source.to_owned(),
            message_id: text(&message["MessageId"]),
            reason,
            parked_at_ms: sent.and_then(|sent| sent.parse().ok()).unwrap_or_default(),
            body,
        },
        queue_url: url.to_owned(),
        receipt: text(&message["ReceiptHandle"]),
        target,
    }
}

/// What Lambda says of records and events that it gave up on; SQS says nothing of a message.
fn condition(text: &str) -> String {
    let body: Value = serde_json::from_str(text).unwrap_or_default();
    let Some(condition) = body["requestContext"]["condition"].as_str() else {
        return "it was not handled in the deliveries it had".to_owned();
    };
    match Call::read(text, None) {
        Ok(call) => {
            let message = body["responsePayload"]["errorMessage"]
                .as_str()
                .unwrap_or_default();
            format!("{}: {condition} {message}", call.function)
        }
        Err(_) => condition.to_owned(),
    }
}

/// Shows the messages to everybody again.
async fn release(held: &[Held]) -> anyhow::Result<()> {
    let mut queues: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for message in held {
        queues
            .entry(&message.queue_url)
            .or_default()
            .push(&message.receipt);
    }
    for (url, receipts) in queues {
        for batch in receipts.chunks(BATCH) {
            let entry = |(at, receipt): (usize, &&str)| json!({ "Id": at.to_string(), "ReceiptHandle": receipt, "VisibilityTimeout": 0 });
            let entries: Value = batch.iter().enumerate().map(entry).collect();
            aws(&[
                "sqs",
                "change-message-visibility-batch",
                "--queue-url",
                url,
                "--entries",
                &entries.to_string(),
            ])
            .await?;
        }
    }
    Ok(())
}

async fn forget(message: &Held) -> anyhow::Result<()> {
    let words = [
        "sqs",
        "delete-message",
        "--queue-url",
        &message.queue_url,
        "--receipt-handle",
    ];
    aws(&[words.as_slice(), &[&message.receipt]].concat()).await?;
    Ok(())
}

/// The records that a parked message of a stream function names. AWS keeps them for a day.
async fn records(body: &str) -> anyhow::Result<Vec<Value>> {
    let body: Value = serde_json::from_str(body).context("the parked message is no JSON")?;
    let info = &body["DDBStreamBatchInfo"];
    let text = |name: &str| {
        info[name]
            .as_str()
            .with_context(|| format!("the parked message has no `{name}`"))
    };
    let (stream, first, last) = (
        text("streamArn")?,
        text("startSequenceNumber")?,
        text("endSequenceNumber")?,
    );
    let limit = info["batchSize"]
        .as_u64()
        .unwrap_or(1)
        .clamp(1, 1_000)
        .to_string();
    let iterator = aws(&[
        "dynamodbstreams",
        "get-shard-iterator",
        "--stream-arn",
        stream,
        "--shard-id",
        text("shardId")?,
        "--shard-iterator-type",
        "AT_SEQUENCE_NUMBER",
        "--sequence-number",
        first,
    ])
    .await
    .context(
        "the records are gone: a stream keeps them for 24 hours; `cartwright audit` says what is amiss",
    )?;
    let iterator = iterator["ShardIterator"]
        .as_str()
        .context("the stream has no iterator")?;
    let told = aws(&[
        "dynamodbstreams",
        "get-records",
        "--shard-iterator",
        iterator,
        "--limit",
        &limit,
    ])
    .await?;
    let mut records = Vec::new();
    for record in told["Records"].as_array().into_iter().flatten() {
        records.push(as_lambda_gives(record, stream)?);
        if record["dynamodb"]["SequenceNumber"] == *last {
            return Ok(records);
        }
    }
    bail!("the stream does not have all records any more");
}

/// A record as Lambda hands it to a function: with its stream, and with its time as a number.
fn as_lambda_gives(record: &Value, stream: &str) -> anyhow::Result<Value> {
    let mut record = record.clone();
    record["eventSourceARN"] = json!(stream);
    let at = &mut record["dynamodb"]["ApproximateCreationDateTime"];
    if let Some(text) = at.as_str() {
        *at = json!(OffsetDateTime::parse(text, &Rfc3339)?.unix_timestamp());
    }
    Ok(record)
}

#[cfg(test)]
mod tests;
