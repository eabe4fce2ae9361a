//! Errors of a table that can be asked what they mean.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use kernel::Fault;
use serde::de::DeserializeOwned;

use super::Item;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why a table did not do what it was asked. Ask it; never read its text.
#[derive(Debug, thiserror::Error)]
#[error("{operation} on `{table}` {kind}")]
pub struct TableError {
    operation: &'static str,
    table: String,
    kind: Kind,
    old: Option<Box<Item>>,
    #[source]
    source: Option<Cause>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum Kind {
    #[error("was refused by its condition")]
    Condition,
    #[error("found no capacity, no answer, or another transaction at work")]
    Busy,
    #[error("failed")]
    Broken,
}

impl TableError {
    /// The condition did not hold: the item is not as the write demanded, and nothing was written.
    pub fn is_condition_failed(&self) -> bool {
        self.kind == Kind::Condition
    }

    /// Trying again may help. Whether the write happened is not known when no answer came.
    pub fn is_busy(&self) -> bool {
        self.kind == Kind::Busy
    }

    /// The item that failed a condition, as it was; `None` when there was none.
    pub fn old_item<R: DeserializeOwned>(&self) -> Option<R> {
        self.old
            .as_deref()
            .and_then(|item| serde_dynamo::aws_sdk_dynamodb_1::from_item(item.clone()).ok())
    }

    pub(super) fn sdk<E>(operation: &'static str, table: &str, error: SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        let kind = if is_busy(&error) { Kind::Busy } else { Kind::Broken };
        Self {
            operation,
            table: table.to_owned(),
            kind,
            old: None,
            source: Some(Box::new(error)),
        }
    }

    pub(super) fn condition(operation: &'static str, table: &str, old: Option<Item>) -> Self {
        Self {
            operation,
            table: table.to_owned(),
            kind: Kind::Condition,
            old: old.map(Box::new),
            source: None,
        }
    }

    pub(super) fn throttled(operation: &'static str, table: &str) -> Self {
        Self {
            operation,
            table: table.to_owned(),
            kind: Kind::Busy,
            old: None,
            source: None,
        }
    }

    pub(super) fn unusable(operation: &'static str, table: &str, error: impl Into<Cause>) -> Self {
        Self {
            operation,
            table: table.to_owned(),
            kind: Kind::Broken,
            old: None,
            source: Some(error.into()),
        }
    }
}

/// No answer, a throttle or a conflict: the same call may succeed later.
pub(super) fn is_busy<E: ProvideErrorMetadata>(error: &SdkError<E>) -> bool {
    match error {
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => true,
        SdkError::ServiceError(service) => {
            let code = service.err().code().unwrap_or_default();
            let busy = [
                "ProvisionedThroughputExceededException",
                "RequestLimitExceeded",
                "ThrottlingException",
                "InternalServerError",
                "TransactionConflictException",
                "TransactionInProgressException",
                "ServiceUnavailable",
            ];
            busy.contains(&code) || service.raw().status().is_server_error()
        }
        _ => false,
    }
}

impl From<TableError> for Fault {
    fn from(error: TableError) -> Self {
        match error.kind {
            // A store that expects a failed condition asks for it first; one that slips through
            // was a race, and the next try reads the new state.
            Kind::Busy | Kind::Condition => Self::busy(error),
            Kind::Broken => Self::broken(error),
        }
    }
}
