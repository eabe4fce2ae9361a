//! SQS over one SQLite file: standard and FIFO queues, as AWS documents them.
//!
//! | file | has |
//! |---|---|
//! | `store` | the file, its tables, the queues in memory |
//! | `queue` | a queue's attributes: defaults, ranges, reading and writing them |
//! | `message` | what a message may hold, its size, its checksums |
//! | `send`, `receive`, `settle` | the life of a message |
//! | `manage` | creating, listing, changing and deleting queues |
//! | `redrive` | from a dead-letter queue back |
//! | `view` | what an operator sees without receiving |
//!
//! One call is one transaction. A message is one row: `visible_ms` is when it may be received (next),
//! `receives` how often it was. In flight is "received before, visible later"; delayed is "never received,
//! visible later". A receipt handle names the row and the receive, so an old handle deletes nothing.

mod manage;
mod message;
mod queue;
mod receive;
mod redrive;
mod refusal;
mod send;
mod settle;
mod store;
mod view;

use std::path::Path;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{Answer, Error};
use refusal::{Fail, Refusal};
use store::Store;

pub use view::{MessageState, PeekedMessage, QueueDepth};

/// A whole SQS endpoint.
pub struct Sqs {
    store: Mutex<Store>,
    arrival: OnceLock<ArrivalHook>,
}

type ArrivalHook = Box<dyn Fn(&str) + Send + Sync>;

/// A `ReceiveMessage` that is willing to wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LongPoll {
    /// The queue's name.
    pub queue: String,
    /// For how long; at most 20 seconds.
    pub wait_ms: i64,
}

impl Sqs {
    /// Opens or creates the queues in a file. What was acknowledged survives the death of the process.
    ///
    /// One process at a time. Queue URLs are `{base_url}/000000000000/{name}`; of a URL in a request only
    /// the name is read, so the base may change between runs.
    pub fn open(path: &Path, base_url: &str) -> Result<Self, Error> {
        Ok(Self::over(Store::open(path, base_url)?))
    }

    /// Queues in memory. The same calls get the same answers, message ids included.
    pub fn memory(base_url: &str) -> Result<Self, Error> {
        Ok(Self::over(Store::memory(base_url)?))
    }

    fn over(store: Store) -> Self {
        Self {
            store: Mutex::new(store),
            arrival: OnceLock::new(),
        }
    }

    /// Answers one request at a time the caller tells (milliseconds since 1970); `target` is its
    /// `X-Amz-Target`, for example `AmazonSQS.SendMessage`.
    ///
    /// It never waits. Long polling is the caller's: when [`Self::long_poll`] says so and the answer's body
    /// is `{}`, wait for [`Self::on_arrival`] or until [`Self::next_visible_at`], and ask again.
    /// Not served: permissions, and listing or canceling move tasks (they are done at once).
    pub fn handle(&self, target: &str, body: &[u8], now_ms: i64) -> Answer {
        let Some(operation) = target.strip_prefix("AmazonSQS.") else {
            return Answer::unknown_operation();
        };
        let mut store = self.lock();
        let outcome = perform(&mut store, operation, body, now_ms);
        let arrived = store.take_arrivals();
        drop(store);
        match outcome {
            Some(Ok(answer)) => {
                self.announce(&arrived);
                Answer::ok(&answer)
            }
            Some(Err(Fail::Refused(refusal))) => refusal.into(),
            Some(Err(Fail::Broken(error))) => Answer::broken(&error),
            None => Answer::unknown_operation(),
        }
    }

