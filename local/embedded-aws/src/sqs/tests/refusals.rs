//! What is refused, and under which names.

use serde_json::{Value, json};

use super::Desk;
use crate::Sqs;

fn desk() -> Desk {
    let desk = Desk::open();
    desk.create("a", &json!({}));
    desk
}

fn refused(desk: &Desk, operation: &str, request: Value) -> String {
    let refusal = desk.ask(operation, &Desk::on("a", request)).unwrap_err();
    let codes: Vec<&str> = refusal.splitn(3, '|').take(2).collect();
    codes.join("|")
}

#[test]
fn a_missing_queue_has_both_of_its_error_codes() {
    let desk = desk();
    let expected = "QueueDoesNotExist|AWS.SimpleQueueService.NonExistentQueue;Sender|The specified queue does not exist.";
    for (operation, request) in [
        ("GetQueueUrl", json!({ "QueueName": "nope" })),
        ("SendMessage", Desk::on("nope", json!({ "MessageBody": "x" }))),
        ("ReceiveMessage", Desk::on("nope", json!({}))),
        ("DeleteQueue", Desk::on("nope", json!({}))),
    ] {
        assert_eq!(desk.ask(operation, &request).unwrap_err(), expected);
    }
}

#[test]
fn an_unknown_operation_or_service_is_said_to_be_unknown() {
    let desk = desk();
    for target in ["AmazonSQS.AddPermission", "DynamoDB_20120810.PutItem", ""] {
        let answer = desk.sqs.handle(target, b"{}", 0);
        let body = String::from_utf8(answer.body).unwrap();
        assert_eq!(answer.status, 400);
        assert!(body.contains("UnknownOperationException"), "{body}");
    }
}

#[test]
fn messages_larger_than_one_mebibyte_are_refused_attributes_included() {
    let desk = desk();
    let send = |size: usize, attributes: Value| {
        let request = json!({ "MessageBody": "x".repeat(size), "MessageAttributes": attributes });
        desk.ask("SendMessage", &Desk::on("a", request))
    };
    let limit = 1024 * 1024;
    assert!(send(limit, json!({})).is_ok());
    assert!(
        send(limit + 1, json!({}))
            .unwrap_err()
            .contains("must be shorter than 1048576 bytes")
    );
    // 1 for the name, 6 for the type, 3 for the value.
    let attribute = json!({ "a": { "DataType": "String", "StringValue": "123" } });
    assert!(send(limit - 10, attribute.clone()).is_ok());
    assert!(send(limit - 9, attribute).is_err());
}

#[test]
fn a_queue_may_have_a_lower_limit() {
    let desk = Desk::open();
    desk.create("a", &json!({ "MaximumMessageSize": "1024" }));
    assert!(
        desk.ask(
            "SendMessage",
            &Desk::on("a", json!({ "MessageBody": "x".repeat(1025) }))
        )
        .is_err()
    );
    assert_eq!(
        desk.send("a", &"x".repeat(1024))["MD5OfMessageBody"]
            .as_str()
            .unwrap()
            .len(),
        32
    );
}

#[test]
fn a_batch_is_refused_whole_when_its_shape_is_wrong() {
    let desk = desk();
    let entry = |id: &str, body: &str| json!({ "Id": id, "MessageBody": body });
    let batch = |entries: Vec<Value>| refused(&desk, "SendMessageBatch", json!({ "Entries": entries }));
    let code = |shape: &str| format!("{shape}|AWS.SimpleQueueService.{shape};Sender");
    assert_eq!(batch(vec![]), code("EmptyBatchRequest"));
    let eleven = (0..11).map(|i| entry(&i.to_string(), "x")).collect();
    assert_eq!(batch(eleven), code("TooManyEntriesInBatchRequest"));
    assert_eq!(
        batch(vec![entry("1", "x"), entry("1", "y")]),
        code("BatchEntryIdsNotDistinct")
    );
    assert_eq!(batch(vec![entry("no spaces", "x")]), code("InvalidBatchEntryId"));
    let half = "x".repeat(600 * 1024);
    assert_eq!(
        batch(vec![entry("1", &half), entry("2", &half)]),
        code("BatchRequestTooLong")
    );
    assert_eq!(desk.counts("a"), (0, 0, 0));
}

#[test]
fn receives_and_timeouts_have_ranges() {
    let desk = desk();
    let code = "InvalidParameterValueException|InvalidParameterValue;Sender";
    for request in [
        json!({ "MaxNumberOfMessages": 0 }),
        json!({ "MaxNumberOfMessages": 11 }),
        json!({ "VisibilityTimeout": 43_201 }),
        json!({ "WaitTimeSeconds": 21 }),
    ] {
        assert_eq!(refused(&desk, "ReceiveMessage", request), code);
    }
    desk.send("a", "x");
    let message = desk.receive("a").remove(0);
    assert!(
        desk.change_visibility("a", &message, 43_201)
            .unwrap_err()
            .starts_with(code)
    );
}

#[test]
fn a_handle_must_be_one_of_ours_and_of_this_queue() {
    let desk = desk();
    desk.create("b", &json!({}));
    desk.send("b", "x");
    let foreign = desk.receive("b").remove(0);
    let code = "ReceiptHandleIsInvalid|ReceiptHandleIsInvalid;Sender";
    for handle in [json!("nonsense"), foreign["ReceiptHandle"].clone()] {
        assert_eq!(
            refused(&desk, "DeleteMessage", json!({ "ReceiptHandle": handle })),
            code
        );
    }
    assert_eq!(desk.counts("b"), (0, 0, 1));
}

