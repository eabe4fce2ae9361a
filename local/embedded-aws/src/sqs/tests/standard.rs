//! The life of a message in a standard queue.

use serde_json::json;

use super::{Desk, bodies, received_times};
use crate::{LongPoll, Sqs};

#[test]
fn a_message_is_received_as_it_was_sent_and_deleted_for_good() {
    let desk = Desk::open();
    desk.create("a", &json!({}));
    let sent = desk.send("a", "hello");
    assert_eq!(sent["MD5OfMessageBody"], "5d41402abc4b2a76b9719d911017c592");

    desk.pass_ms(7);
    let received = desk.receive("a");
    let message = &received[0];
    assert_eq!(
        (&message["Body"], &message["MessageId"]),
        (&json!("hello"), &sent["MessageId"])
    );
    assert_eq!(message["MD5OfBody"], sent["MD5OfMessageBody"]);
    assert_eq!(message["Attributes"]["SentTimestamp"], "1700000000000");
    assert_eq!(
        message["Attributes"]["ApproximateFirstReceiveTimestamp"],
        "1700000000007"
    );
    assert_eq!(received_times(message), "1");

    desk.delete("a", message);
    desk.pass_ms(60_000);
    assert!(desk.receive("a").is_empty());
}

#[test]
fn an_empty_receive_answers_an_empty_object() {
    let desk = Desk::open();
    desk.create("a", &json!({}));
    assert_eq!(desk.call("ReceiveMessage", &Desk::on("a", json!({}))), json!({}));
}

#[test]
fn attributes_arrive_with_the_checksum_that_aws_computes() {
    let desk = Desk::open();
    desk.create("a", &json!({}));
    let attributes = json!({ "timestamp": { "DataType": "Number", "StringValue": "1493147359900" } });
    let sent = desk.call(
        "SendMessage",
        &Desk::on(
            "a",
            json!({ "MessageBody": "x", "MessageAttributes": attributes }),
        ),
    );
    assert_eq!(sent["MD5OfMessageAttributes"], "235c5c510d26fb653d073faed50ae77c");
    let message = &desk.receive("a")[0];
    assert_eq!(message["MessageAttributes"], attributes);
    assert_eq!(message["MD5OfMessageAttributes"], sent["MD5OfMessageAttributes"]);

    let every_kind = json!({ "s": { "DataType": "String", "StringValue": "v" },
        "n": { "DataType": "Number.int", "StringValue": "3" }, "b": { "DataType": "Binary", "BinaryValue": "AQI=" } });
    let request = json!({ "MessageBody": "x", "MessageAttributes": every_kind });
    let sent = desk.call("SendMessage", &Desk::on("a", request));
    assert_eq!(sent["MD5OfMessageAttributes"], "6c2cd219ac8113d712b1dea6b5cdbb9a");
}

#[test]
fn only_the_attributes_asked_for_are_answered() {
    let desk = Desk::open();
    desk.create("a", &json!({}));
    let text = |value: &str| json!({ "DataType": "String", "StringValue": value });
    let binary = json!({ "DataType": "Binary", "BinaryValue": "AQ==" });
    let attributes = json!({ "shop.id": text("1"), "shop.name": text("2"), "other": binary });
    desk.call(
        "SendMessage",
        &Desk::on(
            "a",
            json!({ "MessageBody": "x", "MessageAttributes": attributes }),
        ),
    );
    let ask = |names: serde_json::Value| {
        let request = json!({ "MessageAttributeNames": names, "VisibilityTimeout": 0 });
        desk.call("ReceiveMessage", &Desk::on("a", request))["Messages"][0].clone()
    };
    let some = ask(json!(["shop.*"]));
    assert_eq!(
        some["MessageAttributes"],
        json!({ "shop.id": text("1"), "shop.name": text("2") })
    );
    assert_eq!(
        ask(json!(["other"]))["MessageAttributes"],
        json!({ "other": binary })
    );
    let none = ask(json!([]));
    assert!(none.get("MessageAttributes").is_none() && none.get("Attributes").is_none());
    assert_ne!(
        some["MD5OfMessageAttributes"],
        ask(json!(["All"]))["MD5OfMessageAttributes"]
    );
}

