//! A table's stream as an event source: in order, from a checkpoint that is kept.

use std::{sync::Arc, time::Duration};

use embedded_aws::StreamBatch;
use manifest::StreamTrigger;
use serde_json::{Value, json};

use super::batch::{Verdict, verdict};
use crate::{cloud::Cloud, functions::Pool, moment};

/// The first and the longest delay before a failed batch is tried again.
const RETRY: Duration = Duration::from_millis(50);
const RETRY_MAX: Duration = Duration::from_secs(2);
/// Without a wake the stream is looked at so often (expired items are removed by nobody's call).
const LOOK: Duration = Duration::from_secs(30);

/// The member of a parked message that holds the records themselves; AWS names only their range.
pub(crate) const PARKED_RECORDS: &str = "payload";

/// Serves one stream for ever.
pub(crate) async fn run(cloud: Arc<Cloud>, pool: Arc<Pool>, trigger: StreamTrigger) {
    let table = cloud.physical.name(&trigger.table);
    let region = embedded_aws::REGION;
    let arn = format!(
        "arn:aws:dynamodb:{region}:{}:table/{table}/stream/local",
        embedded_aws::ACCOUNT
    );
    let mut source = Source {
        limit: trigger.batch as usize,
        attempts: 0,
        cloud,
        pool,
        trigger,
        table,
        arn,
    };
    loop {
        source.turn().await;
    }
}

struct Source {
    cloud: Arc<Cloud>,
    pool: Arc<Pool>,
    trigger: StreamTrigger,
    /// Physical name of the table.
    table: String,
    arn: String,
    /// Records of the next batch: halved after a failure, so that one bad record is found.
    limit: usize,
    /// Failures since the checkpoint moved.
    attempts: u32,
}

impl Source {
    async fn turn(&mut self) {
        let cloud = self.cloud.clone();
        let written = cloud.wakes.table(&self.table).notified();
        let mut written = std::pin::pin!(written);
        written.as_mut().enable();
        let batch = match self.read().await {
            Ok(batch) => batch,
            Err(error) => {
                self.cloud.logs.alarm(
                    "",
                    &format!("the stream of {} is unreadable: {error:#}", self.table),
                );
                tokio::time::sleep(RETRY_MAX).await;
                return;
            }
        };
        if batch.records.is_empty() {
            if let Some(checkpoint) = batch.checkpoint {
                self.advance(checkpoint);
            }
            tokio::time::timeout(LOOK, written).await.unwrap_or_default();
            return;
        }
        self.pool.until_built().await;
        self.deliver(batch).await;
    }

    async fn read(&self) -> anyhow::Result<StreamBatch> {
        let (cloud, table, limit) = (self.cloud.clone(), self.table.clone(), self.limit);
        let checkpoint = cloud.progress.get(&self.pool.kind.name);
        let read = move || cloud.dynamo.records_after(&table, checkpoint.as_deref(), limit);
        Ok(tokio::task::spawn_blocking(read).await??)
    }

    async fn deliver(&mut self, batch: StreamBatch) {
        let records: Vec<Value> = batch
            .records
            .iter()
            .map(|record| record.lambda_record(&self.arn))
            .collect();
        let ids: Vec<&str> = batch
            .records
            .iter()
            .map(|record| record.sequence_number.as_str())
            .collect();
        let event = json!({ "Records": records });
        let (request_id, outcome) = self.pool.invoke(event.to_string().into()).await;
        let last = batch
            .checkpoint
            .clone()
            .unwrap_or_else(|| ids.last().copied().unwrap_or_default().to_owned());
        match verdict(&outcome, &ids) {
            Verdict::Done => self.advance(last),
            Verdict::Failed(failed) => {
                // Records before the first failure are done; it and all after it come again.
                let first = ids.iter().position(|id| failed.contains(*id)).unwrap_or(0);
                match first.checked_sub(1) {
                    Some(before) => self.advance(ids[before].to_owned()),
                    None => {
                        self.failed(&request_id, "it named the first record", last, &event)
                            .await;
                    }
                }
            }
            Verdict::AllFailed(reason) => self.failed(&request_id, &reason, last, &event).await,
        }
    }

    /// Tries again later with fewer records, or gives the batch up.
    async fn failed(&mut self, request_id: &str, reason: &str, last: String, event: &Value) {
        let function = self.pool.kind.name.clone();
        let count = event["Records"].as_array().map_or(0, Vec::len);
        if self.attempts >= self.trigger.retries_max && count <= 1 {
            let sentence = format!(
                "{function} gave up on a record of {}, it is parked: {reason}",
                self.table
            );
            self.cloud.logs.alarm(request_id, &sentence);
            if self.park(request_id, reason, event).await {
                self.advance(last);
                return;
            }
        } else {
            let sentence = format!(
                "{function} failed on {count} records of {}, they come again: {reason}",
                self.table
            );
            self.cloud.logs.alarm(request_id, &sentence);
        }
        if count > 1 {
            self.limit = count / 2;
        } else {
            self.attempts += 1;
        }
        tokio::time::sleep((RETRY * 2_u32.pow(self.attempts.min(8))).min(RETRY_MAX)).await;
    }

    /// Puts the records on the function's parked queue, in the shape of AWS's failure destination.
    async fn park(&self, request_id: &str, reason: &str, event: &Value) -> bool {
        let function = &self.pool.kind.name;
        let records = event["Records"].as_array().map(Vec::as_slice).unwrap_or_default();
        let sequence = |record: Option<&Value>| record.map(|r| r["dynamodb"]["SequenceNumber"].clone());
        let body = json!({
            "version": "1.0",
            "timestamp": moment::now_text(),
            "requestContext": {
                "requestId": request_id,
                "functionArn": self.pool.kind.arn,
                "condition": "RetryAttemptsExhausted",
                "approximateInvokeCount": self.attempts + 1,
            },
            "responseContext": { "statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled" },
            "DDBStreamBatchInfo": {
                "startSequenceNumber": sequence(records.first()),
                "endSequenceNumber": sequence(records.last()),
                "batchSize": records.len(),
                "streamArn": self.arn,
            },
            PARKED_RECORDS: event,
        });
        let ask = json!({
            "QueueUrl": self.cloud.physical.queue_url(&manifest::parked(function)),
            "MessageBody": body.to_string(),
            "MessageAttributes": { "reason": { "DataType": "String", "StringValue": reason } },
        });
        let cloud = self.cloud.clone();
        let send = move || {
            cloud.sqs.handle(
                "AmazonSQS.SendMessage",
                ask.to_string().as_bytes(),
                moment::now_ms(),
            )
        };
        tokio::task::spawn_blocking(send)
            .await
            .is_ok_and(|answer| answer.status == 200)
    }

    fn advance(&mut self, checkpoint: String) {
        self.attempts = 0;
        self.limit = (self.limit * 2).min(self.trigger.batch as usize);
        let function = &self.pool.kind.name;
        if self.cloud.progress.get(function).as_ref() == Some(&checkpoint) {
            return;
        }
        if let Err(error) = self.cloud.data.keep_checkpoint(function, &checkpoint) {
            // Records may be delivered again after a restart, which is allowed.
            self.cloud.logs.alarm("", &format!("{error:#}"));
        }
        self.cloud.progress.set(function, checkpoint);
        self.cloud.wakes.stirred();
    }
}
