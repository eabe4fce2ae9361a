//! The event sources of a simulated cloud: streams, queues, ticks and requests, until all is quiet.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use kernel::{Duration, Random, SeededRandom};
use manifest::Trigger;
use platform::Cloud;
use platform::wire::{WireAnswer, WireRequest};
use serde_json::{Value, json};

use crate::host::{Ended, Handler, Host};
use crate::{World, WorldError};

/// A history may take so many deliveries before it counts as stuck.
const STEPS_MAX: u32 = 5_000;

/// How deliveries are mixed up.
#[derive(Debug)]
pub enum Disorder {
    /// In order, each once unless its handler fails.
    Calm,
    /// From a seed: any source next, batches of any size, deletes that get lost.
    Seeded(SeededRandom),
}

/// The history does not come to rest.
#[derive(Debug, thiserror::Error)]
pub enum Stuck {
    /// Something is delivered again and again.
    #[error("still not quiet after {STEPS_MAX} deliveries; the last was {last}")]
    Restless {
        /// The last delivery.
        last: String,
    },
    /// The world failed.
    #[error("the world failed")]
    World(#[from] WorldError),
    /// The embedded services failed.
    #[error("the embedded AWS failed")]
    Embedded(#[from] embedded_aws::Error),
}

/// Runs the functions of one world.
pub struct Driver {
    world: Arc<World>,
    functions: BTreeMap<&'static str, fn(&Cloud) -> Handler>,
    /// Idle processes; one that works is not in here, so that a second one starts beside it.
    idle: RefCell<BTreeMap<String, Vec<Rc<Host>>>>,
    checkpoints: RefCell<BTreeMap<String, String>>,
    disorder: Disorder,
    started: Cell<u64>,
    crashes: Cell<u32>,
}

impl std::fmt::Debug for Driver {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Driver")
            .field("world", &self.world)
            .finish_non_exhaustive()
    }
}

/// Something that can be delivered now.
enum Work {
    Records {
        table: String,
        function: String,
        batch: u32,
    },
    Messages {
        queue: String,
        function: String,
        batch: u32,
    },
}

impl Driver {
    /// Functions by name; those of the manifest that are not named here are never started, and
    /// their queues and streams are left alone.
    pub fn new(
        world: Arc<World>,
        functions: BTreeMap<&'static str, fn(&Cloud) -> Handler>,
        disorder: Disorder,
    ) -> Self {
        Self {
            world,
            functions,
            idle: RefCell::default(),
            checkpoints: RefCell::default(),
            disorder,
            started: Cell::default(),
            crashes: Cell::default(),
        }
    }

    /// The world it runs in.
    pub fn world(&self) -> &Arc<World> {
        &self.world
    }

    /// How many processes have died.
    pub fn crashes(&self) -> u32 {
        self.crashes.get()
    }

