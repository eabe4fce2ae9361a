//! `ReceiveMessage`: what is visible, in order, or off to the dead-letter queue.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rusqlite::{Row, Transaction, params};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::message::{Attributes, md5_of, md5_of_attributes};
use super::queue::{Queue, arn};
use super::refusal::{Fail, Refusal};
use super::send::sequence_number;
use super::store::{Store, expire, json_column};
use crate::ACCOUNT;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Receive {
    queue_url: String,
    max_number_of_messages: Option<i64>,
    visibility_timeout: Option<i64>,
    wait_time_seconds: Option<i64>,
    /// The older name of the next.
    #[serde(default)]
    attribute_names: Vec<String>,
    #[serde(default)]
    message_system_attribute_names: Vec<String>,
    #[serde(default)]
    message_attribute_names: Vec<String>,
}

/// A message's row.
pub(super) struct Found {
    pub(super) seq: i64,
    pub(super) visible_ms: i64,
    pub(super) receives: i64,
    pub(super) sent_ms: i64,
    pub(super) first_received_ms: Option<i64>,
    pub(super) group_id: Option<String>,
    pub(super) deduplication_id: Option<String>,
    /// The queue it was moved from when it had been received too often.
    pub(super) source: Option<String>,
    trace_header: Option<String>,
    pub(super) attributes: Attributes,
    pub(super) body: String,
}

/// The columns of [`Found`], in the order [`Found::read`] takes them.
pub(super) const COLUMNS: &str =
    "m.seq, m.visible_ms, m.receives, m.sent_ms, m.first_received_ms, m.group_id,
    m.deduplication_id, m.source, m.trace_header, m.attributes, m.body";

impl Found {
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let has_attributes = row.get_ref(9)? != rusqlite::types::ValueRef::Null;
        Ok(Self {
            seq: row.get(0)?,
            visible_ms: row.get(1)?,
            receives: row.get(2)?,
            sent_ms: row.get(3)?,
            first_received_ms: row.get(4)?,
            group_id: row.get(5)?,
            deduplication_id: row.get(6)?,
            source: row.get(7)?,
            trace_header: row.get(8)?,
            attributes: if has_attributes {
                json_column(row, 9)?
            } else {
                Attributes::new()
            },
            body: row.get(10)?,
        })
    }
}

impl Store {
    pub(crate) fn receive(&mut self, ask: &Receive, now_ms: i64) -> Result<Value, Fail> {
        let queue = self.queue_at(&ask.queue_url)?;
        let within = |value: i64, parameter: &str, range: std::ops::RangeInclusive<i64>| {
            let reason = format!(
                "Must be between {} and {}, if provided.",
                range.start(),
                range.end()
            );
            let fits = range.contains(&value).then_some(value);
            fits.ok_or_else(|| Refusal::invalid_value(&value.to_string(), parameter, &reason))
        };
        let count = within(
            ask.max_number_of_messages.unwrap_or(1),
            "MaxNumberOfMessages",
            1..=10,
        )?;
        let timeout_s = ask
            .visibility_timeout
            .unwrap_or(queue.settings.visibility_timeout_s);
        let timeout_s = within(timeout_s, "VisibilityTimeout", 0..=43_200)?;
        within(ask.wait_time_seconds.unwrap_or(0), "WaitTimeSeconds", 0..=20)?;

        let dead_letters = queue
            .settings
            .redrive
            .as_ref()
            .and_then(|redrive| self.queues.get(&redrive.target));
        let (taken, moved) = self.transact(|transaction| {
            expire(transaction, now_ms)?;
            let (found, moved) = next(transaction, queue, dead_letters, count, now_ms)?;
            let mut take = transaction.prepare_cached(
                "UPDATE messages SET visible_ms = ?2, receives = receives + 1,
                     first_received_ms = COALESCE(first_received_ms, ?3) WHERE seq = ?1",
            )?;
            for message in &found {
                take.execute(params![message.seq, now_ms + timeout_s * 1000, now_ms])?;
            }
            Ok((found, moved))
        })?;
        let messages: Vec<Value> = taken
            .into_iter()
            .map(|found| self.show(queue, ask, found, now_ms))
            .collect();
        if let Some(dead_letters) = dead_letters.filter(|_| moved) {
            self.arrived.push(dead_letters.name.clone());
        }
        Ok(if messages.is_empty() {
            json!({})
        } else {
            json!({ "Messages": messages })
        })
    }

    fn show(&self, queue: &Queue, ask: &Receive, found: Found, now_ms: i64) -> Value {
        let handle = format!("{}.{}.{}", queue.id, found.seq, found.receives + 1);
        let mut message = Map::new();
        message.insert("MessageId".to_owned(), json!(self.message_id(found.seq)));
        message.insert("ReceiptHandle".to_owned(), json!(STANDARD.encode(handle)));
        message.insert("MD5OfBody".to_owned(), json!(md5_of(&found.body)));
        let system = system_attributes(queue, ask, &found, now_ms);
        if !system.is_empty() {
            message.insert("Attributes".to_owned(), Value::Object(system));
        }
        let wanted = |name: &String| {
            ask.message_attribute_names
                .iter()
                .any(|filter| selects(filter, name))
        };
        let mut attributes = found.attributes;
        attributes.retain(|name, _| wanted(name));
        if let Some(md5) = md5_of_attributes(&attributes) {
            message.insert("MD5OfMessageAttributes".to_owned(), json!(md5));
            message.insert("MessageAttributes".to_owned(), json!(attributes));
        }
        message.insert("Body".to_owned(), Value::String(found.body));
        Value::Object(message)
    }
}

