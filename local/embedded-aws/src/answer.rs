//! What a call gives back: a response, or why an engine could not be opened or read.

use serde::Serialize;

/// One response, ready for the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Headers beside `content-type`; SQS names its older error codes in `x-amzn-query-error`.
    pub headers: Vec<(&'static str, String)>,
    /// JSON.
    pub body: Vec<u8>,
}

impl Answer {
    /// The `content-type` of every body.
    pub const CONTENT_TYPE: &'static str = "application/x-amz-json-1.0";

    pub(crate) fn ok(body: &impl Serialize) -> Self {
        match serde_json::to_vec(body) {
            Ok(body) => Self {
                status: 200,
                headers: Vec::new(),
                body,
            },
            Err(error) => Self::broken(&error),
        }
    }

    /// The service's own fault, which SDKs retry.
    pub(crate) fn broken(error: &dyn std::error::Error) -> Self {
        Self::error(500, "com.amazonaws#InternalFailure", &error.to_string())
    }

    pub(crate) fn unknown_operation() -> Self {
        Self::error(400, "com.amazon.coral.service#UnknownOperationException", "")
    }

    pub(crate) fn error(status: u16, shape: &str, message: &str) -> Self {
        let body = serde_json::json!({ "__type": shape, "message": message });
        Self {
            status,
            headers: Vec::new(),
            body: body.to_string().into_bytes(),
        }
    }
}

/// Why an engine could not be opened, or asked outside the AWS protocol.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file is not ours, not writable, or damaged.
    #[error("the embedded database failed")]
    Sqlite(#[from] rusqlite::Error),
    /// DynamoDB refused; its `Display` is the AWS message.
    #[error("the embedded DynamoDB refused")]
    Dynamo(#[from] dynoxide::DynoxideError),
    /// The table is missing, or has no stream.
    #[error("table `{0}` has no stream")]
    NoStream(String),
    /// The queue is missing.
    #[error("there is no queue `{0}`")]
    NoQueue(String),
    /// The system gave no randomness to name the messages of a new file.
    #[error("the system has no randomness")]
    NoRandomness,
    /// A file path that is not UTF-8.
    #[error("the path `{0}` is not UTF-8")]
    BadPath(String),
}
