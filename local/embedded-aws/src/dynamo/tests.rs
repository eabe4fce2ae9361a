//! What DynamoDB promises beyond dynoxide's own tests, as sentences.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use rusqlite::Connection;
use serde_json::{Value, json};

use super::Dynamo;
use crate::Error;

const HOUR_MS: i64 = 60 * 60 * 1000;

/// What dynoxide asks its private table at every put, and at every read of a stream.
const STREAM_QUERIES: [&str; 2] = [
    "SELECT COALESCE(MAX(CAST(sequence_number AS INTEGER)), 0) + 1 FROM _stream_records WHERE table_name = ?1",
    "SELECT event_name, keys_json, new_image, old_image, sequence_number, created_at, user_identity, event_id
     FROM _stream_records
     WHERE table_name = ?1 AND shard_id = ?2 AND CAST(sequence_number AS INTEGER) > ?3
     ORDER BY CAST(sequence_number AS INTEGER) ASC LIMIT ?4",
];

fn ask(dynamo: &Dynamo, target: &str, body: &Value) -> Result<Value, Value> {
    let answer = dynamo.handle(target, body.to_string().as_bytes());
    let body = serde_json::from_slice(&answer.body).unwrap();
    if answer.status == 200 { Ok(body) } else { Err(body) }
}

fn call(dynamo: &Dynamo, operation: &str, body: &Value) -> Value {
    ask(dynamo, &format!("DynamoDB_20120810.{operation}"), body).unwrap()
}

fn create(dynamo: &Dynamo, table: &str) {
    let request = json!({ "TableName": table, "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{ "AttributeName": "pk", "KeyType": "HASH" }],
        "AttributeDefinitions": [{ "AttributeName": "pk", "AttributeType": "S" }],
        "StreamSpecification": { "StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES" } });
    call(dynamo, "CreateTable", &request);
}

fn item(pk: &str, n: i64) -> Value {
    json!({ "pk": { "S": pk }, "n": { "N": n.to_string() } })
}

fn put(dynamo: &Dynamo, table: &str, pk: &str, n: i64) {
    call(
        dynamo,
        "PutItem",
        &json!({ "TableName": table, "Item": item(pk, n) }),
    );
}

fn memory() -> Dynamo {
    let dynamo = Dynamo::memory().unwrap();
    create(&dynamo, "things");
    dynamo
}

#[test]
fn an_item_is_read_as_it_was_put() {
    let dynamo = memory();
    put(&dynamo, "things", "a", 1);
    let request = json!({ "TableName": "things", "Key": { "pk": { "S": "a" } } });
    assert_eq!(call(&dynamo, "GetItem", &request)["Item"], item("a", 1));
}

