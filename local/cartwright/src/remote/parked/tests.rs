//! What is read of parked messages, and that each is taken once.

use std::cell::Cell;

use embedded_aws::Sqs;

use super::*;

/// The queue that the tests look at.
const URL: &str = "http://127.0.0.1/000000000000/parked";

#[test]
fn a_message_has_its_reason_from_whoever_parked_it() {
    let message = json!({
        "MessageId": "m-1",
        "ReceiptHandle": "r-1",
        "Body": "{}",
        "Attributes": { "SentTimestamp": "1785672000000" },
        "MessageAttributes": { "reason": { "StringValue": "no such order" } },
    });
    let held = read("orders-stock-decided", "url", &message);
    assert_eq!(held.parked.reason, "no such order");
    assert_eq!(held.parked.parked_at_ms, 1_785_672_000_000);
    assert_eq!(held.receipt, "r-1");
    assert_eq!(held.target, None);
}

#[test]
fn records_and_events_that_lambda_gave_up_on_say_why() {
    let body = json!({ "requestContext": { "condition": "RetryAttemptsExhausted" } }).to_string();
    assert_eq!(condition(&body), "RetryAttemptsExhausted");
    let arn = "arn:aws:lambda:eu-central-1:1:function:cartwright-dev-orders-expire:live";
    let body = json!({
        "requestContext": { "condition": "RetriesExhausted", "functionArn": arn },
        "requestPayload": {},
        "responsePayload": { "errorMessage": "no table" },
    });
    assert_eq!(
        condition(&body.to_string()),
        "cartwright-dev-orders-expire: RetriesExhausted no table"
    );
    assert!(condition("{}").contains("deliveries"));
}

#[test]
fn a_call_that_the_clock_could_not_make_names_its_function() {
    let text = |value: &str| json!({ "StringValue": value });
    let arn = "arn:aws:lambda:eu-central-1:1:function:cartwright-dev-orders-expire:live";
    let message = json!({
        "MessageId": "m-1",
        "Body": "{}",
        "MessageAttributes": { "TARGET_ARN": text(arn), "ERROR_CODE": text("AccessDenied"), "ERROR_MESSAGE": text("no") },
    });
    let held = read(ASYNC, "url", &message);
    assert_eq!(
        held.parked.reason,
        format!("the clock could not call {arn}: AccessDenied no")
    );
    let call = Call::read(&held.parked.body, held.target.as_deref()).unwrap();
    assert_eq!(call.function, "cartwright-dev-orders-expire");
}

#[test]
fn a_record_gets_the_form_that_functions_know() {
    let told =
        json!({ "eventID": "1", "dynamodb": { "ApproximateCreationDateTime": "2026-08-02T12:00:00+00:00" } });
    let record = as_lambda_gives(&told, "arn:stream").unwrap();
    assert_eq!(record["dynamodb"]["ApproximateCreationDateTime"], 1_785_672_000);
    assert_eq!(record["eventSourceARN"], "arn:stream");
}

#[tokio::test]
async fn as_many_messages_as_there_are_are_taken_once_each() {
    let sqs = queue_with(437);
    let seconds = Cell::new(1);
    // Each look takes as long as one through the command line on a slow day.
    let look = || {
        seconds.set(seconds.get() + 5);
        std::future::ready(Ok(receive(&sqs, seconds.get())))
    };
    let held = gather("tea", URL, look).await.unwrap();
    assert_eq!(held.len(), 437);
    // Ten messages a look, and one that finds nothing: none was shown a second time on the way.
    assert_eq!((seconds.get() - 1) / 5, 45);
    let mut bodies: Vec<&str> = held.iter().map(|held| held.parked.body.as_str()).collect();
    bodies.sort_unstable();
    bodies.dedup();
    assert_eq!(bodies.len(), 437);
}

#[tokio::test]
async fn a_message_that_is_shown_twice_is_taken_once_and_can_be_settled() {
    let sqs = queue_with(15);
    let looks = Cell::new(0);
    // The second look comes when the first one's messages are visible again.
    let look = || {
        looks.set(looks.get() + 1);
        let seconds = if looks.get() == 1 { 1 } else { 1_000 + looks.get() };
        std::future::ready(Ok(receive(&sqs, seconds)))
    };
    let held = gather("tea", URL, look).await.unwrap();
    assert_eq!((held.len(), looks.get()), (15, 4));
    for message in &held {
        let ask = json!({ "QueueUrl": URL, "ReceiptHandle": message.receipt });
        call(&sqs, "DeleteMessage", &ask, 1_100);
    }
    assert_eq!(receive(&sqs, 10_000).get("Messages"), None);
}

fn queue_with(count: usize) -> Sqs {
    let sqs = Sqs::memory("http://127.0.0.1").unwrap();
    call(&sqs, "CreateQueue", &json!({ "QueueName": "parked" }), 0);
    for at in 0..count {
        call(
            &sqs,
            "SendMessage",
            &json!({ "QueueUrl": URL, "MessageBody": at.to_string() }),
            0,
        );
    }
    sqs
}

/// What the command line would ask of SQS in a look.
fn receive(sqs: &Sqs, at_s: i64) -> Value {
    let hidden: u32 = LOOK_S.parse().unwrap();
    let ask = json!({ "QueueUrl": URL, "MaxNumberOfMessages": 10, "VisibilityTimeout": hidden, "AttributeNames": ["All"] });
    call(sqs, "ReceiveMessage", &ask, at_s)
}

fn call(sqs: &Sqs, operation: &str, ask: &Value, at_s: i64) -> Value {
    let answer = sqs.handle(
        &format!("AmazonSQS.{operation}"),
        ask.to_string().as_bytes(),
        at_s * 1_000,
    );
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    serde_json::from_slice(&answer.body).unwrap_or_default()
}
