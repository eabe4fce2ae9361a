//! The function of the stack's own tests: whatever a test wants to go wrong, it does.
//!
//! It speaks the Runtime API by hand, with the standard library alone, so that the tests see the
//! stack and not a runtime. What it does is said by the last segment of the path, by the body of
//! a message, or by the `does` attribute of a streamed row.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a program of the tests: it may fall over"
)]

use std::{
    env,
    io::{Read, Write},
    net::TcpStream,
    process::exit,
    thread,
    time::Duration,
};

use serde_json::{Value, json};

fn main() {
    if variable("PROBE_BROKEN").is_some() || function().contains("broken") {
        eprintln!("this one never starts");
        exit(9);
    }
    let api = variable("AWS_LAMBDA_RUNTIME_API").unwrap();
    loop {
        let (head, event) = call("GET", &api, "/2018-06-01/runtime/invocation/next", &[], "");
        let Some(id) = header(&head, "lambda-runtime-aws-request-id") else {
            exit(0)
        };
        let event: Value = serde_json::from_str(&event).unwrap();
        println!("working on {}", event["rawPath"].as_str().unwrap_or("a batch"));
        let answer = match event["Records"].as_array() {
            Some(records) => {
                json!({ "batchItemFailures": records.iter().filter_map(record).collect::<Vec<_>>() })
            }
            None if event["source"] == "aws.events" => json!({ "ran": event["detail-type"] }),
            None => http(&event),
        };
        call(
            "POST",
            &api,
            &format!("/2018-06-01/runtime/invocation/{id}/response"),
            &[],
            &answer.to_string(),
        );
    }
}

fn http(event: &Value) -> Value {
    let told = act(
        event["pathParameters"]["command"].as_str().unwrap_or_default(),
        event,
    );
    json!({ "statusCode": 200, "headers": { "content-type": "application/json" }, "body": told.to_string() })
}

fn act(command: &str, event: &Value) -> Value {
    match command {
        "crash" => exit(3),
        "hang" => loop {
            thread::sleep(Duration::from_millis(20));
        },
        "slow" => thread::sleep(Duration::from_millis(150)),
        "write" => {
            let body: Value = serde_json::from_str(event["body"].as_str().unwrap_or("{}")).unwrap();
            return put(
                "probe",
                body["key"].as_str().unwrap(),
                body["does"].as_str().unwrap_or("nothing"),
            );
        }
        "forbidden" => return put("secret", "x", "nothing"),
        "mail" => return mail(),
        _ => {}
    }
    json!({ "pid": std::process::id(), "event": event, "names": env::vars().map(|(name, _)| name).collect::<Vec<_>>() })
}

/// Handles one message or stream record; the failed one's id when it fails.
fn record(record: &Value) -> Option<Value> {
    if let Some(sequence) = record["dynamodb"]["SequenceNumber"].as_str() {
        let row = &record["dynamodb"]["NewImage"];
        let (key, does) = (
            row["pk"]["S"].as_str().unwrap_or_default(),
            row["does"]["S"].as_str().unwrap_or_default(),
        );
        return match does {
            "refuse" => Some(json!({ "itemIdentifier": sequence })),
            "nothing" => None,
            _ => {
                let body = json!({ "key": key, "does": does }).to_string();
                sqs(
                    "SendMessage",
                    &json!({ "QueueUrl": variable("QUEUE_PROBE_ROW_WRITTEN"), "MessageBody": body }),
                );
                None
            }
        };
    }
    let told: Value = serde_json::from_str(record["body"].as_str().unwrap()).unwrap();
    let first = record["attributes"]["ApproximateReceiveCount"] == "1";
    match told["does"].as_str().unwrap_or_default() {
        "hang once" if first => loop {
            thread::sleep(Duration::from_millis(20));
        },
        "crash once" if first => exit(4),
        "fail once" if first => return Some(failed(record)),
        "fail" => return Some(failed(record)),
        _ => {}
    }
    put(
        "probe",
        &format!("done#{}", told["key"].as_str().unwrap()),
        "nothing",
    );
    None
}

/// Gives the message back at once and names it as failed.
fn failed(record: &Value) -> Value {
    let ask = json!({
        "QueueUrl": variable("TRIGGER_QUEUE_URL"),
        "ReceiptHandle": record["receiptHandle"],
        "VisibilityTimeout": 0,
    });
    sqs("ChangeMessageVisibility", &ask);
    json!({ "itemIdentifier": record["messageId"] })
}

fn put(table: &str, key: &str, does: &str) -> Value {
    let item = json!({ "pk": { "S": key }, "sk": { "S": "row" }, "does": { "S": does } });
    let ask = json!({ "TableName": format!("cartwright-local-{table}"), "Item": item });
    aws("AWS_ENDPOINT_URL_DYNAMODB", "DynamoDB_20120810.PutItem", &ask)
}

fn sqs(operation: &str, ask: &Value) {
    aws("AWS_ENDPOINT_URL_SQS", &format!("AmazonSQS.{operation}"), ask);
}

fn aws(endpoint: &str, target: &str, ask: &Value) -> Value {
    let authorization = authorization();
    let headers = [
        ("x-amz-target", target),
        ("authorization", authorization.as_str()),
    ];
    let (head, body) = call(
        "POST",
        &variable(endpoint).unwrap(),
        "/",
        &headers,
        &ask.to_string(),
    );
    json!({ "status": head.split(' ').nth(1), "body": body })
}

fn mail() -> Value {
    let authorization = authorization();
    let ask = json!({
        "FromEmailAddress": variable("MAIL_FROM"),
        "Destination": { "ToAddresses": ["anna@example.com"] },
        "Content": { "Simple": { "Subject": { "Data": "Hello" }, "Body": { "Text": { "Data": "It is here." } } } },
    });
    let headers = [("authorization", authorization.as_str())];
    let endpoint = variable("AWS_ENDPOINT_URL_SESV2").unwrap();
    let (head, body) = call(
        "POST",
        &endpoint,
        "/v2/email/outbound-emails",
        &headers,
        &ask.to_string(),
    );
    json!({ "status": head.split(' ').nth(1), "body": body })
}

fn authorization() -> String {
    let key = variable("AWS_ACCESS_KEY_ID").unwrap();
    format!(
        "AWS4-HMAC-SHA256 Credential={key}/20250101/local/x/aws4_request, SignedHeaders=host, Signature=0"
    )
}

fn call(method: &str, base: &str, path: &str, headers: &[(&str, &str)], body: &str) -> (String, String) {
    let base = base.strip_prefix("http://").unwrap();
    let (host, prefix) = base
        .split_once('/')
        .map_or((base, String::new()), |(host, rest)| (host, format!("/{rest}")));
    let Ok(mut stream) = TcpStream::connect(host) else {
        exit(0)
    };
    let headers: Vec<String> = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let headers = headers.concat();
    let length = body.len();
    write!(
        stream,
        "{method} {prefix}{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
    )
    .unwrap();
    let mut answer = String::new();
    if stream.read_to_string(&mut answer).is_err() || answer.is_empty() {
        exit(0);
    }
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

fn header(head: &str, name: &str) -> Option<String> {
    let mut lines = head.lines().filter_map(|line| line.split_once(": "));
    lines
        .find(|(found, _)| found.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.to_owned())
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok()
}

fn function() -> String {
    variable("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_default()
}