    /// The queue and time of a `ReceiveMessage` that asks to wait, by itself or by its queue's setting.
    pub fn long_poll(&self, target: &str, body: &[u8]) -> Option<LongPoll> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Ask {
            queue_url: String,
            wait_time_seconds: Option<i64>,
        }
        if target != "AmazonSQS.ReceiveMessage" {
            return None;
        }
        let ask: Ask = serde_json::from_slice(body).ok()?;
        let store = self.lock();
        let queue = store.queue_at(&ask.queue_url).ok()?;
        let wait_s = ask.wait_time_seconds.unwrap_or(queue.settings.wait_s);
        (1..=20).contains(&wait_s).then(|| LongPoll {
            queue: queue.name.clone(),
            wait_ms: wait_s * 1000,
        })
    }

    /// When a receive may next find something: `now_ms` if it would now, `None` if nothing is to come.
    pub fn next_visible_at(&self, queue: &str, now_ms: i64) -> Result<Option<i64>, Error> {
        self.lock().next_visible_at(queue, now_ms)
    }

    /// Sets the one function that is told the name of a queue whenever a message may have become
    /// receivable there: sent, given back, moved, or freed by the end of another in its group. Not when
    /// time alone makes it visible. It is called after the commit, on the thread of the call, so it must
    /// be quick. False if there was one already.
    pub fn on_arrival(&self, hook: impl Fn(&str) + Send + Sync + 'static) -> bool {
        self.arrival.set(Box::new(hook)).is_ok()
    }

    /// How many messages each queue holds, by name.
    pub fn depths(&self, now_ms: i64) -> Result<Vec<QueueDepth>, Error> {
        self.lock().depths(now_ms)
    }

    /// The oldest messages of a queue, without receiving them.
    pub fn peek(&self, queue: &str, limit: usize, now_ms: i64) -> Result<Vec<PeekedMessage>, Error> {
        self.lock().peek(queue, limit, now_ms)
    }

    /// Deletes one message whatever its state, as an operator does with a parked one; false if it is gone.
    pub fn drop_message(&self, queue: &str, message_id: &str) -> Result<bool, Error> {
        let mut store = self.lock();
        let dropped = store.drop_message(queue, message_id);
        let arrived = store.take_arrivals();
        drop(store);
        self.announce(&arrived);
        dropped
    }

    /// Makes every message receivable now that was received and not deleted. For the start of a process
    /// whose receivers all ended with the one before: nobody is left to hold anything.
    pub fn release_held(&self, now_ms: i64) -> Result<usize, Error> {
        let mut store = self.lock();
        let released = store.release_held(now_ms);
        let arrived = store.take_arrivals();
        drop(store);
        self.announce(&arrived);
        released
    }

    /// The URL of a queue, whether or not it exists.
    pub fn queue_url(&self, queue: &str) -> String {
        self.lock().url(queue)
    }

    fn announce(&self, queues: &[String]) {
        if let Some(hook) = self.arrival.get() {
            for queue in queues {
                hook(queue);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Store> {
        // A panic elsewhere rolled its transaction back: the store is as good as before.
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `None` for an operation that is not served.
fn perform(store: &mut Store, operation: &str, body: &[u8], now_ms: i64) -> Option<Result<Value, Fail>> {
    Some(match operation {
        "SendMessage" => read(body).and_then(|ask| store.send(ask, now_ms)),
        "SendMessageBatch" => read(body).and_then(|ask| store.send_batch(ask, now_ms)),
        "ReceiveMessage" => read(body).and_then(|ask| store.receive(&ask, now_ms)),
        "DeleteMessage" => read(body).and_then(|ask| store.delete(&ask, now_ms)),
        "DeleteMessageBatch" => read(body).and_then(|ask| store.delete_batch(&ask, now_ms)),
        "ChangeMessageVisibility" => read(body).and_then(|ask| store.change_visibility(&ask, now_ms)),
        "ChangeMessageVisibilityBatch" => {
            read(body).and_then(|ask| store.change_visibility_batch(&ask, now_ms))
        }
        "CreateQueue" => read(body).and_then(|ask| store.create_queue(ask, now_ms)),
        "GetQueueUrl" => read(body).and_then(|ask| store.get_queue_url(&ask)),
        "ListQueues" => read(body).map(|ask| store.list_queues(&ask)),
        "DeleteQueue" => read(body).and_then(|ask| store.delete_queue(&ask)),
        "PurgeQueue" => read(body).and_then(|ask| store.purge_queue(&ask)),
        "GetQueueAttributes" => read(body).and_then(|ask| store.get_attributes(&ask, now_ms)),
        "SetQueueAttributes" => read(body).and_then(|ask| store.set_attributes(&ask, now_ms)),
        "ListDeadLetterSourceQueues" => read(body).and_then(|ask| store.list_sources(&ask)),
        "StartMessageMoveTask" => read(body).and_then(|ask| store.move_messages(&ask, now_ms)),
        "TagQueue" => read(body).and_then(|ask| store.tag_queue(ask)),
        "UntagQueue" => read(body).and_then(|ask| store.untag_queue(&ask)),
        "ListQueueTags" => read(body).and_then(|ask| store.list_tags(&ask)),
        _ => return None,
    })
}

fn read<Q: DeserializeOwned>(body: &[u8]) -> Result<Q, Fail> {
    serde_json::from_slice(body).map_err(|error| Refusal::unreadable(&error).into())
}

#[cfg(test)]
mod tests;