#[test]
fn a_failed_condition_has_awss_error_and_the_old_item() {
    let dynamo = memory();
    put(&dynamo, "things", "a", 1);
    let request = json!({ "TableName": "things", "Item": item("a", 2), "ConditionExpression": "attribute_not_exists(pk)",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD" });
    let error = ask(&dynamo, "DynamoDB_20120810.PutItem", &request).unwrap_err();
    assert_eq!(
        error["__type"],
        "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"
    );
    assert_eq!(error["Item"], item("a", 1));
}

#[test]
fn nonsense_is_the_callers_fault() {
    let dynamo = memory();
    let kind = |target: &str, body: &[u8]| {
        let answer = dynamo.handle(target, body);
        assert_eq!(answer.status, 400);
        let body: Value = serde_json::from_slice(&answer.body).unwrap();
        body["__type"]
            .as_str()
            .unwrap()
            .rsplit('#')
            .next()
            .unwrap()
            .to_owned()
    };
    assert_eq!(
        kind("DynamoDB_20120810.DescribeLimits", b"{}"),
        "UnknownOperationException"
    );
    assert_eq!(
        kind("DynamoDBStreams_20120810.PutItem", b"{}"),
        "UnknownOperationException"
    );
    assert_eq!(kind("AmazonSQS.SendMessage", b"{}"), "UnknownOperationException");
    assert_eq!(kind("DynamoDB_20120810.PutItem", b"{"), "SerializationException");
    assert_eq!(kind("DynamoDB_20120810.PutItem", b"{}"), "ValidationException");
    let two = br#"{"TableName":"things","Item":{"pk":{"S":"a","N":"1"}}}"#;
    assert_eq!(kind("DynamoDB_20120810.PutItem", two), "ValidationException");
}

#[test]
fn two_databases_in_memory_share_nothing() {
    let (one, two) = (memory(), Dynamo::memory().unwrap());
    put(&one, "things", "a", 1);
    assert_eq!(call(&two, "ListTables", &json!({})), json!({ "TableNames": [] }));
}

#[test]
fn changes_are_read_in_order_and_after_a_checkpoint() {
    let dynamo = memory();
    put(&dynamo, "things", "a", 1);
    put(&dynamo, "things", "a", 2);
    call(
        &dynamo,
        "DeleteItem",
        &json!({ "TableName": "things", "Key": { "pk": { "S": "a" } } }),
    );

    let first = dynamo.records_after("things", None, 2).unwrap();
    let names: Vec<&str> = first
        .records
        .iter()
        .map(|record| record.event_name.as_str())
        .collect();
    assert_eq!(names, ["INSERT", "MODIFY"]);
    assert_eq!(first.records[0].old_image, None);
    assert_eq!(first.records[1].old_image, Some(item("a", 1)));
    assert_eq!(first.records[1].new_image, Some(item("a", 2)));
    assert_eq!(first.records[1].keys, json!({ "pk": { "S": "a" } }));
    assert_eq!(first.checkpoint.as_ref(), Some(&first.records[1].sequence_number));

    let rest = dynamo
        .records_after("things", first.checkpoint.as_deref(), 2)
        .unwrap();
    assert_eq!(rest.records.len(), 1);
    assert_eq!(rest.records[0].event_name, "REMOVE");
    let end = dynamo
        .records_after("things", rest.checkpoint.as_deref(), 2)
        .unwrap();
    assert!(end.records.is_empty());
    assert_eq!(end.checkpoint, rest.checkpoint);
}

#[test]
fn a_write_that_changes_nothing_leaves_no_record() {
    let dynamo = memory();
    put(&dynamo, "things", "a", 1);
    for _ in 0..5 {
        put(&dynamo, "things", "a", 1);
    }
    put(&dynamo, "things", "a", 2);
    // A page that holds only idle writes does not look like the end.
    let first = dynamo.records_after("things", None, 1).unwrap();
    let second = dynamo
        .records_after("things", first.checkpoint.as_deref(), 1)
        .unwrap();
    assert_eq!(second.records[0].new_image, Some(item("a", 2)));

    let streams = |operation: &str, body: &Value| {
        ask(&dynamo, &format!("DynamoDBStreams_20120810.{operation}"), body).unwrap()
    };
    let arn = streams("ListStreams", &json!({ "TableName": "things" }))["Streams"][0]["StreamArn"].clone();
    let shard =
        streams("DescribeStream", &json!({ "StreamArn": arn }))["StreamDescription"]["Shards"][0]["ShardId"]
            .clone();
    let start = json!({ "StreamArn": arn, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON" });
    let iterator = streams("GetShardIterator", &start)["ShardIterator"].clone();
    let page = streams("GetRecords", &json!({ "ShardIterator": iterator }));
    assert_eq!(page["Records"].as_array().unwrap().len(), 2);
    assert!(page["NextShardIterator"].is_string());
}

#[test]
fn a_lambda_record_keeps_its_id_and_has_awss_shape() {
    let dynamo = memory();
    put(&dynamo, "things", "a", 1);
    put(&dynamo, "things", "b", 1);
    let read = || {
        let records = dynamo.records_after("things", None, 10).unwrap().records;
        records
            .iter()
            .map(|record| record.lambda_record("arn:stream"))
            .collect::<Vec<_>>()
    };
    let records = read();
    assert_eq!(records, read());
    assert_ne!(records[0]["eventID"], records[1]["eventID"]);
    assert_eq!(records[0]["eventName"], "INSERT");
    assert_eq!(records[0]["eventSourceARN"], "arn:stream");
    assert_eq!(records[0]["dynamodb"]["NewImage"], item("a", 1));
    assert!(records[0]["dynamodb"].get("OldImage").is_none());
}

#[test]
fn a_table_without_a_stream_cannot_be_followed() {
    let dynamo = memory();
    let request = json!({ "TableName": "things", "StreamSpecification": { "StreamEnabled": false } });
    call(&dynamo, "UpdateTable", &request);
    assert!(matches!(
        dynamo.records_after("things", None, 1),
        Err(Error::NoStream(_))
    ));
    assert!(matches!(
        dynamo.records_after("nope", None, 1),
        Err(Error::NoStream(_))
    ));
    assert!(matches!(
        memory().records_after("things", Some("17"), 1),
        Err(Error::Dynamo(_))
    ));
}

#[test]
fn the_given_clock_decides_stream_times_and_what_has_expired() {
    let now_ms = Arc::new(AtomicI64::new(1_700_000_000_000));
    let clock = Arc::clone(&now_ms);
    let dynamo = Dynamo::memory_at(move || clock.load(Ordering::Relaxed)).unwrap();
    create(&dynamo, "things");
    let ttl = json!({ "TableName": "things", "TimeToLiveSpecification": { "Enabled": true, "AttributeName": "n" } });
    call(&dynamo, "UpdateTimeToLive", &ttl);
    put(&dynamo, "things", "a", 1_700_000_060);
    let insert = dynamo.records_after("things", None, 1).unwrap();
    assert_eq!(insert.records[0].approximate_creation_time_s, 1_700_000_000);
    assert!(!insert.records[0].expired);

    assert_eq!(dynamo.sweep_ttl().unwrap(), 0);
    now_ms.fetch_add(61_000, Ordering::Relaxed);
    assert_eq!(dynamo.sweep_ttl().unwrap(), 1);
    let swept = dynamo
        .records_after("things", insert.checkpoint.as_deref(), 1)
        .unwrap();
    assert_eq!(swept.records[0].event_name, "REMOVE");
    assert!(swept.records[0].expired);
    assert_eq!(
        swept.records[0].lambda_record("arn")["userIdentity"]["type"],
        "Service"
    );
}

/// How many steps SQLite's machine takes for each of the stream queries on a copy of the database.
fn steps(dynamo: &Dynamo) -> [i32; 2] {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.sqlite");
    dynamo.database.vacuum_into(copy.to_str().unwrap()).unwrap();
    let copy = Connection::open(&copy).unwrap();
    let last = i64::MAX;
    STREAM_QUERIES.map(|query| {
        let mut statement = copy.prepare(query).unwrap();
        match statement.parameter_count() {
            1 => assert!(statement.exists(["things"]).unwrap()),
            _ => assert!(!statement.exists(("things", "shard", last, 10)).unwrap()),
        }
        statement.get_status(rusqlite::StatementStatus::VmStep)
    })
}

#[test]
fn the_cost_of_a_put_does_not_grow_with_the_stream() {
    let folder = tempfile::tempdir().unwrap();
    let on_file = Dynamo::open(&folder.path().join("dynamo.sqlite")).unwrap();
    create(&on_file, "things");
    for dynamo in [on_file, memory()] {
        put(&dynamo, "things", "a", 0);
        let few = steps(&dynamo);
        for n in 1..300 {
            put(&dynamo, "things", "a", n);
        }
        assert_eq!(steps(&dynamo), few);
        assert!(few.iter().all(|steps| *steps > 0));
    }
}

#[test]
fn records_older_than_a_day_are_pruned_but_for_the_last_of_each_table() {
    let folder = tempfile::tempdir().unwrap();
    let dynamo = Dynamo::open(&folder.path().join("dynamo.sqlite")).unwrap();
    create(&dynamo, "things");
    create(&dynamo, "others");
    for n in 0..1500 {
        put(&dynamo, "things", "a", n);
    }
    put(&dynamo, "others", "a", 1);
    let first = dynamo.records_after("things", None, 1).unwrap();
    let written_ms = first.records[0].approximate_creation_time_s * 1000;
    assert_eq!(dynamo.prune_streams(written_ms + 24 * HOUR_MS).unwrap(), 0);
    assert_eq!(dynamo.prune_streams(written_ms + 48 * HOUR_MS).unwrap(), 1499);
    let rest = dynamo.records_after("things", None, 10).unwrap();
    assert_eq!(rest.records.len(), 1);
    assert_eq!(rest.records[0].new_image, Some(item("a", 1499)));
    assert_eq!(dynamo.records_after("others", None, 10).unwrap().records.len(), 1);
    put(&dynamo, "things", "a", -1);
    assert_eq!(
        dynamo
            .records_after("things", rest.checkpoint.as_deref(), 10)
            .unwrap()
            .records
            .len(),
        1
    );
}

#[test]
fn what_was_acknowledged_survives_a_process_that_never_closed_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("dynamo.sqlite");
    let before = Dynamo::open(&file).unwrap();
    create(&before, "things");
    put(&before, "things", "a", 1);
    let checkpoint = before.records_after("things", None, 10).unwrap().checkpoint;
    put(&before, "things", "a", 2);
    std::mem::forget(before);

    let after = Dynamo::open(&file).unwrap();
    let request = json!({ "TableName": "things", "Key": { "pk": { "S": "a" } } });
    assert_eq!(call(&after, "GetItem", &request)["Item"], item("a", 2));
    let missed = after.records_after("things", checkpoint.as_deref(), 10).unwrap();
    assert_eq!(missed.records[0].new_image, Some(item("a", 2)));
}
