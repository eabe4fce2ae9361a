//! DynamoDB and its streams: `dynoxide` with its traps closed.
//!
//! Two of them are closed here. Each write to a table with a stream asks for the stream's highest sequence
//! number, and dynoxide has no index to answer from, so writes slow down with every record kept: we add the
//! index. And a write that changes nothing leaves a record, which AWS does not send: we leave it out.

mod streams;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use dynoxide::storage_backend::{Clock, SystemClock};
use dynoxide::{Database, DynoxideError};
use rusqlite::Connection;
use serde::{Serialize, de::DeserializeOwned};

use crate::{Answer, Error};

pub use streams::{StreamBatch, StreamRecord};

/// Gives `MAX(CAST(sequence_number AS INTEGER))` of one table without reading its records.
const STREAM_INDEX: &str = "CREATE INDEX IF NOT EXISTS embedded_aws_stream_order
    ON _stream_records (table_name, CAST(sequence_number AS INTEGER))";

/// A whole DynamoDB endpoint, streams included.
pub struct Dynamo {
    database: Database,
    /// A second connection to the file, for what dynoxide has no call for.
    side: Option<Mutex<Connection>>,
}

impl Dynamo {
    /// Opens or creates the database in a file. What was acknowledged survives the death of the process.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let text = path
            .to_str()
            .ok_or_else(|| Error::BadPath(path.display().to_string()))?;
        let database = Database::new(text)?;
        // The only public way to `synchronous = NORMAL`: in WAL mode it is safe against the death of the
        // process (not of the machine), and spares a disk flush per write.
        database.disable_bulk_loading()?;
        let side = Connection::open(path)?;
        side.busy_timeout(std::time::Duration::from_secs(5))?;
        side.execute_batch(STREAM_INDEX)?;
        Ok(Self {
            database,
            side: Some(Mutex::new(side)),
        })
    }

    /// An empty database in memory that tells the real time.
    pub fn memory() -> Result<Self, Error> {
        Self::in_memory(Arc::new(SystemClock))
    }

    /// An empty database in memory that tells the time (milliseconds since 1970) it is given.
    ///
    /// It decides the times and sequence numbers of stream records and which items [`Self::sweep_ttl`]
    /// finds expired. Not covered: `ClientRequestToken`s are forgotten after ten real minutes.
    pub fn memory_at(now_ms: impl Fn() -> i64 + Send + Sync + 'static) -> Result<Self, Error> {
        Self::in_memory(Arc::new(GivenClock(now_ms)))
    }

    /// A private in-memory database cannot be reached by a second connection, so the index comes with a
    /// copy: every new database is restored from one template that has it.
    fn in_memory(clock: Arc<dyn Clock>) -> Result<Self, Error> {
        const TEMPLATE: &str = "file:embedded-aws-template?mode=memory&cache=shared";
        static KEPT: Mutex<Option<Database>> = Mutex::new(None);

        let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.is_none() {
            let template = Database::new(TEMPLATE)?;
            Connection::open(TEMPLATE)?.execute_batch(STREAM_INDEX)?;
            *kept = Some(template);
        }
        let database = Database::memory_with_clock(clock)?;
        database.restore_from(TEMPLATE)?;
        Ok(Self { database, side: None })
    }

    /// Answers one request; `target` is its `X-Amz-Target`, for example `DynamoDB_20120810.PutItem`.
    ///
    /// Every table, item, transaction, stream, TTL, tag and `PartiQL` operation is served; backups and
    /// limits are not and get AWS's `UnknownOperationException`.
    pub fn handle(&self, target: &str, body: &[u8]) -> Answer {
        match target.split_once('.') {
            Some(("DynamoDB_20120810", operation)) => self.tables(operation, body),
            Some(("DynamoDBStreams_20120810", operation)) => self.streams(operation, body),
            _ => Answer::unknown_operation(),
        }
    }

    /// Deletes the items whose time to live is over, as AWS does within days; says how many.
    pub fn sweep_ttl(&self) -> Result<usize, Error> {
        Ok(self.database.sweep_ttl()?)
    }

    fn tables(&self, operation: &str, body: &[u8]) -> Answer {
        let db = &self.database;
        match operation {
            "CreateTable" => run(body, |ask| db.create_table(ask)),
            "DeleteTable" => run(body, |ask| db.delete_table(ask)),
            "DescribeTable" => run(body, |ask| db.describe_table(ask)),
            "ListTables" => run(body, |ask| db.list_tables(ask)),
            "UpdateTable" => run(body, |ask| db.update_table(ask)),
            "PutItem" => run(body, |ask| db.put_item(ask)),
            "GetItem" => run(body, |ask| db.get_item(ask)),
            "DeleteItem" => run(body, |ask| db.delete_item(ask)),
            "UpdateItem" => run(body, |ask| db.update_item(ask)),
            "Query" => run(body, |ask| db.query(ask)),
            "Scan" => run(body, |ask| db.scan(ask)),
            "BatchGetItem" => run(body, |ask| db.batch_get_item(ask)),
            "BatchWriteItem" => run(body, |ask| db.batch_write_item(ask)),
            "TransactGetItems" => run(body, |ask| db.transact_get_items(ask)),
            "TransactWriteItems" => run(body, |ask| db.transact_write_items(ask)),
            "UpdateTimeToLive" => run(body, |ask| db.update_time_to_live(ask)),
            "DescribeTimeToLive" => run(body, |ask| db.describe_time_to_live(ask)),
            "TagResource" => run(body, |ask| db.tag_resource(ask)),
            "UntagResource" => run(body, |ask| db.untag_resource(ask)),
            "ListTagsOfResource" => run(body, |ask| db.list_tags_of_resource(ask)),
            "ExecuteStatement" => run(body, |ask| db.execute_statement(ask)),
            "BatchExecuteStatement" => run(body, |ask| db.batch_execute_statement(ask)),
            "ExecuteTransaction" => run(body, |ask| db.execute_transaction(ask)),
            _ => Answer::unknown_operation(),
        }
    }

    fn streams(&self, operation: &str, body: &[u8]) -> Answer {
        match operation {
            "ListStreams" => run(body, |ask| self.database.list_streams(ask)),
            "DescribeStream" => run(body, |ask| self.described(ask)),
            "GetShardIterator" => run(body, |ask| self.iterator(ask)),
            "GetRecords" => run(body, |ask| self.changed_records(ask)),
            _ => Answer::unknown_operation(),
        }
    }
}