    /// Invokes a function once with an event as it is.
    pub fn invoke<'a>(
        &'a self,
        function: &'a str,
        event: Value,
    ) -> Pin<Box<dyn Future<Output = Ended> + 'a>> {
        Box::pin(async move {
            let host = self.host(function);
            let ended = host.invoke(event, |request| self.web(request)).await;
            if matches!(ended, Ended::Crashed) {
                self.crashes.set(self.crashes.get() + 1);
            } else {
                self.idle
                    .borrow_mut()
                    .entry(function.to_owned())
                    .or_default()
                    .push(host);
            }
            ended
        })
    }

    /// Delivers everything there is to deliver, until nothing is left. Time moves on only when
    /// all that is left is waiting for it.
    pub async fn settle(&self) -> Result<(), Stuck> {
        self.settle_until(|_| false).await
    }

    /// Delivers like [`Driver::settle`], and stops before a delivery once the world is as wished.
    pub async fn settle_until(&self, wished: impl Fn(&World) -> bool) -> Result<(), Stuck> {
        let mut last = String::new();
        for _ in 0..STEPS_MAX {
            if wished(&self.world) {
                return Ok(());
            }
            let work = self.work()?;
            if work.is_empty() {
                match self.next_visible_at()? {
                    Some(at) => self.world.clock.advance(at.since(self.world.now())),
                    None => return Ok(()),
                }
                continue;
            }
            last = match &work[self.pick(work.len())] {
                Work::Records {
                    table,
                    function,
                    batch,
                } => self.deliver_records(table, function, *batch).await?,
                Work::Messages {
                    queue,
                    function,
                    batch,
                } => self.deliver_messages(queue, function, *batch).await?,
            };
        }
        Err(Stuck::Restless { last })
    }

    /// Fires a schedule once.
    pub async fn tick(&self, function: &str) -> Ended {
        self.invoke(
            function,
            json!({ "source": "aws.events", "time": self.world.now().to_string() }),
        )
        .await
    }

    #[expect(
        clippy::panic,
        reason = "a function that the test forgot is a defect of the test"
    )]
    fn host(&self, function: &str) -> Rc<Host> {
        if let Some(host) = self.idle.borrow_mut().get_mut(function).and_then(Vec::pop) {
            return host;
        }
        let Some(build) = self.functions.get(function) else {
            panic!("`{function}` is not part of this simulation")
        };
        self.started.set(self.started.get() + 1);
        Rc::new(Host::start(&self.world, function, *build, self.started.get()))
    }

    /// A request that a function sends to the shop itself: routed as API Gateway would.
    async fn web(&self, request: WireRequest) -> Option<WireAnswer> {
        let path = request
            .uri
            .strip_prefix(&self.world.physical.shop_url)?
            .to_owned();
        let route = format!("{} {path}", request.method);
        let name = self.functions.keys().find(|name| {
            match self.world.manifest.functions.get(**name).map(|f| &f.trigger) {
                Some(Trigger::Http(http)) => http.route.to_string() == route,
                _ => false,
            }
        })?;
        let headers: BTreeMap<_, _> = request.headers.iter().cloned().collect();
        let body = String::from_utf8_lossy(&request.body).into_owned();
        let event = json!({ "method": request.method, "path": path, "headers": headers, "body": body });
        let Ended::Answered(Ok(answer)) = self.invoke(name, event).await else {
            return Some(WireAnswer {
                status: 502,
                headers: Vec::new(),
                body: Vec::new(),
            });
        };
        let status = answer["status"]
            .as_u64()
            .and_then(|status| u16::try_from(status).ok())
            .unwrap_or(500);
        Some(WireAnswer {
            status,
            headers: Vec::new(),
            body: answer["body"].to_string().into_bytes(),
        })
    }

    fn work(&self) -> Result<Vec<Work>, Stuck> {
        let mut work = Vec::new();
        for name in self.functions.keys() {
            let Some(function) = self.world.manifest.functions.get(*name) else {
                continue;
            };
            match &function.trigger {
                Trigger::Stream(stream) => {
                    let table = self.world.physical.name(&stream.table);
                    let checkpoint = self.checkpoints.borrow().get(&table).cloned();
                    let unread = self
                        .world
                        .dynamo()
                        .records_after(&table, checkpoint.as_deref(), 1)?;
                    if !unread.records.is_empty() {
                        work.push(Work::Records {
                            table,
                            function: (*name).to_owned(),
                            batch: stream.batch,
                        });
                    }
                }
                Trigger::Queue(trigger) => {
                    let queue = self.world.physical.name(&trigger.queue);
                    let now = self.world.now().unix_ms();
                    if self
                        .world
                        .sqs()
                        .next_visible_at(&queue, now)?
                        .is_some_and(|at| at <= now)
                    {
                        work.push(Work::Messages {
                            queue,
                            function: (*name).to_owned(),
                            batch: trigger.batch,
                        });
                    }
                }
                _ => {}
            }
        }
        Ok(work)
    }

    fn next_visible_at(&self) -> Result<Option<kernel::Time>, Stuck> {
        let now = self.world.now().unix_ms();
        let mut next: Option<i64> = None;
        for name in self.functions.keys() {
            if let Some(Trigger::Queue(trigger)) =
                self.world.manifest.functions.get(*name).map(|f| &f.trigger)
            {
                let at = self
                    .world
                    .sqs()
                    .next_visible_at(&self.world.physical.name(&trigger.queue), now)?;
                next = [next, at].into_iter().flatten().min();
            }
        }
        Ok(next.map(kernel::Time::from_unix_ms))
    }

    async fn deliver_records(&self, table: &str, function: &str, batch: u32) -> Result<String, Stuck> {
        let checkpoint = self.checkpoints.borrow().get(table).cloned();
        let limit = self.some_of(usize::try_from(batch).unwrap_or(1));
        let unread = self
            .world
            .dynamo()
            .records_after(table, checkpoint.as_deref(), limit)?;
        let arn = format!("arn:aws:dynamodb:local:000000000000:table/{table}/stream/1");
        let records: Vec<Value> = unread
            .records
            .iter()
            .map(|record| record.lambda_record(&arn))
            .collect();
        let ended = self.invoke(function, json!({ "Records": records })).await;
        let failed_at = match &ended {
            Ended::Answered(Ok(answer)) => {
                let failure = answer["batchItemFailures"][0]["itemIdentifier"].as_str();
                failure.and_then(|number| {
                    unread
                        .records
                        .iter()
                        .position(|record| record.sequence_number == number)
                })
            }
            _ => Some(0),
        };
        let done = match failed_at {
            None => unread.checkpoint,
            Some(0) => checkpoint,
            Some(index) => Some(unread.records[index - 1].sequence_number.clone()),
        };
        if let Some(done) = done {
            self.checkpoints.borrow_mut().insert(table.to_owned(), done);
        }
        if failed_at.is_some() {
            self.world.clock.advance(Duration::seconds(1));
        }
        Ok(format!(
            "{} records of {table} to {function}: {ended:?}",
            records.len()
        ))
    }

    /// Delivers one batch; in disorder sometimes a second one at the same time, to a second process.
    async fn deliver_messages(&self, queue: &str, function: &str, batch: u32) -> Result<String, Stuck> {
        let first = self.receive(queue, batch)?;
        let second = if self.chance(3) {
            self.receive(queue, batch)?
        } else {
            Vec::new()
        };
        let (ended, other) = tokio::join!(self.invoke(function, event(&first)), async {
            if second.is_empty() {
                None
            } else {
                Some(self.invoke(function, event(&second)).await)
            }
        });
        self.acknowledge(queue, &first, &ended)?;
        if let Some(other) = &other {
            self.acknowledge(queue, &second, other)?;
        }
        Ok(format!(
            "{} messages of {queue} to {function}: {ended:?} {other:?}",
            first.len() + second.len()
        ))
    }

    fn receive(&self, queue: &str, batch: u32) -> Result<Vec<Value>, Stuck> {
        let request = json!({
            "QueueUrl": self.world.sqs().queue_url(queue),
            "MaxNumberOfMessages": self.some_of(usize::try_from(batch.min(10)).unwrap_or(1)),
            "MessageSystemAttributeNames": ["All"], "MessageAttributeNames": ["All"],
        });
        let received = self.world.must("AmazonSQS.ReceiveMessage", &request)?;
        Ok(received["Messages"].as_array().cloned().unwrap_or_default())
    }

    /// Deletes what was handled; in disorder, some deletes get lost.
    fn acknowledge(&self, queue: &str, messages: &[Value], ended: &Ended) -> Result<(), Stuck> {
        let Ended::Answered(Ok(answer)) = ended else {
            return Ok(());
        };
        let failures = answer["batchItemFailures"].as_array().into_iter().flatten();
        let again: Vec<&str> = failures
            .filter_map(|failure| failure["itemIdentifier"].as_str())
            .collect();
        let url = self.world.sqs().queue_url(queue);
        for message in messages {
            let done = !message["MessageId"]
                .as_str()
                .is_some_and(|id| again.contains(&id));
            if done && !self.chance(8) {
                let request = json!({ "QueueUrl": url, "ReceiptHandle": message["ReceiptHandle"] });
                self.world.must("AmazonSQS.DeleteMessage", &request)?;
            }
        }
        Ok(())
    }

    fn random(&self, below: usize) -> usize {
        match &self.disorder {
            Disorder::Calm => 0,
            Disorder::Seeded(random) => {
                let mut bytes = [0_u8; 8];
                random.fill(&mut bytes);
                usize::try_from(u64::from_le_bytes(bytes) % (below.max(1) as u64)).unwrap_or(0)
            }
        }
    }

    fn pick(&self, count: usize) -> usize {
        self.random(count)
    }

    /// In calm, the whole; else any number of it.
    fn some_of(&self, most: usize) -> usize {
        match self.disorder {
            Disorder::Calm => most,
            Disorder::Seeded(_) => 1 + self.random(most),
        }
    }

    /// Never in calm; else once in so many times.
    fn chance(&self, one_in: usize) -> bool {
        matches!(self.disorder, Disorder::Seeded(_)) && self.random(one_in) == 0
    }
}

/// Received messages as the event that Lambda makes of them.
fn event(messages: &[Value]) -> Value {
    let record = |message: &Value| {
        json!({
            "messageId": message["MessageId"], "receiptHandle": message["ReceiptHandle"], "body": message["Body"],
            "attributes": message["Attributes"], "eventSource": "aws:sqs",
        })
    };
    json!({ "Records": messages.iter().map(record).collect::<Vec<_>>() })
}