#[test]
fn a_trace_header_travels_as_a_system_attribute() {
    let desk = Desk::open();
    desk.create("a", &json!({}));
    let header = json!({ "AWSTraceHeader": { "DataType": "String", "StringValue": "Root=1-5759e988" } });
    let request = json!({ "MessageBody": "x", "MessageSystemAttributes": header });
    let sent = desk.call("SendMessage", &Desk::on("a", request));
    assert!(sent["MD5OfMessageSystemAttributes"].is_string());
    assert_eq!(
        desk.receive("a")[0]["Attributes"]["AWSTraceHeader"],
        "Root=1-5759e988"
    );
}

#[test]
fn ten_go_in_a_batch_and_come_in_the_order_they_became_visible() {
    let desk = Desk::open();
    desk.create("a", &json!({}));
    let entry = |i: u8| json!({ "Id": format!("e{i}"), "MessageBody": i.to_string() });
    let entries: Vec<_> = (0..10).map(entry).collect();
    let answer = desk.call("SendMessageBatch", &Desk::on("a", json!({ "Entries": entries })));
    assert_eq!(answer["Successful"].as_array().unwrap().len(), 10);
    assert_eq!(answer["Successful"][3]["Id"], "e3");

    let received = desk.receive("a");
    assert_eq!(
        bodies(&received),
        ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]
    );
    let entries: Vec<_> = received
        .iter()
        .map(|message| json!({ "Id": message["Body"], "ReceiptHandle": message["ReceiptHandle"] }))
        .collect();
    let deleted = desk.call(
        "DeleteMessageBatch",
        &Desk::on("a", json!({ "Entries": entries })),
    );
    assert_eq!(deleted["Successful"].as_array().unwrap().len(), 10);
    assert_eq!(desk.counts("a"), (0, 0, 0));
}

#[test]
fn a_bad_entry_fails_alone() {
    let desk = Desk::open();
    desk.create("a", &json!({}));
    let entries = json!([
        { "Id": "good", "MessageBody": "x" },
        { "Id": "bad", "MessageBody": "x", "DelaySeconds": 901 },
    ]);
    let answer = desk.call("SendMessageBatch", &Desk::on("a", json!({ "Entries": entries })));
    assert_eq!(answer["Successful"][0]["Id"], "good");
    assert_eq!(answer["Failed"][0]["Id"], "bad");
    assert_eq!(answer["Failed"][0]["Code"], "InvalidParameterValue");
    assert_eq!(answer["Failed"][0]["SenderFault"], true);
    assert_eq!(desk.counts("a"), (1, 0, 0));
}

#[test]
fn a_received_message_is_hidden_until_its_timeout_and_then_counted_again() {
    let desk = Desk::open();
    desk.create("a", &json!({ "VisibilityTimeout": "2" }));
    desk.send("a", "x");
    assert_eq!(received_times(&desk.receive("a")[0]), "1");
    desk.pass_ms(1999);
    assert!(desk.receive("a").is_empty());
    desk.pass_ms(1);
    let again = desk.receive("a");
    assert_eq!(received_times(&again[0]), "2");
    assert_eq!(
        again[0]["Attributes"]["ApproximateFirstReceiveTimestamp"],
        "1700000000000"
    );
}

#[test]
fn a_message_given_back_is_visible_at_once() {
    let desk = Desk::open();
    desk.create("a", &json!({}));
    desk.send("a", "x");
    let first = desk.receive("a").remove(0);
    desk.change_visibility("a", &first, 0).unwrap();
    assert_eq!(received_times(&desk.receive("a")[0]), "2");
}

