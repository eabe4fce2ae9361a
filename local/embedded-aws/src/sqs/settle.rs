//! What a receiver does with what it got: delete it, or change when it is visible again.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rusqlite::{OptionalExtension, Transaction, params};
use serde::Deserialize;
use serde_json::{Value, json};

use super::queue::Queue;
use super::refusal::{Fail, Refusal};
use super::store::Store;
use crate::Error;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Delete {
    queue_url: String,
    receipt_handle: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ChangeVisibility {
    queue_url: String,
    receipt_handle: String,
    visibility_timeout: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Batch<T> {
    queue_url: String,
    entries: Vec<T>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DeleteEntry {
    id: String,
    receipt_handle: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ChangeVisibilityEntry {
    id: String,
    receipt_handle: String,
    #[serde(default)]
    visibility_timeout: i64,
}

/// An entry of any batch.
pub(super) trait Entry {
    /// As AWS's messages call it.
    const NAME: &str;

    fn id(&self) -> &str;
}

impl Entry for DeleteEntry {
    const NAME: &str = "DeleteMessageBatchRequestEntry";

    fn id(&self) -> &str {
        &self.id
    }
}

impl Entry for ChangeVisibilityEntry {
    const NAME: &str = "ChangeMessageVisibilityBatchRequestEntry";

    fn id(&self) -> &str {
        &self.id
    }
}

/// One to ten entries with different ids, or the whole batch is refused.
pub(super) fn check_batch<T: Entry>(entries: &[T]) -> Result<(), Refusal> {
    if entries.is_empty() {
        return Err(Refusal::empty_batch(T::NAME));
    }
    if entries.len() > 10 {
        return Err(Refusal::batch_too_many(entries.len()));
    }
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let mut seen = BTreeSet::new();
    for id in entries.iter().map(Entry::id) {
        if !(1..=80).contains(&id.len()) || !id.bytes().all(allowed) {
            return Err(Refusal::batch_id_invalid());
        }
        if !seen.insert(id) {
            return Err(Refusal::batch_id_repeated(id));
        }
    }
    Ok(())
}

/// Which receive of which message a receipt handle stands for.
struct Receipt<'a> {
    handle: &'a str,
    seq: i64,
    receives: i64,
}

impl<'a> Receipt<'a> {
    fn parse(queue: &Queue, handle: &'a str) -> Result<Self, Refusal> {
        let text = STANDARD
            .decode(handle)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok());
        let numbers: Option<Vec<i64>> =
            text.and_then(|text| text.split('.').map(|part| part.parse().ok()).collect());
        match numbers.as_deref() {
            Some(&[in_queue, seq, receives]) if in_queue == queue.id => Ok(Self {
                handle,
                seq,
                receives,
            }),
            _ => Err(Refusal::invalid_receipt()),
        }
    }

    /// When the message is visible again; none if it is gone, or was received anew.
    fn visible_ms(&self, transaction: &Transaction<'_>, queue: &Queue) -> rusqlite::Result<Option<i64>> {
        transaction
            .prepare_cached(
                "SELECT visible_ms FROM messages WHERE seq = ?1 AND queue = ?2 AND receives = ?3",
            )?
            .query_row(params![self.seq, queue.id, self.receives], |row| row.get(0))
            .optional()
    }
}

impl Store {
    pub(super) fn release_held(&mut self, now_ms: i64) -> Result<usize, Error> {
        let released = self.connection.execute(
            "UPDATE messages SET visible_ms = ?1 WHERE receives > 0 AND visible_ms > ?1",
            [now_ms],
        )?;
        let queues = self.queues.keys().filter(|_| released > 0).cloned();
        self.arrived.extend(queues);
        Ok(released)
    }

    pub(crate) fn delete(&mut self, ask: &Delete, now_ms: i64) -> Result<Value, Fail> {
        let queue = self.queue_at(&ask.queue_url)?;
        self.transact(|transaction| delete(transaction, queue, &ask.receipt_handle, now_ms))?;
        self.arrived.extend(queue.is_fifo().then(|| queue.name.clone()));
        Ok(json!({}))
    }

    pub(crate) fn delete_batch(&mut self, ask: &Batch<DeleteEntry>, now_ms: i64) -> Result<Value, Fail> {
        let queue = self.queue_at(&ask.queue_url)?;
        let answer = self.each(&ask.entries, |transaction, entry| {
            delete(transaction, queue, &entry.receipt_handle, now_ms)
        })?;
        self.arrived.extend(queue.is_fifo().then(|| queue.name.clone()));
        Ok(answer)
    }

    pub(crate) fn change_visibility(&mut self, ask: &ChangeVisibility, now_ms: i64) -> Result<Value, Fail> {
        let queue = self.queue_at(&ask.queue_url)?;
        self.transact(|transaction| {
            change(
                transaction,
                queue,
                &ask.receipt_handle,
                (ask.visibility_timeout, now_ms),
            )
        })?;
        self.arrived.push(queue.name.clone());
        Ok(json!({}))
    }

    pub(crate) fn change_visibility_batch(
        &mut self,
        ask: &Batch<ChangeVisibilityEntry>,
        now_ms: i64,
    ) -> Result<Value, Fail> {
        let queue = self.queue_at(&ask.queue_url)?;
        let answer = self.each(&ask.entries, |transaction, entry| {
            change(
                transaction,
                queue,
                &entry.receipt_handle,
                (entry.visibility_timeout, now_ms),
            )
        })?;
        self.arrived.push(queue.name.clone());
        Ok(answer)
    }

    /// Does each entry in one transaction; a refused one is reported and stops no other.
    fn each<T: Entry>(
        &self,
        entries: &[T],
        mut work: impl FnMut(&Transaction<'_>, &T) -> Result<(), Fail>,
    ) -> Result<Value, Fail> {
        check_batch(entries)?;
        self.transact(|transaction| {
            let (mut successful, mut failed) = (Vec::new(), Vec::new());
            for entry in entries {
                match work(transaction, entry) {
                    Ok(()) => successful.push(json!({ "Id": entry.id() })),
                    Err(Fail::Refused(refusal)) => failed.push(refusal.entry(entry.id())),
                    Err(broken @ Fail::Broken(_)) => return Err(broken),
                }
            }
            Ok(json!({ "Successful": successful, "Failed": failed }))
        })
    }
}

/// Deletes what this receive got. If it was received again meanwhile, it stays and the call succeeds; a
/// FIFO queue refuses a handle whose time is over.
fn delete(transaction: &Transaction<'_>, queue: &Queue, handle: &str, now_ms: i64) -> Result<(), Fail> {
    let receipt = Receipt::parse(queue, handle)?;
    let Some(visible_ms) = receipt.visible_ms(transaction, queue)? else {
        return Ok(());
    };
    if queue.is_fifo() && visible_ms <= now_ms {
        let reason = "The receipt handle has expired.";
        return Err(Refusal::invalid_value(receipt.handle, "ReceiptHandle", reason).into());
    }
    transaction
        .prepare_cached("DELETE FROM messages WHERE seq = ?1")?
        .execute([receipt.seq])?;
    Ok(())
}

fn change(
    transaction: &Transaction<'_>,
    queue: &Queue,
    handle: &str,
    (timeout_s, now_ms): (i64, i64),
) -> Result<(), Fail> {
    let receipt = Receipt::parse(queue, handle)?;
    if !(0..=43_200).contains(&timeout_s) {
        let reason = "VisibilityTimeout must be between 0 and 43200.";
        return Err(Refusal::invalid_value(&timeout_s.to_string(), "VisibilityTimeout", reason).into());
    }
    match receipt.visible_ms(transaction, queue)? {
        None => {
            let reason = "Message does not exist or is not available for visibility timeout change.";
            Err(Refusal::invalid_value(receipt.handle, "ReceiptHandle", reason).into())
        }
        Some(visible_ms) if visible_ms <= now_ms => Err(Refusal::not_in_flight(receipt.handle).into()),
        Some(_) => {
            transaction
                .prepare_cached("UPDATE messages SET visible_ms = ?2 WHERE seq = ?1")?
                .execute([receipt.seq, now_ms + timeout_s * 1000])?;
            Ok(())
        }
    }
}