/// `All`, `.*`, a name, or the beginning of one followed by `.*`.
fn selects(filter: &str, name: &str) -> bool {
    filter == "All"
        || filter == name
        || filter
            .strip_suffix(".*")
            .is_some_and(|start| name.starts_with(start))
}

fn system_attributes(queue: &Queue, ask: &Receive, found: &Found, now_ms: i64) -> Map<String, Value> {
    let fifo = queue.is_fifo();
    let all = [
        ("SenderId", Some(ACCOUNT.to_owned())),
        ("SentTimestamp", Some(found.sent_ms.to_string())),
        ("ApproximateReceiveCount", Some((found.receives + 1).to_string())),
        (
            "ApproximateFirstReceiveTimestamp",
            Some(found.first_received_ms.unwrap_or(now_ms).to_string()),
        ),
        ("SequenceNumber", fifo.then(|| sequence_number(found.seq))),
        ("MessageGroupId", found.group_id.clone()),
        ("MessageDeduplicationId", found.deduplication_id.clone()),
        ("AWSTraceHeader", found.trace_header.clone()),
        ("DeadLetterQueueSourceArn", found.source.as_deref().map(arn)),
    ];
    let names = || {
        ask.attribute_names
            .iter()
            .chain(&ask.message_system_attribute_names)
    };
    let wanted = |name: &str| names().any(|asked| asked == "All" || asked == name);
    let kept = all.into_iter().filter(|(name, _)| wanted(name));
    kept.filter_map(|(name, value)| Some((name.to_owned(), Value::String(value?))))
        .collect()
}

/// The messages to hand out, after those received too often have left; and whether any did.
fn next(
    transaction: &Transaction<'_>,
    queue: &Queue,
    dead_letters: Option<&Queue>,
    count: i64,
    now_ms: i64,
) -> rusqlite::Result<(Vec<Found>, bool)> {
    let receives_max = queue
        .settings
        .redrive
        .as_ref()
        .map_or(i64::MAX, |redrive| redrive.receives_max);
    let mut moved = false;
    loop {
        let found = receivable(transaction, queue, count, now_ms)?;
        let Some(dead_letters) = dead_letters else {
            return Ok((found, moved));
        };
        let worn: Vec<&Found> = found
            .iter()
            .filter(|found| found.receives >= receives_max)
            .collect();
        if worn.is_empty() {
            return Ok((found, moved));
        }
        for message in worn {
            bury(transaction, queue, dead_letters, message, now_ms)?;
        }
        moved = true;
    }
}

/// Up to `count` messages that may be received now.
///
/// Standard: by the time they became visible. FIFO: by age, and none of a group with one in flight, or
/// with an earlier one that is still delayed.
pub(super) fn receivable(
    transaction: &rusqlite::Connection,
    queue: &Queue,
    count: i64,
    now_ms: i64,
) -> rusqlite::Result<Vec<Found>> {
    let sql = if queue.is_fifo() {
        format!(
            "SELECT {COLUMNS} FROM messages m INDEXED BY in_order
             WHERE m.queue = ?1 AND m.group_id IS NOT NULL AND m.visible_ms <= ?2 AND NOT EXISTS (
                 SELECT 1 FROM messages b INDEXED BY by_group
                 WHERE b.queue = ?1 AND b.group_id = m.group_id AND b.group_id IS NOT NULL
                 AND b.visible_ms > ?2 AND (b.receives > 0 OR b.seq < m.seq))
             ORDER BY m.seq LIMIT ?3"
        )
    } else {
        format!(
            "SELECT {COLUMNS} FROM messages m INDEXED BY by_visibility
             WHERE m.queue = ?1 AND m.visible_ms <= ?2 ORDER BY m.visible_ms, m.seq LIMIT ?3"
        )
    };
    let mut statement = transaction.prepare_cached(&sql)?;
    statement
        .query_map(params![queue.id, now_ms, count], Found::read)?
        .collect()
}

/// Moves a message to the dead-letter queue under its own id. Its retention there counts from when it was
/// sent, or from now in a FIFO queue.
fn bury(
    transaction: &Transaction<'_>,
    queue: &Queue,
    dead_letters: &Queue,
    message: &Found,
    now_ms: i64,
) -> rusqlite::Result<()> {
    let since_ms = if queue.is_fifo() { now_ms } else { message.sent_ms };
    transaction
        .prepare_cached(
            "UPDATE messages SET queue = ?2, source = ?3, visible_ms = ?4, expires_ms = ?5 WHERE seq = ?1",
        )?
        .execute(params![
            message.seq,
            dead_letters.id,
            queue.name,
            now_ms,
            since_ms + dead_letters.settings.retention_s * 1000,
        ])?;
    Ok(())
}
