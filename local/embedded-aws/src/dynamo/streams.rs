//! A table's stream as one shard: read after a checkpoint, forget after a day.

use dynoxide::actions::describe_stream::{DescribeStreamRequest, DescribeStreamResponse};
use dynoxide::actions::get_records::{GetRecordsRequest, GetRecordsResponse, Record};
use dynoxide::actions::get_shard_iterator::{GetShardIteratorRequest, GetShardIteratorResponse};
use dynoxide::streams::{shard_id, stream_arn};
use rusqlite::Connection;
use serde_json::{Value, json};

use super::Dynamo;
use crate::{Error, REGION};

/// AWS keeps stream records for 24 hours.
const KEPT_MS: i64 = 24 * 60 * 60 * 1000;

/// Rows deleted in one transaction, so that pruning never holds up a write for long.
const PRUNED_AT_ONCE: i64 = 1000;

/// The records after a checkpoint, oldest first.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamBatch {
    /// Never more than asked for; empty when the reader has caught up.
    pub records: Vec<StreamRecord>,
    /// Where to read on: beyond the last record, and beyond those that were left out. The given
    /// checkpoint when there was nothing.
    pub checkpoint: Option<String>,
}

/// One change of one item.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamRecord {
    /// 21 digits; later is greater, also as text. A checkpoint is one of these.
    pub sequence_number: String,
    /// `INSERT`, `MODIFY` or `REMOVE`.
    pub event_name: String,
    /// The key attributes, as DynamoDB JSON.
    pub keys: Value,
    /// The item before, as DynamoDB JSON, when the stream's view has it.
    pub old_image: Option<Value>,
    /// The item after, as DynamoDB JSON, when the stream's view has it.
    pub new_image: Option<Value>,
    /// Seconds since 1970.
    pub approximate_creation_time_s: i64,
    /// True when time to live removed the item.
    pub expired: bool,
    table: String,
    view: String,
    size_bytes: i64,
}

impl StreamRecord {
    /// The record as a Lambda function receives it from an event source mapping.
    ///
    /// The event id is made of table and sequence number, so a record keeps its id however often it is read.
    pub fn lambda_record(&self, stream_arn: &str) -> Value {
        let mut change = json!({
            "ApproximateCreationDateTime": self.approximate_creation_time_s,
            "Keys": self.keys,
            "SequenceNumber": self.sequence_number,
            "SizeBytes": self.size_bytes,
            "StreamViewType": self.view,
        });
        for (name, image) in [("OldImage", &self.old_image), ("NewImage", &self.new_image)] {
            if let Some(image) = image {
                change[name] = image.clone();
            }
        }
        let id = md5::compute(format!("{}/{}", self.table, self.sequence_number));
        let mut record = json!({
            "eventID": format!("{id:x}"),
            "eventName": self.event_name,
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": REGION,
            "eventSourceARN": stream_arn,
            "dynamodb": change,
        });
        if self.expired {
            record["userIdentity"] = json!({ "type": "Service", "principalId": "dynamodb.amazonaws.com" });
        }
        record
    }
}

impl Dynamo {
    /// Up to `limit` (at most 1000) changes of a table after a checkpoint, or from the oldest kept one.
    ///
    /// An unknown checkpoint (not a sequence number) is refused. One that is older than what is kept
    /// reads on from the oldest record; AWS would end the reader there.
    pub fn records_after(
        &self,
        table: &str,
        checkpoint: Option<&str>,
        limit: usize,
    ) -> Result<StreamBatch, Error> {
        let no_stream = || Error::NoStream(table.to_owned());
        let meta = self
            .database
            .get_table_metadata(table)?
            .filter(|meta| meta.stream_enabled);
        let label = meta.ok_or_else(no_stream)?.stream_label.unwrap_or_default();
        let kind = if checkpoint.is_some() {
            "AFTER_SEQUENCE_NUMBER"
        } else {
            "TRIM_HORIZON"
        };
        let iterator = self.database.get_shard_iterator(GetShardIteratorRequest {
            stream_arn: stream_arn(table, &label),
            shard_id: shard_id(table),
            shard_iterator_type: kind.to_owned(),
            sequence_number: checkpoint.map(ToOwned::to_owned),
        })?;
        let mut batch = StreamBatch {
            records: Vec::new(),
            checkpoint: checkpoint.map(ToOwned::to_owned),
        };
        let mut next = iterator.shard_iterator;
        while let Some(shard_iterator) = next.take() {
            let page = self.database.get_records(GetRecordsRequest {
                shard_iterator,
                limit: Some(limit),
            })?;
            let Some(last) = page.records.last() else { break };
            batch.checkpoint = Some(last.dynamodb.sequence_number.clone());
            let changed = page.records.into_iter().filter(changes_something);
            batch.records.extend(changed.map(|record| read(table, record)));
            // A page of nothing but idle writes is not the end: look further.
            if batch.records.is_empty() {
                next = page.next_shard_iterator;
            }
        }
        Ok(batch)
    }

