//! SQS: facts on queues, and listeners that handle each exactly as often as it has an effect.
//!
//! Only this module talks to SQS. A message ends in one of three ways: *done*; *again*, with
//! backoff, when the fault is busy; or *parked* with the reason, when trying again cannot help.

mod client;
mod once;

use std::future::Future;
use std::sync::Arc;

use aws_lambda_events::event::sqs::{SqsEvent, SqsMessage};
use kernel::{Fault, Time};

use crate::Cloud;
pub use crate::envelope::{BadEnvelope, Envelope, Fact};
use crate::lambda::{self, BatchAnswer, Exit};
use crate::telemetry::{self, correlated};
pub(crate) use client::Queues;
pub use once::Once;

/// One delivery of a fact. The same fact may be delivered more than once, and late.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message<F> {
    /// The same at every delivery of the same fact.
    pub fact_id: String,
    /// When it happened.
    pub occurred_at: Time,
    /// The id of the request that began it all.
    pub correlation_id: String,
    /// How often this was delivered, this time included.
    pub receives: u32,
    /// What happened.
    pub fact: F,
}

/// Where a listener's messages come from and where the hopeless ones go.
#[derive(Clone)]
pub struct Listener {
    queues: Queues,
    queue_url: String,
    parked_url: String,
    function: String,
    random: Arc<dyn kernel::Random>,
}

impl std::fmt::Debug for Listener {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Listener")
            .field("queue_url", &self.queue_url)
            .finish_non_exhaustive()
    }
}

