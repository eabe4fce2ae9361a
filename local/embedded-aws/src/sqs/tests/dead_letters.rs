//! Received too often, and back again.

use serde_json::{Value, json};

use super::{Desk, bodies, received_times};

fn policy(target: &str, receives_max: u8) -> Value {
    let arn = format!("arn:aws:sqs:local:000000000000:{target}");
    json!(json!({ "deadLetterTargetArn": arn, "maxReceiveCount": receives_max }).to_string())
}

fn desk() -> Desk {
    let desk = Desk::open();
    desk.create("parked", &json!({}));
    desk.create(
        "work",
        &json!({ "VisibilityTimeout": "1", "RedrivePolicy": policy("parked", 2) }),
    );
    desk
}

/// Lets a message fail twice and be looked for a third time.
fn wear_out(desk: &Desk) {
    for _ in 0..2 {
        assert_eq!(desk.receive("work").len(), 1);
        desk.pass_ms(1000);
    }
    assert!(desk.receive("work").is_empty());
}

#[test]
fn a_message_received_too_often_is_parked_as_it_is() {
    let desk = desk();
    let attributes = json!({ "k": { "DataType": "String", "StringValue": "v" } });
    let request = json!({ "MessageBody": "poison", "MessageAttributes": attributes });
    let sent = desk.call("SendMessage", &Desk::on("work", request));
    wear_out(&desk);
    assert_eq!(desk.counts("work"), (0, 0, 0));

    let parked = desk.receive("parked").remove(0);
    assert_eq!(
        (&parked["Body"], &parked["MessageId"]),
        (&json!("poison"), &sent["MessageId"])
    );
    assert_eq!(parked["MessageAttributes"], attributes);
    assert_eq!(
        parked["Attributes"]["DeadLetterQueueSourceArn"],
        "arn:aws:sqs:local:000000000000:work"
    );
    assert_eq!(parked["Attributes"]["SentTimestamp"], "1700000000000");
    assert_eq!(received_times(&parked), "3");
}

#[test]
fn parking_does_not_lengthen_a_messages_life() {
    let desk = desk();
    desk.send("work", "poison");
    wear_out(&desk);
    let retention_ms = 4 * 24 * 60 * 60 * 1000;
    desk.pass_ms(retention_ms - 2001);
    assert_eq!(desk.counts("parked"), (1, 0, 0));
    desk.pass_ms(1);
    assert_eq!(desk.counts("parked"), (0, 0, 0));
}

#[test]
fn the_good_behind_a_bad_message_is_found_in_the_same_receive() {
    let desk = desk();
    desk.send("work", "poison");
    for _ in 0..2 {
        desk.receive("work");
        desk.pass_ms(1000);
    }
    desk.send("work", "good");
    assert_eq!(bodies(&desk.receive_up_to("work", 1)), ["good"]);
    assert_eq!(bodies(&desk.receive("parked")), ["poison"]);
}

#[test]
fn the_parking_is_heard_as_an_arrival_there() {
    let desk = desk();
    desk.send("work", "poison");
    let (tell, heard) = std::sync::mpsc::channel();
    desk.sqs
        .on_arrival(move |queue| tell.send(queue.to_owned()).unwrap());
    wear_out(&desk);
    assert_eq!(heard.try_iter().collect::<Vec<_>>(), ["parked"]);
}

#[test]
fn a_move_task_starts_a_parked_message_anew_where_it_came_from() {
    let desk = desk();
    let sent = desk.send("work", "poison");
    wear_out(&desk);
    let source = json!({ "SourceArn": "arn:aws:sqs:local:000000000000:parked" });
    assert!(desk.call("StartMessageMoveTask", &source)["TaskHandle"].is_string());
    assert_eq!(desk.counts("parked"), (0, 0, 0));
    let again = desk.receive("work").remove(0);
    assert_eq!(
        (again["Body"].as_str(), received_times(&again)),
        (Some("poison"), "1")
    );
    assert_ne!(again["MessageId"], sent["MessageId"]);
    assert!(again["Attributes"].get("DeadLetterQueueSourceArn").is_none());
}

