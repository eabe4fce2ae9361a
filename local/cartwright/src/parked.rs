//! Parked messages: what could not be handled, why, and the ways back.

use std::sync::Arc;

use anyhow::{Context, bail, ensure};
use embedded_aws::PeekedMessage;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{cloud::Cloud, events, functions::Outcome, moment, sources::PARKED_RECORDS};

/// Messages shown or moved of one queue.
const LIMIT: usize = 1_000;

/// A parked message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parked {
    /// The queue it was meant for, the stream function that gave up on it, or `async` for an event of
    /// the clock or of an operator.
    pub source: String,
    /// Its id.
    pub message_id: String,
    /// Why it was parked.
    pub reason: String,
    /// When it was parked (milliseconds since 1970).
    pub parked_at_ms: i64,
    /// The message itself.
    pub body: String,
}

/// Every parked message, or those of one source.
pub(crate) fn list(cloud: &Cloud, source: Option<&str>) -> anyhow::Result<Vec<Parked>> {
    let mut found = Vec::new();
    for queue in cloud.manifest.queue_names() {
        let Some(name) = queue.strip_suffix("-parked") else {
            continue;
        };
        if source.is_some_and(|source| source != name) {
            continue;
        }
        let messages = cloud
            .sqs
            .peek(&cloud.physical.name(&queue), LIMIT, moment::now_ms())?;
        found.extend(messages.into_iter().map(|message| parked(cloud, name, message)));
    }
    Ok(found)
}

fn parked(cloud: &Cloud, source: &str, message: PeekedMessage) -> Parked {
    let reason = message.attributes.get("reason").cloned().unwrap_or_else(|| {
        match cloud.manifest.queues.get(source) {
            Some(queue) => format!(
                "{} did not handle it in {} deliveries",
                queue.consumer, queue.receives_max
            ),
            None => "no reason was given".to_owned(),
        }
    });
    Parked {
        source: source.to_owned(),
        message_id: message.message_id,
        reason,
        parked_at_ms: message.sent_ms,
        body: message.body,
    }
}

/// Sends parked messages where they came from, all or one; says how many.
pub(crate) async fn redrive(
    cloud: &Arc<Cloud>,
    source: &str,
    message_id: Option<&str>,
) -> anyhow::Result<usize> {
    let messages = chosen(cloud, source, message_id)?;
    for message in &messages {
        if cloud.manifest.queues.contains_key(source) {
            let ask = json!({ "QueueUrl": cloud.physical.queue_url(source), "MessageBody": message.body });
            let answer = cloud.sqs.handle(
                "AmazonSQS.SendMessage",
                ask.to_string().as_bytes(),
                moment::now_ms(),
            );
            ensure!(
                answer.status == 200,
                "SendMessage was refused: {}",
                String::from_utf8_lossy(&answer.body)
            );
        } else if source == manifest::ASYNC {
            events::again(cloud, &message.body).await?;
        } else {
            replay(cloud, source, &message.body).await?;
        }
        forget(cloud, source, &message.message_id)?;
    }
    Ok(messages.len())
}

/// Deletes parked messages, all or one; says how many.
pub(crate) fn drop_all(cloud: &Cloud, source: &str, message_id: Option<&str>) -> anyhow::Result<usize> {
    let messages = chosen(cloud, source, message_id)?;
    for message in &messages {
        forget(cloud, source, &message.message_id)?;
    }
    Ok(messages.len())
}

fn chosen(cloud: &Cloud, source: &str, message_id: Option<&str>) -> anyhow::Result<Vec<Parked>> {
    let parked = manifest::parked(source);
    ensure!(
        cloud.manifest.queue_names().contains(&parked),
        "nothing parks messages under the name `{source}`"
    );
    let mut messages = list(cloud, Some(source))?;
    if let Some(id) = message_id {
        messages.retain(|message| message.message_id == id);
        ensure!(!messages.is_empty(), "`{source}` has no parked message `{id}`");
    }
    Ok(messages)
}

/// Gives parked stream records to their function once more.
async fn replay(cloud: &Arc<Cloud>, function: &str, body: &str) -> anyhow::Result<()> {
    let body: Value = serde_json::from_str(body).context("the parked message is no JSON")?;
    let event = body
        .get(PARKED_RECORDS)
        .context("the parked message has no records")?;
    let pool = cloud
        .pool(function)
        .with_context(|| format!("there is no function `{function}`"))?;
    let (_, outcome) = pool.invoke(event.to_string().into()).await;
    let ids = event["Records"].as_array().into_iter().flatten();
    let ids: Vec<&str> = ids
        .filter_map(|record| record["dynamodb"]["SequenceNumber"].as_str())
        .collect();
    match (&outcome, crate::sources::verdict(&outcome, &ids)) {
        (_, crate::sources::Verdict::Done) => Ok(()),
        (Outcome::Failed(failure), _) => bail!("{function} failed again: {}", failure.message()),
        (Outcome::Answered(_), _) => bail!("{function} failed again on the same records"),
    }
}

fn forget(cloud: &Cloud, source: &str, message_id: &str) -> anyhow::Result<()> {
    cloud
        .sqs
        .drop_message(&cloud.physical.name(&manifest::parked(source)), message_id)?;
    Ok(())
}