/// Serves a queue one message after the other, in the order of the batch.
pub async fn serve<F, T, H, Fut>(build: fn(&Cloud) -> F, handler: H) -> Exit
where
    F: 'static,
    T: Fact,
    H: Fn(&'static F, Message<T>) -> Fut,
    Fut: Future<Output = Result<(), Fault>>,
{
    let cloud = Cloud::open().await?;
    let facade = lambda::build(&cloud, build)?;
    let (listener, handler) = (Listener::new(&cloud), &handler);
    serve_event(&cloud, async |event| {
        listener
            .each(event, async |message| handler(facade, message).await)
            .await
    })
    .await
}

/// Serves a queue like [`serve`], and remembers each fact that was handled, so that a repeated
/// delivery does not reach the handler: for effects that are not idempotent by themselves.
/// Needs `idempotency: readwrite` in the manifest entry.
pub async fn serve_once<F, T, H, Fut>(build: fn(&Cloud) -> F, handler: H) -> Exit
where
    F: 'static,
    T: Fact,
    H: Fn(&'static F, Message<T>) -> Fut,
    Fut: Future<Output = Result<(), Fault>>,
{
    let cloud = Cloud::open().await?;
    let facade = lambda::build(&cloud, build)?;
    let (listener, once, handler) = (Listener::new(&cloud), Once::new(&cloud), &handler);
    cloud.check()?;
    let handle = async |message: Message<T>| {
        let fact_id = message.fact_id.clone();
        once.run(&fact_id, handler(facade, message)).await
    };
    serve_event(&cloud, async |event| listener.each(event, &handle).await).await
}

/// Serves a queue a batch at a time: for handlers that join the work of many messages into few
/// writes. The handler answers for every message, in order.
pub async fn serve_batch<F, T, H, Fut>(build: fn(&Cloud) -> F, handler: H) -> Exit
where
    F: 'static,
    T: Fact,
    H: Fn(&'static F, Vec<Message<T>>) -> Fut,
    Fut: Future<Output = Vec<Result<(), Fault>>>,
{
    let cloud = Cloud::open().await?;
    let facade = lambda::build(&cloud, build)?;
    let (listener, handler) = (Listener::new(&cloud), &handler);
    serve_event(&cloud, async |event| {
        listener
            .batch(event, async |messages| handler(facade, messages).await)
            .await
    })
    .await
}

async fn serve_event(cloud: &Cloud, handle: impl AsyncFn(SqsEvent) -> Result<BatchAnswer, Fault>) -> Exit {
    let handle = &handle;
    lambda::serve(cloud, |event: SqsEvent| async move {
        let count = event.records.len();
        let answer = handle(event).await;
        let again = answer
            .as_ref()
            .map_or(count, |answer| answer.batch_item_failures.len());
        (answer, format!("handled {} of {count} messages", count - again))
    })
    .await
}

impl Listener {
    /// The listener that the settings describe.
    pub fn new(cloud: &Cloud) -> Self {
        Self {
            queues: cloud.queues(),
            queue_url: cloud.need("TRIGGER_QUEUE_URL"),
            parked_url: cloud.need("TRIGGER_PARKED_URL"),
            function: cloud
                .setting("AWS_LAMBDA_FUNCTION_NAME")
                .unwrap_or_default()
                .to_owned(),
            random: cloud.random(),
        }
    }

    /// Hands messages to a handler one at a time and sorts the outcomes.
    pub async fn each<T: Fact>(
        &self,
        event: SqsEvent,
        handler: impl AsyncFn(Message<T>) -> Result<(), Fault>,
    ) -> Result<BatchAnswer, Fault> {
        let mut answer = BatchAnswer::default();
        for record in event.records {
            let delivery = Delivery::read(record)?;
            let outcome = match delivery.open::<T>() {
                Ok(message) => correlated(message.correlation_id.clone(), handler(message)).await,
                Err(bad) => Err(bad.into()),
            };
            self.settle(&delivery, outcome, &mut answer).await;
        }
        Ok(answer)
    }

    /// Hands all readable messages to a handler at once and sorts the outcomes.
    pub async fn batch<T: Fact>(
        &self,
        event: SqsEvent,
        handler: impl AsyncFn(Vec<Message<T>>) -> Vec<Result<(), Fault>>,
    ) -> Result<BatchAnswer, Fault> {
        let mut answer = BatchAnswer::default();
        let (mut deliveries, mut messages) = (Vec::new(), Vec::new());
        for record in event.records {
            let delivery = Delivery::read(record)?;
            match delivery.open::<T>() {
                Ok(message) => {
                    deliveries.push(delivery);
                    messages.push(message);
                }
                Err(bad) => self.settle(&delivery, Err(bad.into()), &mut answer).await,
            }
        }
        let correlation = messages
            .first()
            .map(|message| message.correlation_id.clone())
            .unwrap_or_default();
        let mut outcomes = correlated(correlation, handler(messages)).await.into_iter();
        for delivery in &deliveries {
            let outcome = outcomes
                .next()
                .unwrap_or_else(|| Err(Fault::busy("the batch handler gave no outcome")));
            self.settle(delivery, outcome, &mut answer).await;
        }
        Ok(answer)
    }

    /// Done, again, or parked.
    async fn settle(&self, delivery: &Delivery, outcome: Result<(), Fault>, answer: &mut BatchAnswer) {
        let Err(fault) = outcome else { return };
        let reason = fault.chain();
        if fault.is_busy() {
            tracing::warn!(
                message_id = delivery.id,
                receives = delivery.receives,
                error = reason,
                "message comes again"
            );
            self.back_off(delivery).await;
            answer.fail(&delivery.id);
            return;
        }
        tracing::error!(message_id = delivery.id, error = reason, "message is parked");
        telemetry::note("queue.parked", &delivery.id);
        if let Err(fault) = self
            .queues
            .park(&self.parked_url, &delivery.body, &self.function, &reason)
            .await
        {
            tracing::error!(
                message_id = delivery.id,
                error = fault.chain(),
                "message could not be parked, it comes again"
            );
            answer.fail(&delivery.id);
        }
    }

    /// Makes the message visible again after a jittered delay that doubles with every delivery
    /// (1 s to 5 min). When that fails the message returns at its visibility timeout: later, not lost.
    async fn back_off(&self, delivery: &Delivery) {
        let ceiling = 1_u32 << delivery.receives.clamp(0, 8);
        let mut bytes = [0_u8; 4];
        self.random.fill(&mut bytes);
        let delay_s = (ceiling / 2 + u32::from_le_bytes(bytes) % ceiling.div_ceil(2).max(1)).min(300);
        if let Err(fault) = self
            .queues
            .postpone(&self.queue_url, &delivery.receipt, delay_s)
            .await
        {
            tracing::warn!(
                message_id = delivery.id,
                error = fault.chain(),
                "visibility could not be changed"
            );
        }
    }
}

/// One record of an event, with what must be there.
struct Delivery {
    id: String,
    receipt: String,
    body: String,
    receives: u32,
}

impl Delivery {
    /// A record without an id fails the whole batch, loudly: answering an empty id would too, and
    /// leaving it out would lose the message.
    fn read(record: SqsMessage) -> Result<Self, Fault> {
        let id = record.message_id.filter(|id| !id.is_empty());
        let receives = record
            .attributes
            .get("ApproximateReceiveCount")
            .and_then(|count| count.parse().ok())
            .unwrap_or(1);
        Ok(Self {
            id: id.ok_or_else(|| Fault::broken("an SQS record has no message id"))?,
            receipt: record.receipt_handle.unwrap_or_default(),
            body: record.body.unwrap_or_default(),
            receives,
        })
    }

    fn open<T: Fact>(&self) -> Result<Message<T>, BadEnvelope> {
        let (envelope, fact) = Envelope::open::<T>(&self.body)?;
        Ok(Message {
            fact_id: envelope.id,
            occurred_at: envelope.occurred_at,
            correlation_id: envelope.correlation_id,
            receives: self.receives,
            fact,
        })
    }
}
