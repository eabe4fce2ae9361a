//! The three things that are done with SQS: send a fact, park a message, postpone one.

use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sqs::types::MessageAttributeValue;
use kernel::Fault;

use crate::envelope::Envelope;
use crate::telemetry::count_call;

/// SQS never says more of a reason than this many characters.
const REASON_CHARS_MAX: usize = 1_000;

#[derive(Debug, Clone)]
pub(crate) struct Queues {
    client: aws_sdk_sqs::Client,
}

impl Queues {
    pub(crate) fn new(client: aws_sdk_sqs::Client) -> Self {
        Self { client }
    }

    /// Sends one fact. A lost answer leads to a second message with the same fact id.
    pub(crate) async fn send(&self, url: &str, envelope: &Envelope) -> Result<(), Fault> {
        let body = serde_json::to_string(envelope).map_err(Fault::broken)?;
        count_call();
        self.client
            .send_message()
            .queue_url(url)
            .message_body(body)
            .send()
            .await
            .map(drop)
            .map_err(fault)
    }

    /// Puts a message aside with the reason, for a person to look at.
    pub(crate) async fn park(
        &self,
        url: &str,
        body: &str,
        function: &str,
        reason: &str,
    ) -> Result<(), Fault> {
        let reason: String = reason.chars().take(REASON_CHARS_MAX).collect();
        count_call();
        let call = self.client.send_message().queue_url(url).message_body(body);
        let call = call
            .message_attributes("reason", text(&reason)?)
            .message_attributes("function", text(function)?);
        call.send().await.map(drop).map_err(fault)
    }

    /// Makes a received message visible again after a delay.
    pub(crate) async fn postpone(&self, url: &str, receipt: &str, delay_s: u32) -> Result<(), Fault> {
        count_call();
        let delay_s = i32::try_from(delay_s).unwrap_or(i32::MAX);
        let call = self
            .client
            .change_message_visibility()
            .queue_url(url)
            .receipt_handle(receipt)
            .visibility_timeout(delay_s);
        call.send().await.map(drop).map_err(fault)
    }
}

fn text(value: &str) -> Result<MessageAttributeValue, Fault> {
    let value = if value.is_empty() { "-" } else { value };
    MessageAttributeValue::builder()
        .data_type("String")
        .string_value(value)
        .build()
        .map_err(Fault::broken)
}

/// A right that is missing or a queue that does not exist is our mistake; everything else may pass.
fn fault<E>(error: SdkError<E>) -> Fault
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let ours = [
        "AccessDenied",
        "AccessDeniedException",
        "QueueDoesNotExist",
        "AWS.SimpleQueueService.NonExistentQueue",
        "InvalidMessageContents",
    ];
    match error.as_service_error().and_then(ProvideErrorMetadata::code) {
        Some(code) if ours.contains(&code) => Fault::broken(error),
        _ => Fault::busy(error),
    }
}