#[test]
fn a_longer_timeout_keeps_a_message_hidden() {
    let desk = Desk::open();
    desk.create("a", &json!({ "VisibilityTimeout": "2" }));
    desk.send("a", "x");
    let message = desk.receive("a").remove(0);
    desk.change_visibility("a", &message, 100).unwrap();
    desk.pass_ms(99_999);
    assert!(desk.receive("a").is_empty());
    desk.pass_ms(1);
    assert_eq!(desk.receive("a").len(), 1);
}

#[test]
fn an_old_handle_deletes_nothing_that_was_received_again() {
    let desk = Desk::open();
    desk.create("a", &json!({ "VisibilityTimeout": "1" }));
    desk.send("a", "x");
    let first = desk.receive("a").remove(0);
    desk.pass_ms(1000);
    let second = desk.receive("a").remove(0);
    desk.delete("a", &first);
    assert_eq!(desk.counts("a"), (0, 0, 1));
    desk.delete("a", &second);
    assert_eq!(desk.counts("a"), (0, 0, 0));
}

#[test]
fn a_late_delete_by_the_last_receiver_still_deletes() {
    let desk = Desk::open();
    desk.create("a", &json!({ "VisibilityTimeout": "1" }));
    desk.send("a", "x");
    let message = desk.receive("a").remove(0);
    desk.pass_ms(5000);
    desk.delete("a", &message);
    assert_eq!(desk.counts("a"), (0, 0, 0));
}

#[test]
fn delays_hide_a_new_message_by_itself_or_by_its_queue() {
    let desk = Desk::open();
    desk.create("a", &json!({ "DelaySeconds": "3" }));
    desk.send("a", "queue");
    desk.call(
        "SendMessage",
        &Desk::on("a", json!({ "MessageBody": "own", "DelaySeconds": 1 })),
    );
    assert_eq!(desk.counts("a"), (0, 2, 0));
    assert_eq!(desk.attribute("a", "ApproximateNumberOfMessagesDelayed"), "2");
    desk.pass_ms(1000);
    assert_eq!(bodies(&desk.receive("a")), ["own"]);
    desk.pass_ms(2000);
    assert_eq!(bodies(&desk.receive("a")), ["queue"]);
}

#[test]
fn messages_are_forgotten_after_the_retention_period() {
    let desk = Desk::open();
    desk.create("a", &json!({ "MessageRetentionPeriod": "60" }));
    desk.send("a", "x");
    desk.pass_ms(59_999);
    assert_eq!(desk.counts("a"), (1, 0, 0));
    desk.pass_ms(1);
    assert!(desk.receive("a").is_empty());
    assert_eq!(desk.counts("a"), (0, 0, 0));
}

#[test]
fn a_longer_retention_counts_for_the_messages_already_there() {
    let desk = Desk::open();
    desk.create("a", &json!({ "MessageRetentionPeriod": "60" }));
    desk.send("a", "x");
    let longer = json!({ "Attributes": { "MessageRetentionPeriod": "120" } });
    desk.call("SetQueueAttributes", &Desk::on("a", longer));
    desk.pass_ms(119_999);
    assert_eq!(desk.receive("a").len(), 1);
}

#[test]
fn a_standard_queue_takes_group_ids_without_locking_them() {
    let desk = Desk::open();
    desk.create("a", &json!({}));
    desk.send_in_group("a", "g", "1");
    desk.send_in_group("a", "g", "2");
    let first = desk.receive_up_to("a", 1);
    assert_eq!(first[0]["Attributes"]["MessageGroupId"], "g");
    assert_eq!(bodies(&desk.receive("a")), ["2"]);
}