#[test]
fn a_message_parked_by_hand_goes_to_the_queue_that_parks_there() {
    let desk = desk();
    desk.send("parked", "by hand");
    desk.call(
        "StartMessageMoveTask",
        &json!({ "SourceArn": "arn:aws:sqs:local:000000000000:parked" }),
    );
    assert_eq!(bodies(&desk.receive("work")), ["by hand"]);
}

#[test]
fn a_move_task_may_name_another_destination_and_leaves_what_is_in_flight() {
    let desk = desk();
    desk.create("elsewhere", &json!({}));
    desk.send("parked", "held");
    desk.receive("parked");
    desk.send("parked", "free");
    let request = json!({ "SourceArn": "arn:aws:sqs:local:000000000000:parked",
        "DestinationArn": "arn:aws:sqs:local:000000000000:elsewhere" });
    desk.call("StartMessageMoveTask", &request);
    assert_eq!(bodies(&desk.receive("elsewhere")), ["free"]);
    assert_eq!(desk.counts("parked"), (0, 0, 1));
}

#[test]
fn only_a_dead_letter_queue_can_be_moved_from() {
    let desk = desk();
    let from = |name: &str| {
        let arn = format!("arn:aws:sqs:local:000000000000:{name}");
        desk.ask("StartMessageMoveTask", &json!({ "SourceArn": arn }))
            .unwrap_err()
    };
    assert!(from("work").starts_with("InvalidParameterValueException"));
    assert!(from("nope").starts_with("ResourceNotFoundException"));
}

#[test]
fn a_fifo_group_goes_on_when_its_worn_message_is_parked_in_a_fifo_queue() {
    let desk = Desk::open();
    desk.create("parked.fifo", &json!({ "FifoQueue": "true" }));
    let attributes = json!({ "FifoQueue": "true", "ContentBasedDeduplication": "true",
        "VisibilityTimeout": "1", "RedrivePolicy": policy("parked.fifo", 1) });
    desk.create("work.fifo", &attributes);
    desk.send_in_group("work.fifo", "g", "poison");
    desk.receive("work.fifo");
    desk.send_in_group("work.fifo", "g", "next");
    desk.pass_ms(1000);
    assert_eq!(bodies(&desk.receive("work.fifo")), ["next"]);
    assert_eq!(bodies(&desk.receive("parked.fifo")), ["poison"]);
}

#[test]
fn a_dead_letter_queue_must_exist_and_be_of_the_same_kind() {
    let desk = desk();
    let create = |name: &str, attributes: Value| {
        desk.ask(
            "CreateQueue",
            &json!({ "QueueName": name, "Attributes": attributes }),
        )
        .unwrap_err()
    };
    assert!(create("a", json!({ "RedrivePolicy": policy("nope", 1) })).contains("does not exist"));
    let fifo = json!({ "FifoQueue": "true", "RedrivePolicy": policy("parked", 1) });
    assert!(create("a.fifo", fifo).contains("same type"));
    assert!(create("a", json!({ "RedrivePolicy": policy("parked", 0) })).contains("maxReceiveCount"));
    assert!(create("a", json!({ "RedrivePolicy": "nonsense" })).contains("not a valid JSON"));
}

#[test]
fn a_dead_letter_queue_knows_its_sources() {
    let desk = desk();
    let sources = desk.call("ListDeadLetterSourceQueues", &Desk::on("parked", json!({})));
    assert_eq!(
        sources,
        json!({ "queueUrls": ["http://sqs.local/000000000000/work"] })
    );
    let read: Value =
        serde_json::from_str(desk.attribute("work", "RedrivePolicy").as_str().unwrap()).unwrap();
    assert_eq!(read["maxReceiveCount"], 2);
    desk.call(
        "SetQueueAttributes",
        &Desk::on("work", json!({ "Attributes": { "RedrivePolicy": "" } })),
    );
    let sources = desk.call("ListDeadLetterSourceQueues", &Desk::on("parked", json!({})));
    assert_eq!(sources, json!({ "queueUrls": [] }));
}
