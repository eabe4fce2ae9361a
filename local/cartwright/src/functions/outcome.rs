//! How an invocation ended.

use bytes::Bytes;
use serde_json::json;

/// The end of one invocation.
#[derive(Debug, Clone)]
pub(crate) enum Outcome {
    /// What the function answered.
    Answered(Bytes),
    /// It did not answer.
    Failed(Failure),
}

/// Why there is no answer, in the words of AWS.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    /// The HTTP status the Invoke API gives: 200 when the function itself failed, 429 when it never ran.
    pub(crate) status: u16,
    /// `{"errorType": …, "errorMessage": …}`
    pub(crate) body: Bytes,
}

impl Failure {
    /// The function failed: it said so, crashed, or ran out of time.
    pub(crate) fn of_function(kind: &str, message: &str) -> Self {
        let body = json!({ "errorType": kind, "errorMessage": message });
        Self {
            status: 200,
            body: body.to_string().into(),
        }
    }

    /// Too many invocations wait already.
    pub(crate) fn throttled() -> Self {
        let body = json!({ "Reason": "ConcurrentInvocationLimitExceeded", "Type": "User", "message": "Rate Exceeded." });
        Self {
            status: 429,
            body: body.to_string().into(),
        }
    }

    /// The message for a log line.
    pub(crate) fn message(&self) -> String {
        let body: serde_json::Value = serde_json::from_slice(&self.body).unwrap_or_default();
        let text = |key: &str| body.get(key).and_then(serde_json::Value::as_str);
        match (
            text("errorType"),
            text("errorMessage").or_else(|| text("message")),
        ) {
            (Some(kind), Some(message)) => format!("{kind}: {message}"),
            (_, Some(message)) => message.to_owned(),
            _ => String::from_utf8_lossy(&self.body).into_owned(),
        }
    }
}
