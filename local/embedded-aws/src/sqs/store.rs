//! The file: its tables, the queues it holds, and the names it gives.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use ring::rand::SecureRandom;
use rusqlite::{Connection, OptionalExtension, Transaction};

use super::queue::Queue;
use super::refusal::{Fail, Refusal};
use crate::{ACCOUNT, Error};

/// `by_expiry` is for retention; `by_group` finds a FIFO group's messages in flight; `in_order` walks a
/// FIFO queue. `AUTOINCREMENT`, because a number that was ever given is in somebody's receipt handle.
const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS origin (salt INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS queues (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL UNIQUE,
        settings TEXT NOT NULL,
        tags TEXT NOT NULL,
        created_ms INTEGER NOT NULL,
        modified_ms INTEGER NOT NULL
    );
    CREATE TABLE IF NOT EXISTS messages (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        queue INTEGER NOT NULL,
        visible_ms INTEGER NOT NULL,
        receives INTEGER NOT NULL DEFAULT 0,
        sent_ms INTEGER NOT NULL,
        expires_ms INTEGER NOT NULL,
        first_received_ms INTEGER,
        group_id TEXT,
        deduplication_id TEXT,
        source TEXT,
        trace_header TEXT,
        attributes TEXT,
        body TEXT NOT NULL
    );
    CREATE INDEX IF NOT EXISTS by_visibility ON messages (queue, visible_ms, seq, receives);
    CREATE INDEX IF NOT EXISTS by_expiry ON messages (expires_ms);
    CREATE INDEX IF NOT EXISTS by_group ON messages (queue, group_id, visible_ms) WHERE group_id IS NOT NULL;
    CREATE INDEX IF NOT EXISTS in_order ON messages (queue, seq) WHERE group_id IS NOT NULL;
    CREATE TABLE IF NOT EXISTS deduplication (
        queue INTEGER NOT NULL,
        scope TEXT NOT NULL,
        id TEXT NOT NULL,
        seq INTEGER NOT NULL,
        expires_ms INTEGER NOT NULL,
        PRIMARY KEY (queue, scope, id)
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS deduplication_by_expiry ON deduplication (expires_ms);";

/// All queues, and the one connection to the file.
pub(crate) struct Store {
    pub(super) connection: Connection,
    /// By name; the file has the same.
    pub(super) queues: BTreeMap<String, Queue>,
    /// Queues where something arrived in the current call.
    pub(super) arrived: Vec<String>,
    base_url: String,
    /// Makes the message ids of one file unlike those of another.
    salt: u64,
}

impl Store {
    pub(super) fn open(path: &Path, base_url: &str) -> Result<Self, Error> {
        let mut salt = [0; 8];
        ring::rand::SystemRandom::new()
            .fill(&mut salt)
            .map_err(|_| Error::NoRandomness)?;
        let connection = Connection::open(path)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        // Safe against the death of the process, and no disk flush per message.
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        Self::over(connection, base_url, u64::from_ne_bytes(salt))
    }

    pub(super) fn memory(base_url: &str) -> Result<Self, Error> {
        Self::over(Connection::open_in_memory()?, base_url, 0x0123_4567_89ab_cdef)
    }

    fn over(connection: Connection, base_url: &str, salt: u64) -> Result<Self, Error> {
        connection.set_prepared_statement_cache_capacity(64);
        connection.execute_batch(TABLES)?;
        connection.execute(
            "INSERT INTO origin (salt) SELECT ?1 WHERE NOT EXISTS (SELECT 1 FROM origin)",
            [salt.cast_signed()],
        )?;
        let salt: i64 = connection.query_row("SELECT salt FROM origin", [], |row| row.get(0))?;
        let queues = load(&connection)?;
        let base_url = base_url.trim_end_matches('/').to_owned();
        Ok(Self {
            connection,
            queues,
            arrived: Vec::new(),
            base_url,
            salt: salt.cast_unsigned(),
        })
    }

    pub(super) fn take_arrivals(&mut self) -> Vec<String> {
        std::mem::take(&mut self.arrived)
    }

    pub(super) fn url(&self, queue: &str) -> String {
        format!("{}/{ACCOUNT}/{queue}", self.base_url)
    }

    /// The queue a URL names; only its last part counts.
    pub(super) fn queue_at(&self, url: &str) -> Result<&Queue, Refusal> {
        let name = url.rsplit('/').next().unwrap_or_default();
        self.queues.get(name).ok_or_else(Refusal::no_queue)
    }

    /// A message's id: a valid version-4 UUID of the file's salt and the message's number.
    pub(super) fn message_id(&self, seq: i64) -> String {
        let (salt, number) = (self.salt, seq.cast_unsigned());
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            salt >> 32,
            (salt >> 16) & 0xffff,
            salt & 0xfff,
            0x8000 | ((number >> 48) & 0x3fff),
            number & 0xffff_ffff_ffff,
        )
    }

    /// The number in an id of this file.
    pub(super) fn seq_of(&self, message_id: &str) -> Option<i64> {
        let (_, number) = message_id.rsplit_once('-')?;
        let seq = i64::from_str_radix(number, 16).ok()?;
        (self.message_id(seq) == message_id).then_some(seq)
    }

    /// Runs one call as one transaction; a refusal or failure leaves everything as it was.
    pub(super) fn transact<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, Fail>,
    ) -> Result<T, Fail> {
        let transaction = self.connection.unchecked_transaction()?;
        let done = work(&transaction)?;
        transaction.commit()?;
        Ok(done)
    }
}

/// Deletes what has outlived its queue's retention.
pub(super) fn expire(transaction: &Transaction<'_>, now_ms: i64) -> rusqlite::Result<()> {
    let first = transaction
        .prepare_cached("SELECT expires_ms FROM messages ORDER BY expires_ms LIMIT 1")?
        .query_row([], |row| row.get::<_, i64>(0))
        .optional()?;
    if first.is_some_and(|first| first <= now_ms) {
        transaction
            .prepare_cached("DELETE FROM messages WHERE expires_ms <= ?1")?
            .execute([now_ms])?;
    }
    Ok(())
}

fn load(connection: &Connection) -> Result<BTreeMap<String, Queue>, Error> {
    let mut statement =
        connection.prepare("SELECT id, name, settings, tags, created_ms, modified_ms FROM queues")?;
    let rows = statement.query_map([], |row| {
        Ok(Queue {
            id: row.get(0)?,
            name: row.get(1)?,
            settings: json_column(row, 2)?,
            tags: json_column(row, 3)?,
            created_ms: row.get(4)?,
            modified_ms: row.get(5)?,
        })
    })?;
    let mut queues = BTreeMap::new();
    for queue in rows {
        let queue = queue?;
        queues.insert(queue.name.clone(), queue);
    }
    Ok(queues)
}

/// A column that we wrote as JSON.
pub(super) fn json_column<T: serde::de::DeserializeOwned>(
    row: &rusqlite::Row<'_>,
    index: usize,
) -> rusqlite::Result<T> {
    let text = row.get_ref(index)?.as_str()?;
    serde_json::from_str(text).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(index, rusqlite::types::Type::Text, Box::new(error))
    })
}

/// A value for a column that holds JSON.
pub(super) fn to_json(value: &impl serde::Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}
