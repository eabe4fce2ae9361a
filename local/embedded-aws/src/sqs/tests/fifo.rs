//! Order, groups and deduplication.

use serde_json::json;

use super::{Desk, bodies};

fn desk(attributes: &serde_json::Value) -> Desk {
    let desk = Desk::open();
    let mut all = json!({ "FifoQueue": "true", "ContentBasedDeduplication": "true" });
    for (name, value) in attributes.as_object().unwrap() {
        all[name] = value.clone();
    }
    desk.create("f.fifo", &all);
    desk
}

#[test]
fn a_group_in_flight_is_locked_and_others_are_not() {
    let desk = desk(&json!({}));
    for i in 0..4 {
        desk.send_in_group("f.fifo", "g1", &format!("g1-{i}"));
    }
    desk.send_in_group("f.fifo", "g2", "g2-0");
    let first = desk.receive_up_to("f.fifo", 2);
    assert_eq!(bodies(&first), ["g1-0", "g1-1"]);
    assert_eq!(bodies(&desk.receive("f.fifo")), ["g2-0"]);
    desk.delete("f.fifo", &first[0]);
    assert!(desk.receive("f.fifo").is_empty());
    desk.delete("f.fifo", &first[1]);
    assert_eq!(bodies(&desk.receive("f.fifo")), ["g1-2", "g1-3"]);
}

#[test]
fn a_group_starts_again_at_its_oldest_message_when_time_is_over() {
    let desk = desk(&json!({ "VisibilityTimeout": "2" }));
    for body in ["1", "2", "3"] {
        desk.send_in_group("f.fifo", "g", body);
    }
    desk.receive_up_to("f.fifo", 2);
    desk.pass_ms(2000);
    assert_eq!(bodies(&desk.receive("f.fifo")), ["1", "2", "3"]);
}

#[test]
fn one_message_given_back_waits_for_its_group() {
    let desk = desk(&json!({}));
    desk.send_in_group("f.fifo", "g", "1");
    desk.send_in_group("f.fifo", "g", "2");
    let taken = desk.receive("f.fifo");
    desk.change_visibility("f.fifo", &taken[0], 0).unwrap();
    assert!(desk.receive("f.fifo").is_empty());
    desk.change_visibility("f.fifo", &taken[1], 0).unwrap();
    assert_eq!(bodies(&desk.receive("f.fifo")), ["1", "2"]);
}

#[test]
fn the_same_body_within_five_minutes_is_sent_once() {
    let desk = desk(&json!({}));
    let first = desk.send_in_group("f.fifo", "g", "x");
    desk.pass_ms(299_999);
    let again = desk.send_in_group("f.fifo", "other", "x");
    assert_eq!(first, again);
    assert_eq!(first["SequenceNumber"].as_str().unwrap().len(), 20);
    assert_eq!(desk.counts("f.fifo"), (1, 0, 0));
    desk.pass_ms(1);
    let later = desk.send_in_group("f.fifo", "g", "x");
    assert!(later["SequenceNumber"].as_str() > first["SequenceNumber"].as_str());
    assert_eq!(desk.counts("f.fifo"), (2, 0, 0));
}

#[test]
fn a_repeat_is_known_even_after_the_first_was_deleted() {
    let desk = desk(&json!({}));
    desk.send_in_group("f.fifo", "g", "x");
    let message = desk.receive("f.fifo").remove(0);
    desk.delete("f.fifo", &message);
    desk.send_in_group("f.fifo", "g", "x");
    assert_eq!(desk.counts("f.fifo"), (0, 0, 0));
}

#[test]
fn an_explicit_id_decides_over_the_body() {
    let desk = desk(&json!({}));
    for (body, id) in [("a", "1"), ("b", "1"), ("b", "2")] {
        let message = json!({ "MessageBody": body, "MessageGroupId": "g", "MessageDeduplicationId": id });
        desk.call("SendMessage", &Desk::on("f.fifo", message));
    }
    let received = desk.receive("f.fifo");
    assert_eq!(bodies(&received), ["a", "b"]);
    assert_eq!(received[1]["Attributes"]["MessageDeduplicationId"], "2");
    assert_eq!(received[1]["Attributes"]["MessageGroupId"], "g");
}

#[test]
fn deduplication_may_be_per_group() {
    let desk = desk(&json!({ "DeduplicationScope": "messageGroup" }));
    desk.send_in_group("f.fifo", "g1", "x");
    desk.send_in_group("f.fifo", "g2", "x");
    desk.send_in_group("f.fifo", "g2", "x");
    assert_eq!(desk.counts("f.fifo"), (2, 0, 0));
}

#[test]
fn a_handle_whose_time_is_over_is_refused() {
    let desk = desk(&json!({ "VisibilityTimeout": "1" }));
    desk.send_in_group("f.fifo", "g", "x");
    let message = desk.receive("f.fifo").remove(0);
    desk.pass_ms(1000);
    let request = json!({ "ReceiptHandle": message["ReceiptHandle"] });
    let refusal = desk
        .ask("DeleteMessage", &Desk::on("f.fifo", request))
        .unwrap_err();
    assert!(refusal.contains("The receipt handle has expired."), "{refusal}");
}

#[test]
fn the_end_of_a_message_is_heard_as_an_arrival_of_the_next() {
    let desk = desk(&json!({}));
    desk.send_in_group("f.fifo", "g", "1");
    desk.send_in_group("f.fifo", "g", "2");
    let message = desk.receive_up_to("f.fifo", 1).remove(0);
    let (tell, heard) = std::sync::mpsc::channel();
    desk.sqs
        .on_arrival(move |queue| tell.send(queue.to_owned()).unwrap());
    desk.delete("f.fifo", &message);
    assert_eq!(heard.try_iter().collect::<Vec<_>>(), ["f.fifo"]);
}

#[test]
fn what_fifo_needs_is_demanded_and_what_it_cannot_do_refused() {
    let desk = Desk::open();
    desk.create("f.fifo", &json!({ "FifoQueue": "true" }));
    let send =
        |message: serde_json::Value| desk.ask("SendMessage", &Desk::on("f.fifo", message)).unwrap_err();
    assert!(
        send(json!({ "MessageBody": "x" })).starts_with("MissingParameterException|MissingParameter;Sender")
    );
    let no_id = send(json!({ "MessageBody": "x", "MessageGroupId": "g" }));
    assert!(
        no_id.contains("ContentBasedDeduplication enabled or MessageDeduplicationId"),
        "{no_id}"
    );
    let delayed = json!({ "MessageBody": "x", "MessageGroupId": "g", "MessageDeduplicationId": "d", "DelaySeconds": 1 });
    assert!(send(delayed).contains("not valid for this queue type"));
    assert_eq!(desk.counts("f.fifo"), (0, 0, 0));
}
