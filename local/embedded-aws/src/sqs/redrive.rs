//! `StartMessageMoveTask`: from a dead-letter queue back to where the messages came from.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rusqlite::{Transaction, params};
use serde::Deserialize;
use serde_json::{Value, json};

use super::queue::{Queue, name_of_arn};
use super::refusal::{Fail, Refusal};
use super::store::Store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct MoveMessages {
    source_arn: String,
    destination_arn: Option<String>,
}

impl Store {
    /// Moves every message that is not in flight, at once; each begins a new life with a new id.
    ///
    /// Without a destination a message goes back to the queue it was moved from. Beyond AWS: one that was
    /// sent to the dead-letter queue directly goes to the one queue that names it as its own, if there is
    /// one; else it stays.
    pub(crate) fn move_messages(&mut self, ask: &MoveMessages, now_ms: i64) -> Result<Value, Fail> {
        let missing = || {
            Refusal::no_resource("The resource that you specified for the SourceArn parameter doesn't exist.")
        };
        let source = name_of_arn(&ask.source_arn)
            .and_then(|name| self.queues.get(name))
            .ok_or_else(missing)?;
        let feeding: Vec<&Queue> = self.sources_of(&source.name).collect();
        if feeding.is_empty() {
            return Err(Refusal::invalid("Source queue must be configured as a Dead Letter Queue.").into());
        }
        let explicit = match &ask.destination_arn {
            None => None,
            Some(arn) => Some(
                name_of_arn(arn)
                    .and_then(|name| self.queues.get(name))
                    .ok_or_else(|| {
                        Refusal::no_resource(
                            "The resource that you specified for the DestinationArn parameter doesn't exist.",
                        )
                    })?,
            ),
        };
        if explicit.is_some_and(|target| target.is_fifo() != source.is_fifo()) {
            return Err(Refusal::invalid("Source and destination must be queues of the same type.").into());
        }
        let only = if let [only] = feeding.as_slice() {
            Some(*only)
        } else {
            None
        };
        let moved = self.transact(|transaction| {
            let mut moved = Vec::new();
            for (seq, origin) in waiting(transaction, source, now_ms)? {
                let origin = origin.and_then(|name| self.queues.get(&name));
                let Some(target) = explicit.or(origin).or(only) else {
                    continue;
                };
                revive(transaction, seq, target, now_ms)?;
                moved.push(target.name.clone());
            }
            Ok(moved)
        })?;
        let handle = json!({ "taskId": self.message_id(now_ms), "sourceArn": ask.source_arn });
        self.arrived.extend(moved);
        self.arrived.sort();
        self.arrived.dedup();
        Ok(json!({ "TaskHandle": STANDARD.encode(handle.to_string()) }))
    }
}

/// The messages that are not in flight, and where each was moved from.
fn waiting(
    transaction: &Transaction<'_>,
    source: &Queue,
    now_ms: i64,
) -> rusqlite::Result<Vec<(i64, Option<String>)>> {
    let mut statement = transaction.prepare_cached(
        "SELECT seq, source FROM messages WHERE queue = ?1 AND visible_ms <= ?2 ORDER BY seq",
    )?;
    statement
        .query_map([source.id, now_ms], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

/// Writes the message anew at the end of its target, and deletes the old row.
fn revive(transaction: &Transaction<'_>, seq: i64, target: &Queue, now_ms: i64) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "INSERT INTO messages (queue, visible_ms, sent_ms, expires_ms, group_id, deduplication_id,
                 trace_header, attributes, body)
             SELECT ?2, ?3, ?3, ?4, group_id, deduplication_id, trace_header, attributes, body
             FROM messages WHERE seq = ?1",
        )?
        .execute(params![
            seq,
            target.id,
            now_ms,
            now_ms + target.settings.retention_s * 1000
        ])?;
    transaction
        .prepare_cached("DELETE FROM messages WHERE seq = ?1")?
        .execute([seq])?;
    Ok(())
}
