//! All or nothing over up to 100 items of any tables.

use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{CancellationReason, ReturnConsumedCapacity};
use kernel::Fault;
use serde::de::DeserializeOwned;

use super::error::is_busy;
use super::write::Write;
use crate::telemetry::{Units, count_write};

/// Writes that happen together or not at all. Costs twice the units of the single writes.
#[derive(Debug, Default)]
#[must_use = "nothing is written before `commit`"]
pub struct Transaction {
    writes: Vec<Write>,
    token: Option<String>,
}

/// Why none of a transaction's writes happened, or why that is not known.
#[derive(Debug, thiserror::Error)]
#[error("the transaction {}", self.words())]
pub struct TransactionError {
    reasons: Vec<CancellationReason>,
    busy: bool,
    #[source]
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Transaction {
    /// How many writes one transaction may hold (AWS).
    pub const WRITES_MAX: usize = 100;

    /// No writes yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one write. The index of a failed condition counts in this order.
    pub fn with(mut self, write: impl Into<Write>) -> Self {
        self.writes.push(write.into());
        self
    }

    /// Names the transaction, so that a repeated commit within ten minutes has no second effect.
    pub fn token(mut self, token: String) -> Self {
        self.token = Some(token);
        self
    }

    /// How many writes there are.
    pub fn len(&self) -> usize {
        self.writes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }

    /// Writes everything or nothing. No writes succeed at once.
    pub async fn commit(self) -> Result<(), TransactionError> {
        let Some(client) = self.writes.first().map(|write| write.client().clone()) else {
            return Ok(());
        };
        let actions: Result<Vec<_>, String> = self.writes.into_iter().map(Write::action).collect();
        let actions = actions.map_err(|error| TransactionError {
            reasons: Vec::new(),
            busy: false,
            source: Some(error.into()),
        })?;
        let call = client
            .transact_write_items()
            .set_transact_items(Some(actions))
            .set_client_request_token(self.token)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        match call.send().await {
            Ok(output) => {
                count_write(Units::sum(output.consumed_capacity()));
                Ok(())
            }
            Err(error) => {
                let reasons = match error.as_service_error() {
                    Some(TransactWriteItemsError::TransactionCanceledException(canceled)) => {
                        canceled.cancellation_reasons().to_vec()
                    }
                    _ => Vec::new(),
                };
                Err(TransactionError {
                    busy: is_busy(&error),
                    reasons,
                    source: Some(Box::new(error)),
                })
            }
        }
    }
}

impl TransactionError {
    /// The condition of the write with this index did not hold. Nothing was written.
    pub fn condition_failed_at(&self, index: usize) -> bool {
        self.code(index) == "ConditionalCheckFailed"
    }

    /// Some condition did not hold. Nothing was written.
    pub fn is_condition_failed(&self) -> bool {
        (0..self.reasons.len()).any(|index| self.condition_failed_at(index))
    }

    /// Another transaction was at work on one of the items. Nothing was written.
    pub fn is_conflict(&self) -> bool {
        (0..self.reasons.len()).any(|index| self.code(index) == "TransactionConflict")
    }

    /// Trying again may help: a conflict, a throttle, or no answer (then it may have happened).
    pub fn is_busy(&self) -> bool {
        let throttled =
            |index| ["ThrottlingError", "ProvisionedThroughputExceeded"].contains(&self.code(index));
        self.busy || self.is_conflict() || (0..self.reasons.len()).any(throttled)
    }

    /// The item that failed the condition with this index, as it was.
    pub fn old_item<R: DeserializeOwned>(&self, index: usize) -> Option<R> {
        let item = self.reasons.get(index)?.item.clone()?;
        serde_dynamo::aws_sdk_dynamodb_1::from_item(item).ok()
    }

    fn code(&self, index: usize) -> &str {
        self.reasons
            .get(index)
            .and_then(|reason| reason.code())
            .unwrap_or_default()
    }

    fn words(&self) -> &'static str {
        if self.is_condition_failed() {
            "was refused by a condition"
        } else if self.is_busy() {
            "found no capacity, no answer, or another transaction at work"
        } else {
            "failed"
        }
    }
}

impl From<TransactionError> for Fault {
    fn from(error: TransactionError) -> Self {
        if error.is_busy() || error.is_condition_failed() {
            Self::busy(error)
        } else {
            Self::broken(error)
        }
    }
}
