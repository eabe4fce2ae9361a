//! What `access` and `trigger` mean in AWS's own words: the one place that maps verbs to actions.

use crate::model::{Access, Function, Manifest, Trigger};

/// The AWS service a right belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    /// `DynamoDB` and its streams.
    Dynamodb,
    /// SQS.
    Sqs,
    /// SES.
    Ses,
}

impl Service {
    /// The prefix of its actions: `dynamodb`, `sqs`, `ses`.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Dynamodb => "dynamodb",
            Self::Sqs => "sqs",
            Self::Ses => "ses",
        }
    }
}

/// What a right is about, by logical name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resource {
    /// A table.
    Table(String),
    /// One index of a table.
    Index {
        /// The table.
        table: String,
        /// The index.
        index: String,
    },
    /// A table's stream.
    Stream(String),
    /// A queue, parked ones included.
    Queue(String),
    /// The shop's sender address.
    Mail,
}

/// Some actions on one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Right {
    /// The service.
    pub service: Service,
    /// Action names without the service's prefix; never a wildcard.
    pub actions: &'static [&'static str],
    /// What they may be done to.
    pub resource: Resource,
}

impl Right {
    /// Whether it covers this action on this resource.
    pub fn covers(&self, service: Service, action: &str, resource: &Resource) -> bool {
        self.service == service && self.resource == *resource && self.actions.contains(&action)
    }
}

const READ: &[&str] = &["GetItem", "BatchGetItem", "Query", "ConditionCheckItem"];
const READ_INDEX: &[&str] = &["Query"];
const WRITE: &[&str] = &[
    "PutItem",
    "UpdateItem",
    "DeleteItem",
    "BatchWriteItem",
    "ConditionCheckItem",
];
const APPEND: &[&str] = &["PutItem"];
const READ_APPEND: &[&str] = &[
    "GetItem",
    "BatchGetItem",
    "Query",
    "ConditionCheckItem",
    "PutItem",
];
const READ_WRITE: &[&str] = &[
    "GetItem",
    "BatchGetItem",
    "Query",
    "ConditionCheckItem",
    "PutItem",
    "UpdateItem",
    "DeleteItem",
    "BatchWriteItem",
];
const SEND: &[&str] = &["SendMessage", "SendMessageBatch"];
/// The console's policies list three; `SendMessageBatch` and the other batches need no action of their own
/// in IAM, but are named here so that the local stack can check calls by name.
const CONSUME: &[&str] = &[
    "ReceiveMessage",
    "DeleteMessage",
    "DeleteMessageBatch",
    "ChangeMessageVisibility",
    "ChangeMessageVisibilityBatch",
    "GetQueueAttributes",
];
const STREAM: &[&str] = &["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"];
const MAIL: &[&str] = &["SendEmail"];

impl Manifest {
    /// Everything the function may do, and nothing else; empty for an unknown function.
    ///
    /// Transactions have no action of their own: each of their items is checked as the
    /// single call it stands for (`PutItem`, `ConditionCheckItem`, …), as IAM does.
    pub fn rights(&self, function: &str) -> Vec<Right> {
        let Some(function) = self.functions.get(function) else {
            return Vec::new();
        };
        let mut rights = Vec::new();
        for (resource, access) in &function.access {
            match resource.as_str() {
                "mail" => rights.push(Right {
                    service: Service::Ses,
                    actions: MAIL,
                    resource: Resource::Mail,
                }),
                // The outside is reached without AWS's leave.
                "outbound" => {}
                name if self.tables.contains_key(name) => self.table_rights(name, *access, &mut rights),
                name => rights.push(send(name.to_owned())),
            }
        }
        trigger_rights(function, &mut rights);
        rights
    }

    fn table_rights(&self, table: &str, access: Access, rights: &mut Vec<Right>) {
        let actions = match access {
            Access::Read => READ,
            Access::Write => WRITE,
            Access::ReadWrite => READ_WRITE,
            Access::Append => APPEND,
            Access::ReadAppend => READ_APPEND,
            Access::Send => return,
        };
        let service = Service::Dynamodb;
        rights.push(Right {
            service,
            actions,
            resource: Resource::Table(table.to_owned()),
        });
        if access.reads() {
            let indexes = self
                .tables
                .get(table)
                .map(|table| table.indexes.as_slice())
                .unwrap_or_default();
            rights.extend(indexes.iter().map(|index| Right {
                service,
                actions: READ_INDEX,
                resource: Resource::Index {
                    table: table.to_owned(),
                    index: index.name.clone(),
                },
            }));
        }
    }
}

fn trigger_rights(function: &Function, rights: &mut Vec<Right>) {
    match &function.trigger {
        Trigger::Queue(trigger) => {
            rights.push(Right {
                service: Service::Sqs,
                actions: CONSUME,
                resource: Resource::Queue(trigger.queue.clone()),
            });
            rights.push(send(crate::parked(&trigger.queue)));
        }
        Trigger::Stream(trigger) => {
            rights.push(Right {
                service: Service::Dynamodb,
                actions: STREAM,
                resource: Resource::Stream(trigger.table.clone()),
            });
            rights.push(send(crate::parked(&function.name)));
        }
        Trigger::Http(_) | Trigger::Schedule(_) | Trigger::Invoke => {}
    }
}

fn send(queue: String) -> Right {
    Right {
        service: Service::Sqs,
        actions: SEND,
        resource: Resource::Queue(queue),
    }
}
