//! The AWS calls that make a shop's tables and queues where no Terraform runs: at the desk and in
//! simulated clouds.

use serde_json::{Value, json};

use crate::model::{Manifest, Queue, Table};
use crate::{Key, Physical};

/// One call of the AWS JSON protocol.
#[derive(Debug, Clone, PartialEq)]
pub struct Creation {
    /// `X-Amz-Target`.
    pub target: &'static str,
    /// The request.
    pub body: Value,
}

/// Messages are kept as long as SQS allows: 14 days.
const RETENTION_S: u32 = 14 * 24 * 3_600;

impl Manifest {
    /// The calls that make every table and queue, in an order that works. A table or queue that is
    /// already there answers with its own error or, for queues, its URL; neither is changed.
    pub fn creations(&self, physical: &Physical) -> Vec<Creation> {
        let tables = self
            .tables
            .values()
            .flat_map(|table| create_table(table, physical));
        let queues = self
            .queues
            .values()
            .flat_map(|queue| create_queue(queue, physical));
        tables.chain(queues).collect()
    }
}

fn create_table(table: &Table, physical: &Physical) -> Vec<Creation> {
    let name = physical.name(&table.name);
    let mut attributes: Vec<&str> = Vec::new();
    for key in std::iter::once(&table.key).chain(table.indexes.iter().map(|index| &index.key)) {
        attributes.extend(
            [Some(key.partition.as_str()), key.sort.as_deref()]
                .into_iter()
                .flatten(),
        );
    }
    attributes.sort_unstable();
    attributes.dedup();
    let definitions: Vec<Value> = attributes
        .iter()
        .map(|name| json!({ "AttributeName": name, "AttributeType": "S" }))
        .collect();
    let mut body = json!({
        "TableName": name, "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": definitions, "KeySchema": key_schema(&table.key),
    });
    if !table.indexes.is_empty() {
        let index = |index: &crate::Index| json!({ "IndexName": index.name, "KeySchema": key_schema(&index.key), "Projection": { "ProjectionType": "ALL" } });
        body["GlobalSecondaryIndexes"] = table.indexes.iter().map(index).collect();
    }
    if table.stream {
        body["StreamSpecification"] =
            json!({ "StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES" });
    }
    let mut calls = vec![Creation {
        target: "DynamoDB_20120810.CreateTable",
        body,
    }];
    if let Some(attribute) = &table.ttl {
        let body = json!({
            "TableName": name,
            "TimeToLiveSpecification": { "Enabled": true, "AttributeName": attribute },
        });
        calls.push(Creation {
            target: "DynamoDB_20120810.UpdateTimeToLive",
            body,
        });
    }
    calls
}

fn key_schema(key: &Key) -> Value {
    let mut schema = vec![json!({ "AttributeName": key.partition, "KeyType": "HASH" })];
    if let Some(sort) = &key.sort {
        schema.push(json!({ "AttributeName": sort, "KeyType": "RANGE" }));
    }
    Value::Array(schema)
}

fn create_queue(queue: &Queue, physical: &Physical) -> [Creation; 2] {
    let parked = physical.name(&queue.parked());
    let redrive = json!({
        "deadLetterTargetArn": format!("arn:aws:sqs:{}:000000000000:{parked}", physical.region),
        "maxReceiveCount": queue.receives_max,
    });
    let retention = RETENTION_S.to_string();
    let create = |body| Creation {
        target: "AmazonSQS.CreateQueue",
        body,
    };
    [
        create(json!({ "QueueName": parked, "Attributes": { "MessageRetentionPeriod": retention } })),
        create(json!({ "QueueName": physical.name(&queue.name), "Attributes": {
            "MessageRetentionPeriod": retention,
            "VisibilityTimeout": queue.visibility_s.to_string(),
            "RedrivePolicy": redrive.to_string(),
        } })),
    ]
}
