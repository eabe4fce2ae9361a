//! Every way SQS says no, with both of its names: the shape and the older query code.

use serde_json::{Value, json};

use crate::Answer;

/// A call that did not succeed.
#[derive(Debug)]
pub(crate) enum Fail {
    /// The caller's fault.
    Refused(Refusal),
    /// The file's.
    Broken(rusqlite::Error),
}

impl From<Refusal> for Fail {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<rusqlite::Error> for Fail {
    fn from(error: rusqlite::Error) -> Self {
        Self::Broken(error)
    }
}

/// An error in AWS's words.
#[derive(Debug)]
pub(crate) struct Refusal {
    shape: &'static str,
    query_code: &'static str,
    message: String,
}

impl Refusal {
    fn new(shape: &'static str, query_code: &'static str, message: impl Into<String>) -> Self {
        Self {
            shape,
            query_code,
            message: message.into(),
        }
    }

    pub(crate) fn no_queue() -> Self {
        let message = "The specified queue does not exist.";
        Self::new(
            "QueueDoesNotExist",
            "AWS.SimpleQueueService.NonExistentQueue",
            message,
        )
    }

    pub(crate) fn queue_exists(attribute: &str) -> Self {
        let message = format!(
            "A queue already exists with the same name and a different value for attribute {attribute}"
        );
        Self::new("QueueNameExists", "QueueAlreadyExists", message)
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new("InvalidParameterValueException", "InvalidParameterValue", message)
    }

    /// A parameter's value, and why it does not do.
    pub(crate) fn invalid_value(value: &str, parameter: &str, reason: &str) -> Self {
        Self::invalid(format!(
            "Value {value} for parameter {parameter} is invalid. Reason: {reason}"
        ))
    }

    pub(crate) fn missing(parameter: &str) -> Self {
        let message = format!("The request must contain the parameter {parameter}.");
        Self::new("MissingParameterException", "MissingParameter", message)
    }

    pub(crate) fn invalid_attribute_name(name: &str) -> Self {
        Self::new(
            "InvalidAttributeName",
            "InvalidAttributeName",
            format!("Unknown Attribute {name}."),
        )
    }

    pub(crate) fn invalid_attribute_value(name: &str) -> Self {
        let message = format!("Invalid value for the parameter {name}.");
        Self::new("InvalidAttributeValue", "InvalidAttributeValue", message)
    }

    pub(crate) fn invalid_contents() -> Self {
        let message = "Invalid characters found. Valid unicode characters are \
                       #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF";
        Self::new("InvalidMessageContents", "InvalidMessageContents", message)
    }

    pub(crate) fn invalid_receipt() -> Self {
        let message = "The input receipt handle is invalid.";
        Self::new("ReceiptHandleIsInvalid", "ReceiptHandleIsInvalid", message)
    }

    pub(crate) fn not_in_flight(handle: &str) -> Self {
        let message = format!(
            "Value {handle} for parameter ReceiptHandle is invalid. Reason: \
             Message does not exist or is not available for visibility timeout change."
        );
        Self::new(
            "MessageNotInflight",
            "AWS.SimpleQueueService.MessageNotInflight",
            message,
        )
    }

    pub(crate) fn empty_batch(entry: &str) -> Self {
        let message = format!("There should be at least one {entry} in the request.");
        Self::new(
            "EmptyBatchRequest",
            "AWS.SimpleQueueService.EmptyBatchRequest",
            message,
        )
    }

    pub(crate) fn batch_too_many(count: usize) -> Self {
        let message = format!("Maximum number of entries per request are 10. You have sent {count}.");
        let code = "AWS.SimpleQueueService.TooManyEntriesInBatchRequest";
        Self::new("TooManyEntriesInBatchRequest", code, message)
    }

    pub(crate) fn batch_id_repeated(id: &str) -> Self {
        let code = "AWS.SimpleQueueService.BatchEntryIdsNotDistinct";
        Self::new("BatchEntryIdsNotDistinct", code, format!("Id {id} repeated."))
    }

    pub(crate) fn batch_id_invalid() -> Self {
        let message = "A batch entry id can only contain alphanumeric characters, hyphens and underscores. \
                       It can be at most 80 letters long.";
        Self::new(
            "InvalidBatchEntryId",
            "AWS.SimpleQueueService.InvalidBatchEntryId",
            message,
        )
    }

    pub(crate) fn batch_too_long(limit: usize, sent: usize) -> Self {
        let message =
            format!("Batch requests cannot be longer than {limit} bytes. You have sent {sent} bytes.");
        Self::new(
            "BatchRequestTooLong",
            "AWS.SimpleQueueService.BatchRequestTooLong",
            message,
        )
    }

    pub(crate) fn no_resource(message: &str) -> Self {
        Self::new("ResourceNotFoundException", "ResourceNotFoundException", message)
    }

    pub(crate) fn unreadable(error: &serde_json::Error) -> Self {
        let text = error.to_string();
        match text
            .strip_prefix("missing field `")
            .and_then(|rest| rest.split('`').next())
        {
            Some(field) => Self::missing(field),
            None => Self::invalid(text),
        }
    }

    /// True when it was the name of an attribute, not its value.
    pub(crate) fn is_name(&self) -> bool {
        self.shape == "InvalidAttributeName"
    }

    /// One entry of a batch answer's `Failed`.
    pub(crate) fn entry(self, id: &str) -> Value {
        json!({ "Id": id, "SenderFault": true, "Code": self.query_code, "Message": self.message })
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        let shape = format!("com.amazonaws.sqs#{}", refusal.shape);
        let mut answer = Self::error(400, &shape, &refusal.message);
        answer
            .headers
            .push(("x-amzn-query-error", format!("{};Sender", refusal.query_code)));
        answer
    }
}