#[test]
fn what_was_acknowledged_survives_a_process_that_never_closed_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sqs.sqlite");
    let open = || Desk::over(Sqs::open(&file, "http://sqs.local").unwrap());
    let before = open();
    before.create("a", &json!({ "VisibilityTimeout": "5" }));
    before.send("a", "1");
    before.send("a", "2");
    let taken = before.receive_up_to("a", 1).remove(0);
    std::mem::forget(before);

    let after = open();
    assert_eq!(after.counts("a"), (1, 0, 1));
    assert_eq!(after.attribute("a", "VisibilityTimeout"), "5");
    after.delete("a", &taken);
    let rest = after.receive("a");
    assert_eq!(bodies(&rest), ["2"]);
    assert_ne!(rest[0]["MessageId"], taken["MessageId"]);
}

#[test]
fn a_number_is_never_given_twice_so_an_old_handle_deletes_no_stranger() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sqs.sqlite");
    let open = || Desk::over(Sqs::open(&file, "http://sqs.local").unwrap());
    let before = open();
    before.create("a", &json!({}));
    before.send("a", "old");
    let old = before.receive("a").remove(0);
    before.delete("a", &old);
    drop(before);

    let after = open();
    after.send("a", "new");
    assert_ne!(after.receive("a")[0]["MessageId"], old["MessageId"]);
    after.delete("a", &old);
    assert_eq!(after.counts("a"), (0, 0, 1));
}

#[test]
fn a_receive_waits_when_it_or_its_queue_says_so() {
    let desk = Desk::open();
    desk.create("a", &json!({ "ReceiveMessageWaitTimeSeconds": "4" }));
    let ask = |request: serde_json::Value| {
        let body = Desk::on("a", request).to_string();
        desk.sqs.long_poll("AmazonSQS.ReceiveMessage", body.as_bytes())
    };
    let wait_ms = |wait_ms: i64| {
        Some(LongPoll {
            queue: "a".to_owned(),
            wait_ms,
        })
    };
    assert_eq!(ask(json!({})), wait_ms(4000));
    assert_eq!(ask(json!({ "WaitTimeSeconds": 20 })), wait_ms(20_000));
    assert_eq!(ask(json!({ "WaitTimeSeconds": 0 })), None);
    assert_eq!(ask(json!({ "WaitTimeSeconds": 21 })), None);
    assert_eq!(desk.sqs.long_poll("AmazonSQS.SendMessage", b"{}"), None);
}

#[test]
fn the_next_visible_time_is_when_a_receive_is_worth_repeating() {
    let desk = Desk::open();
    desk.create("a", &json!({ "VisibilityTimeout": "9" }));
    let start_ms = desk.now_ms.get();
    let next = || desk.sqs.next_visible_at("a", desk.now_ms.get()).unwrap();
    assert_eq!(next(), None);
    desk.call(
        "SendMessage",
        &Desk::on("a", json!({ "MessageBody": "x", "DelaySeconds": 1 })),
    );
    assert_eq!(next(), Some(start_ms + 1000));
    desk.pass_ms(1000);
    assert_eq!(next(), Some(start_ms + 1000));
    desk.receive("a");
    assert_eq!(next(), Some(start_ms + 10_000));
}

#[test]
fn the_hook_hears_of_every_arrival_after_it_can_be_received() {
    let desk = Desk::open();
    desk.create("a", &json!({}));
    let (tell, heard) = std::sync::mpsc::channel();
    assert!(
        desk.sqs
            .on_arrival(move |queue| tell.send(queue.to_owned()).unwrap())
    );
    assert!(!desk.sqs.on_arrival(|_| {}));
    let arrivals = || heard.try_iter().collect::<Vec<_>>();
    desk.send("a", "x");
    assert_eq!(arrivals(), ["a"]);
    let message = desk.receive("a").remove(0);
    assert!(arrivals().is_empty());
    desk.change_visibility("a", &message, 0).unwrap();
    assert_eq!(arrivals(), ["a"]);
    assert!(
        desk.ask("SendMessage", &Desk::on("a", json!({ "MessageBody": "" })))
            .is_err()
    );
    assert!(arrivals().is_empty());
}
