//! SQS as an event source: receive, invoke, delete what was done.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use manifest::QueueTrigger;
use serde_json::{Value, json};
use tokio::{
    sync::Semaphore,
    time::{Instant, timeout},
};

use super::batch::{Verdict, verdict};
use crate::{cloud::Cloud, functions::Pool, moment};

/// What one `ReceiveMessage` gives at most.
const RECEIVE_MAX: u32 = 10;
/// The first and the longest delay after a batch that failed as a whole. AWS waits for the whole
/// visibility timeout instead; at the desk nobody wants to wait a minute for a retry.
const RETRY_S: i64 = 1;
const RETRY_S_MAX: i64 = 60;

/// A message that shows itself within this time is as good as there.
const SOON: Duration = Duration::from_millis(1);

/// One message, as received.
struct Message {
    id: String,
    receipt: String,
    receives: i64,
    record: Value,
}

/// Serves one queue for ever.
pub(crate) async fn run(cloud: Arc<Cloud>, pool: Arc<Pool>, trigger: QueueTrigger) {
    let source = Arc::new(Source {
        url: cloud.physical.queue_url(&trigger.queue),
        name: cloud.physical.name(&trigger.queue),
        cloud,
        pool,
        trigger,
    });
    let batches = at_once(source.pool.kind.instances_max, source.trigger.concurrency);
    let permits = Arc::new(Semaphore::new(batches));
    loop {
        let Ok(permit) = permits.clone().acquire_owned().await else {
            return;
        };
        let messages = source.gather().await;
        let source = source.clone();
        tokio::spawn(async move {
            source.deliver(messages).await;
            drop(permit);
        });
    }
}

/// How many batches are handled at the same time: as many as there may be instances, unless the
/// manifest declares fewer.
fn at_once(instances_max: usize, declared: Option<u32>) -> usize {
    let declared = declared.and_then(|count| usize::try_from(count).ok());
    declared.map_or(instances_max, |count| count.min(instances_max))
}

struct Source {
    cloud: Arc<Cloud>,
    pool: Arc<Pool>,
    trigger: QueueTrigger,
    /// Physical name and URL of the queue.
    name: String,
    url: String,
}

impl Source {
    /// Waits for the first message, then up to the window for a full batch.
    async fn gather(&self) -> Vec<Message> {
        let mut messages: Vec<Message> = Vec::new();
        let mut until = None;
        loop {
            let arrival = self.cloud.wakes.arrival(&self.name).notified();
            let mut arrival = std::pin::pin!(arrival);
            arrival.as_mut().enable();
            if self.until_visible() <= SOON {
                self.pool.until_built().await;
            }
            let room = self
                .trigger
                .batch
                .saturating_sub(u32::try_from(messages.len()).unwrap_or(u32::MAX));
            let received = self.receive(room.min(RECEIVE_MAX)).await;
            let more = !received.is_empty();
            messages.extend(received);
            if messages.len() >= self.trigger.batch as usize {
                return messages;
            }
            if more {
                continue;
            }
            if messages.is_empty() {
                timeout(self.until_visible(), arrival).await.unwrap_or_default();
                continue;
            }
            let window = Duration::from_secs(self.trigger.window_s.into());
            let until = *until.get_or_insert_with(|| Instant::now() + window);
            if tokio::time::timeout_at(until, arrival).await.is_err() {
                return messages;
            }
        }
    }

    /// How long until a hidden message shows itself.
    fn until_visible(&self) -> Duration {
        let now = moment::now_ms();
        match self.cloud.sqs.next_visible_at(&self.name, now) {
            Ok(Some(at)) => Duration::from_millis(u64::try_from(at - now).unwrap_or(0).max(1)),
            // Nothing to come: an arrival will tell.
            Ok(None) | Err(_) => Duration::from_mins(1),
        }
    }

    async fn receive(&self, count: u32) -> Vec<Message> {
        let ask = json!({
            "QueueUrl": self.url,
            "MaxNumberOfMessages": count,
            "MessageSystemAttributeNames": ["All"],
            "MessageAttributeNames": ["All"],
        });
        let answer = self.call("ReceiveMessage", ask).await;
        let messages = answer
            .get("Messages")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        messages
            .into_iter()
            .map(|message| self.message(&message))
            .collect()
    }

