//! The AWS calls that make a shop's tables and queues where no Terraform runs: at the desk and in
//! simulated clouds.

use std::collections::BTreeMap;

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
/// The account that the embedded services say they are.
const ACCOUNT: &str = "000000000000";

impl Manifest {
    /// The calls that make every table and queue, in an order that works. A table that is already
    /// there answers with its own error; a queue is brought up to date.
    pub fn creations(&self, physical: &Physical) -> Vec<Creation> {
        let tables = self.tables.values().flat_map(|table| table.creations(physical));
        tables.chain(self.queue_creations(physical)).collect()
    }

    /// The calls that make every queue, what is parked first. Each queue is made by its name and
    /// then told its attributes, so that doing it again brings an older one up to date.
    pub fn queue_creations(&self, physical: &Physical) -> Vec<Creation> {
        let queues: BTreeMap<&str, &Queue> = self
            .queues
            .values()
            .map(|queue| (queue.name.as_str(), queue))
            .collect();
        let mut names = self.queue_names();
        names.sort_by_key(|name| queues.contains_key(name.as_str()));
        names
            .iter()
            .flat_map(|name| create_queue(name, queues.get(name.as_str()).copied(), physical))
            .collect()
    }
}

impl Table {
    /// The call that makes it, and the one that turns on its time to live.
    pub fn creations(&self, physical: &Physical) -> Vec<Creation> {
        create_table(self, physical)
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

fn create_queue(name: &str, queue: Option<&Queue>, physical: &Physical) -> [Creation; 2] {
    let mut attributes = json!({ "MessageRetentionPeriod": RETENTION_S.to_string() });
    if let Some(queue) = queue {
        let parked = physical.name(&queue.parked());
        let redrive = json!({
            "deadLetterTargetArn": format!("arn:aws:sqs:{}:{ACCOUNT}:{parked}", physical.region),
            "maxReceiveCount": queue.receives_max,
        });
        attributes["VisibilityTimeout"] = queue.visibility_s.to_string().into();
        attributes["RedrivePolicy"] = redrive.to_string().into();
    }
    let create = json!({ "QueueName": physical.name(name) });
    let set = json!({ "QueueUrl": physical.queue_url(name), "Attributes": attributes });
    [
        ("AmazonSQS.CreateQueue", create),
        ("AmazonSQS.SetQueueAttributes", set),
    ]
    .map(|(target, body)| Creation { target, body })
}