#[test]
fn the_visibility_of_a_message_that_is_not_held_cannot_change() {
    let desk = Desk::open();
    desk.create("a", &json!({ "VisibilityTimeout": "1" }));
    desk.send("a", "x");
    let message = desk.receive("a").remove(0);
    desk.pass_ms(1000);
    let late = desk.change_visibility("a", &message, 5).unwrap_err();
    assert!(
        late.starts_with("MessageNotInflight|AWS.SimpleQueueService.MessageNotInflight;Sender"),
        "{late}"
    );
    desk.delete("a", &message);
    let gone = desk.change_visibility("a", &message, 5).unwrap_err();
    assert!(gone.contains("Message does not exist"), "{gone}");
}

#[test]
fn bodies_and_attributes_are_checked() {
    let desk = desk();
    let send = |request: Value| refused(&desk, "SendMessage", request);
    let of = |attribute: Value| json!({ "MessageBody": "x", "MessageAttributes": { "a": attribute } });
    assert_eq!(
        send(json!({ "MessageBody": "\u{1}" })),
        "InvalidMessageContents|InvalidMessageContents;Sender"
    );
    assert!(send(json!({})).starts_with("MissingParameterException"));
    assert!(send(json!({ "MessageBody": "" })).starts_with("MissingParameterException"));
    for attribute in [
        json!({ "DataType": "Text", "StringValue": "x" }),
        json!({ "DataType": "String", "StringValue": "" }),
        json!({ "DataType": "String", "BinaryValue": "AQ==" }),
        json!({ "DataType": "Number", "StringValue": "twelve" }),
        json!({ "DataType": "Binary", "BinaryValue": "not base64!" }),
    ] {
        assert!(send(of(attribute)).starts_with("InvalidParameterValueException"));
    }
    let reserved = json!({ "aws.a": { "DataType": "String", "StringValue": "x" } });
    let request = json!({ "MessageBody": "x", "MessageAttributes": reserved });
    assert!(send(request).starts_with("InvalidParameterValueException"));
    let number = json!({ "DataType": "Number.int", "StringValue": "-1.5e3" });
    assert!(desk.ask("SendMessage", &Desk::on("a", of(number))).is_ok());
}

#[test]
fn a_standard_queue_refuses_a_deduplication_id() {
    let desk = desk();
    let request = json!({ "MessageBody": "x", "MessageDeduplicationId": "d" });
    assert!(refused(&desk, "SendMessage", request).starts_with("InvalidParameterValueException"));
}

#[test]
fn a_queue_is_created_once_and_the_same_again_is_the_same() {
    let desk = Desk::open();
    let create = |attributes: Value| {
        desk.ask(
            "CreateQueue",
            &json!({ "QueueName": "q", "Attributes": attributes }),
        )
    };
    let url = json!({ "QueueUrl": "http://sqs.local/000000000000/q" });
    assert_eq!(create(json!({ "DelaySeconds": "1" })).unwrap(), url);
    assert_eq!(create(json!({ "DelaySeconds": "1" })).unwrap(), url);
    assert_eq!(create(json!({})).unwrap(), url);
    let other = create(json!({ "DelaySeconds": "2" })).unwrap_err();
    assert!(
        other.starts_with("QueueNameExists|QueueAlreadyExists;Sender"),
        "{other}"
    );
}

#[test]
fn names_and_attributes_of_queues_are_checked() {
    let desk = Desk::open();
    let create = |name: &str, attributes: Value| {
        desk.ask(
            "CreateQueue",
            &json!({ "QueueName": name, "Attributes": attributes }),
        )
        .unwrap_err()
    };
    for name in ["", "no spaces", "dots.dots", ".fifo", &"x".repeat(81)] {
        assert!(
            create(name, json!({})).starts_with("InvalidParameterValueException"),
            "{name}"
        );
    }
    assert!(create("q.fifo", json!({})).starts_with("InvalidParameterValueException"));
    assert!(create("q", json!({ "FifoQueue": "true" })).starts_with("InvalidAttributeValue"));
    assert!(create("q", json!({ "VisibilityTimeout": "43201" })).starts_with("InvalidAttributeValue"));
    assert!(create("q", json!({ "Color": "red" })).starts_with("InvalidAttributeName"));
    assert_eq!(desk.call("ListQueues", &json!({})), json!({}));
}

#[test]
fn an_unknown_attribute_cannot_be_asked_for_and_an_unset_one_is_left_out() {
    let desk = desk();
    let unknown = refused(
        &desk,
        "GetQueueAttributes",
        json!({ "AttributeNames": ["Color"] }),
    );
    assert_eq!(unknown, "InvalidAttributeName|InvalidAttributeName;Sender");
    let unset = json!({ "AttributeNames": ["RedrivePolicy"] });
    assert_eq!(desk.call("GetQueueAttributes", &Desk::on("a", unset)), json!({}));
}

#[test]
fn a_file_of_something_else_is_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sqs.sqlite");
    std::fs::write(&file, "no database, but long enough to look at: ".repeat(50)).unwrap();
    assert!(Sqs::open(&file, "http://sqs.local").is_err());
}