    /// Forgets stream records older than 24 hours; says how many. Call it now and then.
    ///
    /// The newest record of each table stays, for the next sequence number counts from it. A database in
    /// memory forgets nothing.
    pub fn prune_streams(&self, now_ms: i64) -> Result<usize, Error> {
        let Some(side) = &self.side else { return Ok(0) };
        let side = side.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut pruned = 0;
        loop {
            let count = prune_some(&side, (now_ms - KEPT_MS) / 1000)?;
            pruned += count;
            if count == 0 {
                return Ok(pruned);
            }
        }
    }

    /// `DescribeStream` with a shard id as long as SDKs insist on.
    pub(super) fn described(
        &self,
        request: DescribeStreamRequest,
    ) -> dynoxide::Result<DescribeStreamResponse> {
        let mut answer = self.database.describe_stream(request)?;
        for shard in &mut answer.stream_description.shards {
            shard.shard_id = long_shard_id(&answer.stream_description.table_name);
        }
        Ok(answer)
    }

    /// `GetShardIterator` of a shard by that id.
    pub(super) fn iterator(
        &self,
        mut request: GetShardIteratorRequest,
    ) -> dynoxide::Result<GetShardIteratorResponse> {
        if let Some(table) = request.stream_arn.split('/').nth(1)
            && request.shard_id == long_shard_id(table)
        {
            request.shard_id = shard_id(table);
        }
        self.database.get_shard_iterator(request)
    }

    /// `GetRecords` without the records of writes that changed nothing.
    pub(super) fn changed_records(&self, request: GetRecordsRequest) -> dynoxide::Result<GetRecordsResponse> {
        let mut page = self.database.get_records(request)?;
        page.records.retain(changes_something);
        for record in &mut page.records {
            REGION.clone_into(&mut record.aws_region);
        }
        Ok(page)
    }
}

/// Dynoxide's shard id, at least 28 characters long also for a table of a short name.
fn long_shard_id(table: &str) -> String {
    format!("{:0<28}", shard_id(table))
}

fn prune_some(side: &Connection, before_s: i64) -> rusqlite::Result<usize> {
    side.prepare_cached(
        "DELETE FROM _stream_records WHERE id IN (
             SELECT id FROM _stream_records WHERE created_at < ?1
             AND id NOT IN (SELECT MAX(id) FROM _stream_records GROUP BY table_name)
             ORDER BY id LIMIT ?2)",
    )?
    .execute((before_s, PRUNED_AT_ONCE))
}

fn changes_something(record: &Record) -> bool {
    let change = &record.dynamodb;
    record.event_name != "MODIFY" || change.old_image.is_none() || change.old_image != change.new_image
}

fn read(table: &str, record: Record) -> StreamRecord {
    let change = record.dynamodb;
    let image = |item: dynoxide::Item| json!(item);
    #[expect(
        clippy::cast_possible_truncation,
        reason = "dynoxide keeps whole seconds and answers a float"
    )]
    let approximate_creation_time_s = change.approximate_creation_date_time as i64;
    StreamRecord {
        sequence_number: change.sequence_number,
        event_name: record.event_name,
        keys: image(change.keys),
        old_image: change.old_image.map(image),
        new_image: change.new_image.map(image),
        approximate_creation_time_s,
        expired: record.user_identity.is_some(),
        table: table.to_owned(),
        view: change.stream_view_type,
        size_bytes: change.size_bytes,
    }
}
