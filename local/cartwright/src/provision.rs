//! The first start: tables, queues and the staff key, as the manifest wants them.
//!
//! Doing it again is harmless; a table that an older manifest made differently is refused.

use std::collections::BTreeMap;

use anyhow::{bail, ensure};
use embedded_aws::{Answer, Dynamo, Sqs};
use manifest::{Key, Manifest, Physical, Queue, Table};
use serde_json::{Value, json};

use crate::{moment, random};

/// What SQS keeps at most: parked messages stay that long.
const PARKED_KEPT_S: u32 = 14 * 24 * 60 * 60;

/// Makes every table that is missing.
pub(crate) fn tables(dynamo: &Dynamo, manifest: &Manifest, physical: &Physical) -> anyhow::Result<()> {
    for table in manifest.tables.values() {
        let name = physical.name(&table.name);
        let wanted = definition(&name, table);
        let described = dynamo.handle("DynamoDB_20120810.DescribeTable", named(&name).as_bytes());
        if described.status == 200 {
            let described: Value = serde_json::from_slice(&described.body)?;
            let same = shape(&described["Table"]) == shape(&wanted);
            ensure!(
                same,
                "table `{}` was made by another manifest (see {}); start with a new --data folder",
                table.name,
                table.place
            );
            continue;
        }
        done(
            "CreateTable",
            &dynamo.handle("DynamoDB_20120810.CreateTable", wanted.to_string().as_bytes()),
        )?;
        if let Some(ttl) = &table.ttl {
            let ask = json!({
                "TableName": name,
                "TimeToLiveSpecification": { "Enabled": true, "AttributeName": ttl },
            });
            done(
                "UpdateTimeToLive",
                &dynamo.handle("DynamoDB_20120810.UpdateTimeToLive", ask.to_string().as_bytes()),
            )?;
        }
    }
    Ok(())
}

/// Makes every queue that is missing, parked ones first, and brings the attributes up to date.
pub(crate) fn queues(sqs: &Sqs, manifest: &Manifest, physical: &Physical) -> anyhow::Result<()> {
    let sources: BTreeMap<&str, &Queue> = manifest
        .queues
        .values()
        .map(|queue| (queue.name.as_str(), queue))
        .collect();
    let mut names = manifest.queue_names();
    names.sort_by_key(|name| sources.contains_key(name.as_str()));
    for name in names {
        let attributes = match sources.get(name.as_str()) {
            Some(queue) => {
                let target = format!(
                    "arn:aws:sqs:{}:{}:{}",
                    physical.region,
                    embedded_aws::ACCOUNT,
                    physical.name(&queue.parked())
                );
                let redrive = json!({ "deadLetterTargetArn": target, "maxReceiveCount": queue.receives_max });
                json!({
                    "VisibilityTimeout": queue.visibility_s.to_string(),
                    "RedrivePolicy": redrive.to_string(),
                })
            }
            None => json!({ "MessageRetentionPeriod": PARKED_KEPT_S.to_string() }),
        };
        let create = json!({ "QueueName": physical.name(&name) });
        let now = moment::now_ms();
        done(
            "CreateQueue",
            &sqs.handle("AmazonSQS.CreateQueue", create.to_string().as_bytes(), now),
        )?;
        let set = json!({ "QueueUrl": physical.queue_url(&name), "Attributes": attributes });
        done(
            "SetQueueAttributes",
            &sqs.handle("AmazonSQS.SetQueueAttributes", set.to_string().as_bytes(), now),
        )?;
    }
    Ok(())
}

/// Enters the first staff key; true when it was not there yet.
pub(crate) fn staff_key(dynamo: &Dynamo, physical: &Physical, key: &str) -> anyhow::Result<bool> {
    let Some((id, secret)) = key.strip_prefix("cw_sk_").and_then(|rest| rest.split_once('_')) else {
        bail!("the staff key in book.json is damaged");
    };
    let ask = json!({
        "TableName": physical.name("authority"),
        "ConditionExpression": "attribute_not_exists(pk)",
        "Item": {
            "pk": { "S": format!("key#key_{id}") },
            "sk": { "S": "key" },
            "key_id": { "S": format!("key_{id}") },
            "name": { "S": "first staff key" },
            "secret_hash": { "S": random::sha256_hex(secret) },
            "scopes": { "L": [{ "S": "*" }] },
            "created_at": { "S": moment::now_text() },
        },
    });
    let answer = dynamo.handle("DynamoDB_20120810.PutItem", ask.to_string().as_bytes());
    if answer.status == 400 && String::from_utf8_lossy(&answer.body).contains("ConditionalCheckFailed") {
        return Ok(false);
    }
    done("PutItem", &answer).map(|()| true)
}

fn definition(name: &str, table: &Table) -> Value {
    let keys = std::iter::once(&table.key).chain(table.indexes.iter().map(|index| &index.key));
    let mut attributes: Vec<&String> = keys
        .flat_map(|key| std::iter::once(&key.partition).chain(&key.sort))
        .collect();
    attributes.sort();
    attributes.dedup();
    let attributes: Vec<Value> = attributes
        .into_iter()
        .map(|name| json!({ "AttributeName": name, "AttributeType": "S" }))
        .collect();
    let indexes: Vec<Value> = table
        .indexes
        .iter()
        .map(|index| {
            json!({
                "IndexName": index.name,
                "KeySchema": key_schema(&index.key),
                "Projection": { "ProjectionType": "ALL" },
            })
        })
        .collect();
    let mut definition = json!({
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": attributes,
        "KeySchema": key_schema(&table.key),
    });
    if !indexes.is_empty() {
        definition["GlobalSecondaryIndexes"] = indexes.into();
    }
    if table.stream {
        definition["StreamSpecification"] =
            json!({ "StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES" });
    }
    definition
}

fn key_schema(key: &Key) -> Value {
    let hash = json!({ "AttributeName": key.partition, "KeyType": "HASH" });
    let range = key
        .sort
        .as_ref()
        .map(|sort| json!({ "AttributeName": sort, "KeyType": "RANGE" }));
    std::iter::once(hash).chain(range).collect()
}

/// Key, indexes and stream of a description or a definition, comparable.
fn shape(table: &Value) -> (Value, BTreeMap<String, Value>, bool) {
    let indexes = table["GlobalSecondaryIndexes"].as_array().into_iter().flatten();
    let indexes = indexes
        .map(|index| {
            (
                index["IndexName"].as_str().unwrap_or_default().to_owned(),
                index["KeySchema"].clone(),
            )
        })
        .collect();
    let stream = table["StreamSpecification"]["StreamEnabled"]
        .as_bool()
        .unwrap_or(false);
    (table["KeySchema"].clone(), indexes, stream)
}

fn named(table: &str) -> String {
    json!({ "TableName": table }).to_string()
}

fn done(operation: &str, answer: &Answer) -> anyhow::Result<()> {
    ensure!(
        answer.status == 200,
        "{operation} was refused: {}",
        String::from_utf8_lossy(&answer.body)
    );
    Ok(())
}
