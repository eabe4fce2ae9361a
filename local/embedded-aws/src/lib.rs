//! DynamoDB and SQS in this process: from an AWS JSON request to an AWS JSON response, without a socket.
//!
//! Both engines are synchronous, may be shared between threads behind an `Arc`, and keep what they
//! acknowledged through a `kill -9` when opened on a file. The local stack puts them on a port; the
//! fault-injecting test cloud calls them from an HTTP client it hands to the AWS SDK.
//!
//! ```
//! use embedded_aws::{Dynamo, Sqs};
//!
//! let dynamo = Dynamo::memory()?;
//! let tables = dynamo.handle("DynamoDB_20120810.ListTables", b"{}");
//! assert_eq!(tables.body, br#"{"TableNames":[]}"#);
//!
//! let sqs = Sqs::memory("http://sqs.local")?;
//! let queue = sqs.handle("AmazonSQS.CreateQueue", br#"{"QueueName":"orders"}"#, 0);
//! assert_eq!(queue.body, br#"{"QueueUrl":"http://sqs.local/000000000000/orders"}"#);
//! # Ok::<(), embedded_aws::Error>(())
//! ```
//!
//! Time: SQS takes the time of each call as an argument. DynamoDB needs it for the times of stream
//! records and for the expiry of items only; [`Dynamo::memory_at`] takes a clock.

mod answer;
mod dynamo;
mod sqs;

pub use answer::{Answer, Error};
pub use dynamo::{Dynamo, StreamBatch, StreamRecord};
pub use sqs::{LongPoll, MessageState, PeekedMessage, QueueDepth, Sqs};

/// The account that owns every queue and table.
pub const ACCOUNT: &str = "000000000000";

/// The region in the names (ARNs) of queues, and in stream records.
pub const REGION: &str = "local";
