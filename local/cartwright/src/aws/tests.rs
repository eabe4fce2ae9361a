//! What a call does to what, and whether the manifest grants it.

use std::path::Path;

use manifest::{Manifest, Physical, Resource};
use serde_json::{Value, json};

use super::{Ask, Rights};

fn rights() -> Rights {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra/manifest");
    let manifest = Manifest::read(&folder).unwrap_or_else(|error| panic!("{error}"));
    Rights::new(&manifest, physical())
}

fn physical() -> Physical {
    Physical {
        app: "cartwright".into(),
        env: "local".into(),
        region: "local".into(),
        queue_base_url: "http://127.0.0.1:1/000000000000".into(),
        shop_url: "http://127.0.0.1:1".into(),
        storefront_url: "http://127.0.0.1:1".into(),
        mail_from: "shop@example.com".into(),
        log_level: None,
        secrets: std::collections::BTreeMap::new(),
    }
}

fn dynamo(operation: &str, body: &Value) -> Ask {
    Ask::read(
        &format!("DynamoDB_20120810.{operation}"),
        body.to_string().as_bytes(),
    )
    .unwrap()
}

#[track_caller]
fn denied(function: &str, ask: &Ask, action: &str, advice: &str) {
    let denial = rights().check(function, ask).expect_err("it was granted");
    assert!(denial.message.contains(action), "{}", denial.message);
    assert!(denial.advice.contains(advice), "{}", denial.advice);
}

#[test]
fn a_call_on_a_granted_table_passes() {
    let rights = rights();
    rights
        .check(
            "orders-get",
            &dynamo("GetItem", &json!({ "TableName": "cartwright-local-orders" })),
        )
        .unwrap();
    let query = json!({ "TableName": "cartwright-local-orders", "IndexName": "by_status" });
    rights.check("orders-list", &dynamo("Query", &query)).unwrap();
}

#[test]
fn a_call_that_is_not_granted_is_refused_with_what_to_write_where() {
    let put = dynamo("PutItem", &json!({ "TableName": "cartwright-local-orders" }));
    denied(
        "orders-get",
        &put,
        "dynamodb:PutItem",
        "add `orders: write` to its access in infra/manifest/orders.yaml:",
    );
    let get = dynamo("GetItem", &json!({ "TableName": "cartwright-local-payments" }));
    denied("orders-get", &get, "dynamodb:GetItem", "add `payments: read`");
    let scan = dynamo("Scan", &json!({ "TableName": "cartwright-local-orders" }));
    denied(
        "orders-get",
        &scan,
        "dynamodb:Scan",
        "no verb of the manifest grants Scan",
    );
    let other = dynamo("GetItem", &json!({ "TableName": "elsewhere-prod-orders" }));
    denied(
        "orders-get",
        &other,
        "dynamodb:GetItem",
        "no entry of the manifest can grant it",
    );
    denied(
        "orders-get",
        &dynamo("ListTables", &json!({})),
        "dynamodb:ListTables",
        "no entry",
    );
    denied("orders-get", &Ask::mail(), "ses:SendEmail", "add `mail: send`");
}

#[test]
fn each_item_of_a_transaction_is_checked_as_the_call_it_stands_for() {
    let transaction = json!({ "TransactItems": [
        { "Put": { "TableName": "cartwright-local-orders" } },
        { "ConditionCheck": { "TableName": "cartwright-local-catalog" } },
        { "Update": { "TableName": "cartwright-local-catalog" } },
    ]});
    let ask = dynamo("TransactWriteItems", &transaction);
    assert_eq!(
        ask.tables(),
        ["cartwright-local-catalog", "cartwright-local-orders"]
    );
    denied(
        "orders-create",
        &ask,
        "dynamodb:UpdateItem",
        "add `catalog: write`",
    );
    let fine = json!({ "TransactItems": [
        { "Put": { "TableName": "cartwright-local-orders" } },
        { "ConditionCheck": { "TableName": "cartwright-local-catalog" } },
    ]});
    rights()
        .check("orders-create", &dynamo("TransactWriteItems", &fine))
        .unwrap();
}

#[test]
fn each_table_of_a_batch_is_checked() {
    let batch = json!({ "RequestItems": { "cartwright-local-carts": {}, "cartwright-local-payments": {} } });
    denied(
        "orders-create",
        &dynamo("BatchGetItem", &batch),
        "dynamodb:BatchGetItem",
        "add `payments: read`",
    );
}

#[test]
fn queues_are_told_by_the_end_of_their_url() {
    let body =
        json!({ "QueueUrl": "http://x/000000000000/cartwright-local-orders-stock-decided" }).to_string();
    let send = Ask::read("AmazonSQS.SendMessage", body.as_bytes()).unwrap();
    assert_eq!(
        send.acts[0].resource,
        Resource::Queue("cartwright-local-orders-stock-decided".into())
    );
    rights().check("inventory-stream", &send).unwrap();
    denied(
        "orders-create",
        &send,
        "sqs:SendMessage",
        "add `orders-stock-decided: send`",
    );
    let receive = Ask::read("AmazonSQS.ReceiveMessage", body.as_bytes()).unwrap();
    rights().check("orders-on-stock-decided", &receive).unwrap();
    denied(
        "inventory-stream",
        &receive,
        "sqs:ReceiveMessage",
        "trigger: { queue: orders-stock-decided }",
    );
}

#[test]
fn an_unknown_service_is_no_call() {
    assert!(Ask::read("AmazonSNS.Publish", b"{}").is_err());
}