fn run<Q: DeserializeOwned, A: Serialize>(
    body: &[u8],
    call: impl FnOnce(Q) -> dynoxide::Result<A>,
) -> Answer {
    match serde_json::from_slice(body)
        .map_err(|error| unreadable(&error))
        .and_then(call)
    {
        Ok(answer) => Answer::ok(&answer),
        Err(error) => {
            let body = error.to_json().into_bytes();
            Answer {
                status: error.status_code(),
                headers: Vec::new(),
                body,
            }
        }
    }
}

/// Dynoxide's request types begin their messages with the error they stand for.
fn unreadable(error: &serde_json::Error) -> DynoxideError {
    let text = error.to_string();
    let text = text.split(" at line ").next().unwrap_or_default();
    let (mark, message) = text.split_once(':').unwrap_or(("", text));
    match mark {
        "VALIDATION" | "VALIDATION_REQUEST" | "VALIDATION_AS_READ" => {
            DynoxideError::ValidationException(message.to_owned())
        }
        "SERIALIZATION" | "SERIALIZATION_AS_READ" => {
            DynoxideError::SerializationException(message.to_owned())
        }
        _ if error.is_data() => DynoxideError::ValidationException(text.to_owned()),
        _ => DynoxideError::SerializationException(text.to_owned()),
    }
}

/// A clock made of the caller's function.
struct GivenClock<F>(F);

impl<F: Fn() -> i64 + Send + Sync> GivenClock<F> {
    fn now(&self) -> std::time::Duration {
        std::time::Duration::from_millis((self.0)().max(0).unsigned_abs())
    }
}

impl<F: Fn() -> i64 + Send + Sync> Clock for GivenClock<F> {
    fn now_unix_secs(&self) -> u64 {
        self.now().as_secs()
    }

    fn now_unix_secs_f64(&self) -> f64 {
        self.now().as_secs_f64()
    }
}

#[cfg(test)]
mod tests;
