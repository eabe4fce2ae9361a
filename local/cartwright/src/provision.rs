//! The first start: tables, queues and the staff key, as the manifest wants them.
//!
//! Doing it again is harmless; a table that an older manifest made differently is refused.

use std::collections::BTreeMap;

use anyhow::{bail, ensure};
use embedded_aws::{Answer, Dynamo, Sqs};
use manifest::{Creation, Manifest, Physical};
use serde_json::{Value, json};

use crate::{api_key, moment};

/// Makes every table that is missing.
pub(crate) fn tables(dynamo: &Dynamo, manifest: &Manifest, physical: &Physical) -> anyhow::Result<()> {
    for table in manifest.tables.values() {
        let creations = table.creations(physical);
        let ask = json!({ "TableName": physical.name(&table.name) }).to_string();
        let described = dynamo.handle("DynamoDB_20120810.DescribeTable", ask.as_bytes());
        if described.status == 200 {
            let described: Value = serde_json::from_slice(&described.body)?;
            let same = creations
                .first()
                .is_some_and(|wanted| shape(&described["Table"]) == shape(&wanted.body));
            ensure!(
                same,
                "table `{}` was made by another manifest (see {}); start with a new --data folder",
                table.name,
                table.place
            );
            continue;
        }
        for Creation { target, body } in creations {
            done(target, &dynamo.handle(target, body.to_string().as_bytes()))?;
        }
    }
    Ok(())
}

/// Makes every queue that is missing, parked ones first, and brings the attributes up to date.
pub(crate) fn queues(sqs: &Sqs, manifest: &Manifest, physical: &Physical) -> anyhow::Result<()> {
    for Creation { target, body } in manifest.queue_creations(physical) {
        done(
            target,
            &sqs.handle(target, body.to_string().as_bytes(), moment::now_ms()),
        )?;
    }
    Ok(())
}

/// Enters the first staff key; true when it was not there yet.
pub(crate) fn staff_key(dynamo: &Dynamo, physical: &Physical, key: &str) -> anyhow::Result<bool> {
    let Some(row) = api_key::row(key, "first staff key", &["*"]) else {
        bail!("the staff key in book.json is damaged");
    };
    let ask = json!({
        "TableName": physical.name("authority"),
        "ConditionExpression": "attribute_not_exists(pk)",
        "Item": row,
    });
    let answer = dynamo.handle("DynamoDB_20120810.PutItem", ask.to_string().as_bytes());
    if answer.status == 400 && String::from_utf8_lossy(&answer.body).contains("ConditionalCheckFailed") {
        return Ok(false);
    }
    done("PutItem", &answer).map(|()| true)
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

fn done(operation: &str, answer: &Answer) -> anyhow::Result<()> {
    ensure!(
        answer.status == 200,
        "{operation} was refused: {}",
        String::from_utf8_lossy(&answer.body)
    );
    Ok(())
}
