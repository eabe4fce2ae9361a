//! Queues as an operator sees them.

use serde_json::json;

use super::{Desk, bodies};
use crate::{Error, MessageState};

#[test]
fn depths_tell_what_waits_what_is_delayed_and_what_is_held() {
    let desk = Desk::open();
    desk.create("a", &json!({}));
    desk.create("b", &json!({}));
    for body in ["1", "2", "3"] {
        desk.send("a", body);
        desk.pass_ms(1);
    }
    desk.call(
        "SendMessage",
        &Desk::on("a", json!({ "MessageBody": "4", "DelaySeconds": 9 })),
    );
    desk.receive_up_to("a", 1);
    assert_eq!(desk.counts("a"), (2, 1, 1));
    assert_eq!(desk.counts("b"), (0, 0, 0));
    let depths = desk.sqs.depths(desk.now_ms.get()).unwrap();
    assert_eq!(depths[0].oldest_sent_ms, Some(1_700_000_000_000));
    assert_eq!(desk.attribute("a", "ApproximateNumberOfMessages"), "2");
    assert_eq!(desk.attribute("a", "ApproximateNumberOfMessagesNotVisible"), "1");
}

#[test]
fn peeking_changes_nothing() {
    let desk = Desk::open();
    desk.create("a", &json!({}));
    let attributes = json!({ "fact": { "DataType": "String", "StringValue": "OrderPlaced" } });
    let request = json!({ "MessageBody": "1", "MessageAttributes": attributes });
    let sent = desk.call("SendMessage", &Desk::on("a", request));
    desk.receive("a");
    desk.send("a", "2");
    let peek = || desk.sqs.peek("a", 5, desk.now_ms.get()).unwrap();
    let seen = peek();
    assert_eq!(seen, peek());
    assert_eq!(seen[0].message_id, sent["MessageId"].as_str().unwrap());
    assert_eq!((seen[0].state, seen[0].receives), (MessageState::InFlight, 1));
    assert_eq!(seen[0].attributes["fact"], "OrderPlaced");
    assert_eq!(
        (seen[1].body.as_str(), seen[1].state),
        ("2", MessageState::Visible)
    );
    assert_eq!(desk.sqs.peek("a", 1, desk.now_ms.get()).unwrap().len(), 1);
    assert_eq!(bodies(&desk.receive("a")), ["2"]);
}

#[test]
fn one_message_can_be_dropped_by_its_id() {
    let desk = Desk::open();
    desk.create("a", &json!({}));
    desk.create("b", &json!({}));
    let sent = desk.send("a", "1");
    desk.send("a", "2");
    let id = sent["MessageId"].as_str().unwrap();
    assert!(!desk.sqs.drop_message("b", id).unwrap());
    assert!(desk.sqs.drop_message("a", id).unwrap());
    assert!(!desk.sqs.drop_message("a", id).unwrap());
    assert!(!desk.sqs.drop_message("a", "no id").unwrap());
    assert_eq!(bodies(&desk.receive("a")), ["2"]);
}

#[test]
fn what_a_dead_receiver_held_is_receivable_at_once_and_what_is_delayed_stays_so() {
    let desk = Desk::open();
    desk.create("a", &json!({}));
    desk.send("a", "held");
    desk.receive("a");
    desk.call(
        "SendMessage",
        &Desk::on("a", json!({ "MessageBody": "delayed", "DelaySeconds": 9 })),
    );
    assert_eq!(desk.counts("a"), (0, 1, 1));
    assert_eq!(desk.sqs.release_held(desk.now_ms.get()).unwrap(), 1);
    assert_eq!(desk.counts("a"), (1, 1, 0));
    assert_eq!(bodies(&desk.receive("a")), ["held"]);
}

#[test]
fn a_queue_that_is_not_there_is_an_error_and_not_empty() {
    let desk = Desk::open();
    assert!(matches!(desk.sqs.peek("nope", 1, 0), Err(Error::NoQueue(name)) if name == "nope"));
    assert!(desk.sqs.next_visible_at("nope", 0).is_err());
    assert!(desk.sqs.drop_message("nope", "id").is_err());
}

#[test]
fn purging_empties_and_deleting_removes() {
    let desk = Desk::open();
    desk.create("a", &json!({}));
    desk.create("b", &json!({}));
    desk.send("a", "1");
    desk.send("b", "1");
    desk.call("PurgeQueue", &Desk::on("a", json!({})));
    assert_eq!((desk.counts("a"), desk.counts("b")), ((0, 0, 0), (1, 0, 0)));
    desk.call("DeleteQueue", &Desk::on("b", json!({})));
    assert!(
        desk.ask("SendMessage", &Desk::on("b", json!({ "MessageBody": "x" })))
            .is_err()
    );
    desk.create("b", &json!({}));
    assert_eq!(desk.counts("b"), (0, 0, 0));
}

#[test]
fn queues_are_listed_by_prefix_and_page() {
    let desk = Desk::open();
    for name in ["orders-a", "orders-b", "orders-c", "other"] {
        desk.create(name, &json!({}));
    }
    let url = |name: &str| format!("http://sqs.local/000000000000/{name}");
    let ask = |request: serde_json::Value| desk.call("ListQueues", &request);
    let first = ask(json!({ "QueueNamePrefix": "orders-", "MaxResults": 2 }));
    assert_eq!(first["QueueUrls"], json!([url("orders-a"), url("orders-b")]));
    let request = json!({ "QueueNamePrefix": "orders-", "MaxResults": 2, "NextToken": first["NextToken"] });
    assert_eq!(ask(request), json!({ "QueueUrls": [url("orders-c")] }));
    assert_eq!(ask(json!({}))["QueueUrls"].as_array().unwrap().len(), 4);
}

#[test]
fn attributes_and_tags_are_kept() {
    let desk = Desk::open();
    desk.call(
        "CreateQueue",
        &json!({ "QueueName": "a", "tags": { "team": "shop", "old": "1" } }),
    );
    desk.call("TagQueue", &Desk::on("a", json!({ "Tags": { "env": "local" } })));
    desk.call("UntagQueue", &Desk::on("a", json!({ "TagKeys": ["old"] })));
    let tags = desk.call("ListQueueTags", &Desk::on("a", json!({})));
    assert_eq!(tags, json!({ "Tags": { "env": "local", "team": "shop" } }));

    desk.pass_ms(5000);
    desk.call(
        "SetQueueAttributes",
        &Desk::on("a", json!({ "Attributes": { "DelaySeconds": "7" } })),
    );
    let all = desk.call(
        "GetQueueAttributes",
        &Desk::on("a", json!({ "AttributeNames": ["All"] })),
    );
    let all = &all["Attributes"];
    assert_eq!(all["DelaySeconds"], "7");
    assert_eq!(all["VisibilityTimeout"], "30");
    assert_eq!(all["MaximumMessageSize"], "1048576");
    assert_eq!(all["QueueArn"], "arn:aws:sqs:local:000000000000:a");
    assert_eq!(
        (&all["CreatedTimestamp"], &all["LastModifiedTimestamp"]),
        (&json!("1700000000"), &json!("1700000005"))
    );
    assert!(all.get("FifoQueue").is_none());
}