    /// A received message as the function's event has it.
    fn message(&self, message: &Value) -> Message {
        let text = |key: &str| {
            message
                .get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let receives = message["Attributes"]["ApproximateReceiveCount"]
            .as_str()
            .and_then(|count| count.parse().ok());
        let attributes: serde_json::Map<String, Value> = message
            .get("MessageAttributes")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .map(|(name, value)| (name.clone(), attribute(value)))
            .collect();
        let region = embedded_aws::REGION;
        let record = json!({
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message.get("Attributes").cloned().unwrap_or_else(|| json!({})),
            "messageAttributes": attributes,
            "md5OfBody": message["MD5OfBody"],
            "eventSource": "aws:sqs",
            "eventSourceARN": format!("arn:aws:sqs:{region}:{}:{}", embedded_aws::ACCOUNT, self.name),
            "awsRegion": region,
        });
        Message {
            id: text("MessageId"),
            receipt: text("ReceiptHandle"),
            receives: receives.unwrap_or(1),
            record,
        }
    }

    async fn deliver(&self, messages: Vec<Message>) {
        let records: Vec<&Value> = messages.iter().map(|message| &message.record).collect();
        let event = json!({ "Records": records }).to_string();
        let (request_id, outcome) = self.pool.invoke(event.into()).await;
        let ids: Vec<&str> = messages.iter().map(|message| message.id.as_str()).collect();
        let failed: BTreeSet<String> = match verdict(&outcome, &ids) {
            Verdict::Done => BTreeSet::new(),
            // A failed one comes again when its visibility ends, which the function may have changed.
            Verdict::Failed(failed) => failed,
            Verdict::AllFailed(reason) => {
                let function = &self.pool.kind.name;
                let count = messages.len();
                let sentence = format!("{function} failed a batch of {count}, all will come again: {reason}");
                self.cloud.logs.alarm(&request_id, &sentence);
                self.come_again(&messages).await;
                return;
            }
        };
        let done: Vec<&Message> = messages
            .iter()
            .filter(|message| !failed.contains(&message.id))
            .collect();
        for some in done.chunks(RECEIVE_MAX as usize) {
            let entries = entries(some.iter().copied(), |_| json!({}));
            self.call(
                "DeleteMessageBatch",
                json!({ "QueueUrl": self.url, "Entries": entries }),
            )
            .await;
        }
        // A failed one may come back sooner than the source reckons with.
        self.cloud.wakes.arrived(&self.name);
    }

    async fn come_again(&self, messages: &[Message]) {
        for some in messages.chunks(RECEIVE_MAX as usize) {
            let entries = entries(some, |message| {
                let doubled = RETRY_S << message.receives.clamp(1, 8).saturating_sub(1);
                json!({ "VisibilityTimeout": doubled.min(RETRY_S_MAX) })
            });
            self.call(
                "ChangeMessageVisibilityBatch",
                json!({ "QueueUrl": self.url, "Entries": entries }),
            )
            .await;
        }
        // The wait for the next visible message must be reckoned anew.
        self.cloud.wakes.arrived(&self.name);
    }

    async fn call(&self, operation: &'static str, ask: Value) -> Value {
        let cloud = self.cloud.clone();
        let call = move || {
            cloud.sqs.handle(
                &format!("AmazonSQS.{operation}"),
                ask.to_string().as_bytes(),
                moment::now_ms(),
            )
        };
        let Ok(answer) = tokio::task::spawn_blocking(call).await else {
            return Value::Null;
        };
        if answer.status != 200 {
            let text = String::from_utf8_lossy(&answer.body).into_owned();
            self.cloud
                .logs
                .alarm("", &format!("{operation} on {} was refused: {text}", self.name));
        }
        serde_json::from_slice(&answer.body).unwrap_or_default()
    }
}

fn entries<'a>(
    messages: impl IntoIterator<Item = &'a Message>,
    more: impl Fn(&Message) -> Value,
) -> Vec<Value> {
    let entry = |(at, message): (usize, &'a Message)| {
        let mut entry = more(message);
        entry["Id"] = at.to_string().into();
        entry["ReceiptHandle"] = message.receipt.clone().into();
        entry
    };
    messages.into_iter().enumerate().map(entry).collect()
}

/// `{StringValue, BinaryValue, DataType}` in the spelling of Lambda's event.
fn attribute(value: &Value) -> Value {
    let mut attribute = json!({ "stringListValues": [], "binaryListValues": [] });
    for (from, to) in [
        ("StringValue", "stringValue"),
        ("BinaryValue", "binaryValue"),
        ("DataType", "dataType"),
    ] {
        if let Some(value) = value.get(from) {
            attribute[to] = value.clone();
        }
    }
    attribute
}

#[cfg(test)]
mod tests {
    use super::at_once;

    #[test]
    fn a_declared_bound_holds_and_without_one_the_instances_are_the_bound() {
        assert_eq!(at_once(8, Some(2)), 2);
        assert_eq!(at_once(8, Some(20)), 8);
        assert_eq!(at_once(8, None), 8);
    }
}
