//! What an operator sees of a queue without receiving from it.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, params};

use super::queue::Queue;
use super::receive::{COLUMNS, Found, receivable};
use super::store::{Store, expire};
use crate::Error;

/// How many messages one queue holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueDepth {
    /// The queue's name.
    pub queue: String,
    /// Those that wait for a receiver.
    pub visible: u64,
    /// Those that were sent with a delay which is not over.
    pub delayed: u64,
    /// Those that were received and neither deleted nor given back.
    pub in_flight: u64,
    /// When the oldest message was sent (milliseconds since 1970).
    pub oldest_sent_ms: Option<i64>,
}

/// Whether a message can be received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageState {
    /// It waits for a receiver.
    Visible,
    /// Its delay is not over.
    Delayed,
    /// A receiver has it.
    InFlight,
}

/// A message, looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeekedMessage {
    /// As its sender got it.
    pub message_id: String,
    /// The text.
    pub body: String,
    /// Its attributes of a text or number type.
    pub attributes: BTreeMap<String, String>,
    /// Whether it can be received.
    pub state: MessageState,
    /// When it is visible (again).
    pub visible_at_ms: i64,
    /// How often it was received.
    pub receives: i64,
    /// When it was sent.
    pub sent_ms: i64,
    /// When it was first received.
    pub first_received_ms: Option<i64>,
    /// Its message group.
    pub group_id: Option<String>,
    /// The queue it was moved from when it had been received too often.
    pub dead_letter_source: Option<String>,
}

impl Store {
    pub(super) fn next_visible_at(&self, queue: &str, now_ms: i64) -> Result<Option<i64>, Error> {
        let queue = self.named(queue)?;
        if !receivable(&self.connection, queue, 1, now_ms)?.is_empty() {
            return Ok(Some(now_ms));
        }
        let next = self
            .connection
            .prepare_cached(
                "SELECT visible_ms FROM messages INDEXED BY by_visibility
                 WHERE queue = ?1 AND visible_ms > ?2 ORDER BY visible_ms LIMIT 1",
            )?
            .query_row([queue.id, now_ms], |row| row.get(0))
            .optional()?;
        Ok(next)
    }

    pub(super) fn depths(&self, now_ms: i64) -> Result<Vec<QueueDepth>, Error> {
        self.queues
            .values()
            .map(|queue| Ok(self.count(queue, now_ms)?))
            .collect()
    }

    pub(super) fn count(&self, queue: &Queue, now_ms: i64) -> rusqlite::Result<QueueDepth> {
        let transaction = self.connection.unchecked_transaction()?;
        expire(&transaction, now_ms)?;
        let depth = transaction
            .prepare_cached(
                "SELECT COUNT(*) FILTER (WHERE visible_ms <= ?2),
                        COUNT(*) FILTER (WHERE visible_ms > ?2 AND receives = 0),
                        COUNT(*) FILTER (WHERE visible_ms > ?2 AND receives > 0),
                        (SELECT sent_ms FROM messages WHERE seq =
                            (SELECT MIN(seq) FROM messages INDEXED BY by_visibility WHERE queue = ?1))
                 FROM messages INDEXED BY by_visibility WHERE queue = ?1",
            )?
            .query_row([queue.id, now_ms], |row| {
                Ok(QueueDepth {
                    queue: queue.name.clone(),
                    visible: row.get::<_, i64>(0)?.unsigned_abs(),
                    delayed: row.get::<_, i64>(1)?.unsigned_abs(),
                    in_flight: row.get::<_, i64>(2)?.unsigned_abs(),
                    oldest_sent_ms: row.get(3)?,
                })
            })?;
        transaction.commit()?;
        Ok(depth)
    }

    pub(super) fn peek(&self, queue: &str, limit: usize, now_ms: i64) -> Result<Vec<PeekedMessage>, Error> {
        let queue = self.named(queue)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM messages m WHERE m.queue = ?1 AND m.expires_ms > ?2 ORDER BY m.seq LIMIT ?3"
        ))?;
        let rows = statement.query_map(params![queue.id, now_ms, limit], Found::read)?;
        rows.map(|found| Ok(self.peeked(found?, now_ms))).collect()
    }

    fn peeked(&self, found: Found, now_ms: i64) -> PeekedMessage {
        let state = match (found.visible_ms > now_ms, found.receives) {
            (false, _) => MessageState::Visible,
            (true, 0) => MessageState::Delayed,
            (true, _) => MessageState::InFlight,
        };
        let text = found.attributes.into_iter();
        PeekedMessage {
            message_id: self.message_id(found.seq),
            body: found.body,
            attributes: text
                .filter_map(|(name, value)| Some((name, value.string_value?)))
                .collect(),
            state,
            visible_at_ms: found.visible_ms,
            receives: found.receives,
            sent_ms: found.sent_ms,
            first_received_ms: found.first_received_ms,
            group_id: found.group_id,
            dead_letter_source: found.source,
        }
    }

    pub(super) fn drop_message(&mut self, queue: &str, message_id: &str) -> Result<bool, Error> {
        let queue = self.named(queue)?;
        let Some(seq) = self.seq_of(message_id) else {
            return Ok(false);
        };
        let dropped = self
            .connection
            .prepare_cached("DELETE FROM messages WHERE seq = ?1 AND queue = ?2")?
            .execute([seq, queue.id])?;
        let freed = queue.is_fifo().then(|| queue.name.clone());
        self.arrived.extend(freed);
        Ok(dropped == 1)
    }

    fn named(&self, queue: &str) -> Result<&Queue, Error> {
        self.queues
            .get(queue)
            .ok_or_else(|| Error::NoQueue(queue.to_owned()))
    }
}
