//! What SQS promises, as sentences; the same behaviors that the conformance lists check over HTTP.

mod dead_letters;
mod fifo;
mod operator;
mod refusals;
mod standard;

use std::cell::Cell;

use serde_json::{Value, json};

use super::Sqs;

/// An SQS at a desk: virtual time, queues by name, JSON in and out.
struct Desk {
    sqs: Sqs,
    now_ms: Cell<i64>,
}

impl Desk {
    fn open() -> Self {
        Self::over(Sqs::memory("http://sqs.local").unwrap())
    }

    fn over(sqs: Sqs) -> Self {
        Self {
            sqs,
            now_ms: Cell::new(1_700_000_000_000),
        }
    }

    fn pass_ms(&self, time_ms: i64) {
        self.now_ms.set(self.now_ms.get() + time_ms);
    }

    /// The answer, or `shape|query code|message` of the refusal.
    fn ask(&self, operation: &str, body: &Value) -> Result<Value, String> {
        let target = format!("AmazonSQS.{operation}");
        let answer = self
            .sqs
            .handle(&target, body.to_string().as_bytes(), self.now_ms.get());
        let body: Value = serde_json::from_slice(&answer.body).unwrap();
        if answer.status == 200 {
            return Ok(body);
        }
        let code = answer
            .headers
            .first()
            .map(|(_, code)| code.clone())
            .unwrap_or_default();
        let shape = body["__type"]
            .as_str()
            .unwrap()
            .trim_start_matches("com.amazonaws.sqs#");
        Err(format!("{shape}|{code}|{}", body["message"].as_str().unwrap()))
    }

    fn call(&self, operation: &str, body: &Value) -> Value {
        self.ask(operation, body).unwrap()
    }

    fn create(&self, name: &str, attributes: &Value) {
        self.call(
            "CreateQueue",
            &json!({ "QueueName": name, "Attributes": attributes }),
        );
    }

    /// Adds `QueueUrl` to a request.
    fn on(queue: &str, mut request: Value) -> Value {
        request["QueueUrl"] = json!(format!("http://elsewhere/000000000000/{queue}"));
        request
    }

    fn send(&self, queue: &str, body: &str) -> Value {
        self.call("SendMessage", &Self::on(queue, json!({ "MessageBody": body })))
    }

    fn send_in_group(&self, queue: &str, group: &str, body: &str) -> Value {
        let message = json!({ "MessageBody": body, "MessageGroupId": group });
        self.call("SendMessage", &Self::on(queue, message))
    }

    /// Up to ten messages with everything about them.
    fn receive(&self, queue: &str) -> Vec<Value> {
        self.receive_up_to(queue, 10)
    }

    fn receive_up_to(&self, queue: &str, count: u8) -> Vec<Value> {
        let request = json!({ "MaxNumberOfMessages": count, "MessageSystemAttributeNames": ["All"],
            "MessageAttributeNames": ["All"] });
        let answer = self.call("ReceiveMessage", &Self::on(queue, request));
        answer["Messages"].as_array().cloned().unwrap_or_default()
    }

    fn delete(&self, queue: &str, message: &Value) {
        let request = json!({ "ReceiptHandle": message["ReceiptHandle"] });
        self.call("DeleteMessage", &Self::on(queue, request));
    }

    fn change_visibility(&self, queue: &str, message: &Value, timeout_s: i64) -> Result<Value, String> {
        let request = json!({ "ReceiptHandle": message["ReceiptHandle"], "VisibilityTimeout": timeout_s });
        self.ask("ChangeMessageVisibility", &Self::on(queue, request))
    }

    fn attribute(&self, queue: &str, name: &str) -> Value {
        let answer = self.call(
            "GetQueueAttributes",
            &Self::on(queue, json!({ "AttributeNames": [name] })),
        );
        answer["Attributes"][name].clone()
    }

    /// Visible, delayed, in flight.
    fn counts(&self, queue: &str) -> (u64, u64, u64) {
        let depths = self.sqs.depths(self.now_ms.get()).unwrap();
        let depth = depths.iter().find(|depth| depth.queue == queue).unwrap();
        (depth.visible, depth.delayed, depth.in_flight)
    }
}

fn bodies(messages: &[Value]) -> Vec<&str> {
    messages
        .iter()
        .map(|message| message["Body"].as_str().unwrap())
        .collect()
}

fn received_times(message: &Value) -> &str {
    message["Attributes"]["ApproximateReceiveCount"].as_str().unwrap()
}
