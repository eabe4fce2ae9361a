//! `SendMessage` and its batch: check first, then write.

use ring::digest;
use rusqlite::{OptionalExtension, Transaction, params};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::message::{Attribute, Attributes, check_token, md5_of, md5_of_attributes, weigh};
use super::queue::{Queue, SIZE_MAX_BYTES};
use super::refusal::{Fail, Refusal};
use super::settle::{Entry, check_batch};
use super::store::{Store, to_json};

/// A FIFO message repeated within five minutes is not sent again.
const DEDUPLICATION_MS: i64 = 5 * 60 * 1000;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Send {
    queue_url: String,
    #[serde(flatten)]
    message: Outgoing,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SendBatch {
    queue_url: String,
    entries: Vec<SendEntry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SendEntry {
    id: String,
    #[serde(flatten)]
    message: Outgoing,
}

impl Entry for SendEntry {
    const NAME: &str = "SendMessageBatchRequestEntry";

    fn id(&self) -> &str {
        &self.id
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Outgoing {
    message_body: String,
    #[serde(default)]
    message_attributes: Attributes,
    #[serde(default)]
    message_system_attributes: Attributes,
    delay_seconds: Option<i64>,
    message_group_id: Option<String>,
    message_deduplication_id: Option<String>,
}

/// A message that may be written as it is.
struct Checked<'a> {
    message: &'a Outgoing,
    trace_header: Option<&'a str>,
    delay_ms: i64,
    deduplication_id: Option<String>,
}

impl Store {
    pub(crate) fn send(&mut self, ask: Send, now_ms: i64) -> Result<Value, Fail> {
        let Send { queue_url, message } = ask;
        let queue = self.queue_at(&queue_url)?;
        let checked = check(queue, &message)?;
        let seq = self.transact(|transaction| Ok(put(transaction, queue, &checked, now_ms)?))?;
        let answer = self.receipt(queue, &message, seq);
        self.arrived.push(queue.name.clone());
        Ok(Value::Object(answer))
    }

    pub(crate) fn send_batch(&mut self, ask: SendBatch, now_ms: i64) -> Result<Value, Fail> {
        let SendBatch { queue_url, entries } = ask;
        let queue = self.queue_at(&queue_url)?;
        check_batch(&entries)?;
        let bytes = entries
            .iter()
            .map(|entry| rough_bytes(&entry.message))
            .sum::<usize>();
        if bytes > SIZE_MAX_BYTES {
            return Err(Refusal::batch_too_long(SIZE_MAX_BYTES, bytes).into());
        }
        let (mut successful, mut failed) = (Vec::new(), Vec::new());
        self.transact(|transaction| {
            for entry in &entries {
                match check(queue, &entry.message) {
                    Ok(checked) => {
                        let seq = put(transaction, queue, &checked, now_ms)?;
                        let mut answer = self.receipt(queue, &entry.message, seq);
                        answer.insert("Id".to_owned(), json!(entry.id));
                        successful.push(Value::Object(answer));
                    }
                    Err(refusal) => failed.push(refusal.entry(&entry.id)),
                }
            }
            Ok(())
        })?;
        self.arrived.push(queue.name.clone());
        Ok(json!({ "Successful": successful, "Failed": failed }))
    }

    fn receipt(&self, queue: &Queue, message: &Outgoing, seq: i64) -> Map<String, Value> {
        let mut answer = Map::new();
        answer.insert("MessageId".to_owned(), json!(self.message_id(seq)));
        answer.insert(
            "MD5OfMessageBody".to_owned(),
            json!(md5_of(&message.message_body)),
        );
        if let Some(md5) = md5_of_attributes(&message.message_attributes) {
            answer.insert("MD5OfMessageAttributes".to_owned(), json!(md5));
        }
        if let Some(md5) = md5_of_attributes(&message.message_system_attributes) {
            answer.insert("MD5OfMessageSystemAttributes".to_owned(), json!(md5));
        }
        if queue.is_fifo() {
            answer.insert("SequenceNumber".to_owned(), json!(sequence_number(seq)));
        }
        answer
    }
}

/// Twenty digits, growing.
pub(super) fn sequence_number(seq: i64) -> String {
    format!("{seq:020}")
}

/// What an entry adds to its batch, before it is known to be valid.
fn rough_bytes(message: &Outgoing) -> usize {
    let attributes = message.message_attributes.iter().map(|(name, attribute)| {
        let text = attribute.string_value.as_ref().map_or(0, String::len);
        let binary = attribute
            .binary_value
            .as_ref()
            .map_or(0, |base64| base64.len() / 4 * 3);
        name.len() + attribute.data_type.len() + text + binary
    });
    message.message_body.len() + attributes.sum::<usize>()
}

fn check<'a>(queue: &Queue, message: &'a Outgoing) -> Result<Checked<'a>, Refusal> {
    let bytes = weigh(&message.message_body, &message.message_attributes)?;
    let limit = queue.settings.size_max_bytes;
    if i64::try_from(bytes).is_ok_and(|bytes| bytes > limit) {
        return Err(Refusal::invalid(format!(
            "One or more parameters are invalid. Reason: Message must be shorter than {limit} bytes."
        )));
    }
    let delay_s = message.delay_seconds.unwrap_or(queue.settings.delay_s);
    if !(0..=900).contains(&delay_s) {
        let reason = "DelaySeconds must be >= 0 and <= 900.";
        return Err(Refusal::invalid_value(
            &delay_s.to_string(),
            "DelaySeconds",
            reason,
        ));
    }
    Ok(Checked {
        message,
        trace_header: trace_header(&message.message_system_attributes)?,
        delay_ms: delay_s * 1000,
        deduplication_id: deduplication_id(queue, message)?,
    })
}

fn trace_header(system: &Attributes) -> Result<Option<&str>, Refusal> {
    match system.iter().find(|(name, _)| *name != "AWSTraceHeader") {
        Some((name, _)) => Err(Refusal::invalid(format!(
            "Message system attribute name '{name}' is invalid."
        ))),
        None => Ok(system
            .values()
            .next()
            .and_then(|header: &Attribute| header.string_value.as_deref())),
    }
}

/// What FIFO asks of a message, and refuses to others.
fn deduplication_id(queue: &Queue, message: &Outgoing) -> Result<Option<String>, Refusal> {
    let not_here = "The request include parameter that is not valid for this queue type.";
    if let Some(group) = &message.message_group_id {
        check_token(group, "MessageGroupId")?;
    }
    if let Some(id) = &message.message_deduplication_id {
        check_token(id, "MessageDeduplicationId")?;
    }
    match (queue.is_fifo(), &message.message_deduplication_id) {
        (false, None) => Ok(None),
        (false, Some(id)) => Err(Refusal::invalid_value(id, "MessageDeduplicationId", not_here)),
        (true, _) if message.message_group_id.is_none() => Err(Refusal::missing("MessageGroupId")),
        (true, _) if message.delay_seconds.is_some_and(|delay_s| delay_s > 0) => {
            let delay_s = message.delay_seconds.unwrap_or_default().to_string();
            Err(Refusal::invalid_value(&delay_s, "DelaySeconds", not_here))
        }
        (true, Some(id)) => Ok(Some(id.clone())),
        (true, None) if queue.settings.content_based_deduplication => {
            let hash = digest::digest(&digest::SHA256, message.message_body.as_bytes());
            let halves = hash.as_ref().iter().flat_map(|byte| [byte >> 4, byte & 15]);
            Ok(Some(
                halves
                    .filter_map(|half| char::from_digit(half.into(), 16))
                    .collect(),
            ))
        }
        (true, None) => Err(Refusal::invalid(
            "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
        )),
    }
}

/// Writes one message and says its number; that of the first one if it repeats it.
fn put(
    transaction: &Transaction<'_>,
    queue: &Queue,
    checked: &Checked<'_>,
    now_ms: i64,
) -> rusqlite::Result<i64> {
    let message = checked.message;
    if let Some(first) = first_of(transaction, queue, checked, now_ms)? {
        return Ok(first);
    }
    let attributes = &message.message_attributes;
    let attributes = if attributes.is_empty() {
        None
    } else {
        Some(to_json(attributes)?)
    };
    let seq = transaction
        .prepare_cached(
            "INSERT INTO messages (queue, visible_ms, sent_ms, expires_ms, group_id, deduplication_id,
                 trace_header, attributes, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .insert(params![
            queue.id,
            now_ms + checked.delay_ms,
            now_ms,
            now_ms + queue.settings.retention_s * 1000,
            message.message_group_id,
            checked.deduplication_id,
            checked.trace_header,
            attributes,
            message.message_body,
        ])?;
    if let Some(id) = &checked.deduplication_id {
        transaction
            .prepare_cached(
                "INSERT INTO deduplication (queue, scope, id, seq, expires_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![
                queue.id,
                scope(queue, message),
                id,
                seq,
                now_ms + DEDUPLICATION_MS
            ])?;
    }
    Ok(seq)
}

fn first_of(
    transaction: &Transaction<'_>,
    queue: &Queue,
    checked: &Checked<'_>,
    now_ms: i64,
) -> rusqlite::Result<Option<i64>> {
    let Some(id) = &checked.deduplication_id else {
        return Ok(None);
    };
    transaction
        .prepare_cached("DELETE FROM deduplication WHERE expires_ms <= ?1")?
        .execute([now_ms])?;
    transaction
        .prepare_cached("SELECT seq FROM deduplication WHERE queue = ?1 AND scope = ?2 AND id = ?3")?
        .query_row(params![queue.id, scope(queue, checked.message), id], |row| {
            row.get(0)
        })
        .optional()
}

/// Within what a deduplication id is unique: the queue, or the message's group.
fn scope<'a>(queue: &Queue, message: &'a Outgoing) -> &'a str {
    let group = message
        .message_group_id
        .as_deref()
        .filter(|_| queue.settings.deduplication_per_group);
    group.unwrap_or_default()
}
