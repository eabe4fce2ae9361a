//! What a call does to what, read from its body: every item of a batch or transaction on its own.

use std::{borrow::Cow, collections::BTreeMap};

use manifest::{Resource, Service};
use serde::{Deserialize, de::IgnoredAny};

/// One action on one resource, the resource by its physical name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Act {
    pub(crate) action: String,
    pub(crate) resource: Resource,
}

/// A call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ask {
    pub(crate) service: Service,
    /// The operation as called, such as `TransactWriteItems`.
    pub(crate) operation: String,
    /// What it does; empty when its body names nothing.
    pub(crate) acts: Vec<Act>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
#[expect(
    clippy::zero_sized_map_values,
    reason = "of a batch only the names of its tables are read"
)]
struct Body<'a> {
    #[serde(borrow)]
    table_name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    index_name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    stream_arn: Option<Cow<'a, str>>,
    #[serde(borrow)]
    queue_url: Option<Cow<'a, str>>,
    #[serde(borrow)]
    queue_name: Option<Cow<'a, str>>,
    request_items: BTreeMap<String, IgnoredAny>,
    transact_items: Vec<BTreeMap<String, Item>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Item {
    table_name: String,
}

const WRITES: [&str; 5] = [
    "PutItem",
    "UpdateItem",
    "DeleteItem",
    "BatchWriteItem",
    "TransactWriteItems",
];

impl Ask {
    /// Reads a call of the JSON protocol.
    pub(crate) fn read(target: &str, body: &[u8]) -> Result<Self, String> {
        let (service, operation) = match target.split_once('.') {
            Some(("DynamoDB_20120810" | "DynamoDBStreams_20120810", operation)) => {
                (Service::Dynamodb, operation)
            }
            Some(("AmazonSQS", operation)) => (Service::Sqs, operation),
            _ => return Err(format!("`{target}` is neither DynamoDB nor SQS")),
        };
        // The engines say what is wrong with a body better than this partial look at it.
        let body: Body<'_> = serde_json::from_slice(body).unwrap_or_default();
        Ok(Self {
            service,
            operation: operation.to_owned(),
            acts: acts(operation, body),
        })
    }

    /// A call that sends a mail.
    pub(crate) fn mail() -> Self {
        let act = Act {
            action: "SendEmail".to_owned(),
            resource: Resource::Mail,
        };
        Self {
            service: Service::Ses,
            operation: act.action.clone(),
            acts: vec![act],
        }
    }

    /// Whether items may have changed.
    pub(crate) fn writes(&self) -> bool {
        WRITES.contains(&self.operation.as_str())
    }

    /// The tables it touches, by physical name.
    pub(crate) fn tables(&self) -> Vec<&str> {
        let mut tables: Vec<&str> = self
            .acts
            .iter()
            .filter_map(|act| match &act.resource {
                Resource::Table(table) => Some(table.as_str()),
                Resource::Index { .. } | Resource::Stream(_) | Resource::Queue(_) | Resource::Mail => None,
            })
            .collect();
        tables.sort_unstable();
        tables.dedup();
        tables
    }
}

fn acts(operation: &str, body: Body<'_>) -> Vec<Act> {
    let act = |resource| Act {
        action: operation.to_owned(),
        resource,
    };
    let mut acts = Vec::new();
    for item in body.transact_items {
        for (verb, item) in item {
            // Put, Update, Delete, Get are PutItem …; ConditionCheck is ConditionCheckItem.
            acts.push(Act {
                action: format!("{verb}Item"),
                resource: Resource::Table(item.table_name),
            });
        }
    }
    acts.extend(
        body.request_items
            .into_keys()
            .map(|table| act(Resource::Table(table))),
    );
    match (body.table_name, body.index_name) {
        (Some(table), Some(index)) => {
            acts.push(act(Resource::Index {
                table: table.into_owned(),
                index: index.into_owned(),
            }));
        }
        (Some(table), None) => acts.push(act(Resource::Table(table.into_owned()))),
        (None, _) => {}
    }
    if let Some(arn) = body.stream_arn {
        acts.push(act(Resource::Stream(table_of_stream(&arn).to_owned())));
    }
    if let Some(name) = body.queue_url.or(body.queue_name) {
        acts.push(act(Resource::Queue(
            name.rsplit('/').next().unwrap_or_default().to_owned(),
        )));
    }
    acts
}

/// `arn:aws:dynamodb:…:table/<table>/stream/…`
fn table_of_stream(arn: &str) -> &str {
    arn.split(":table/")
        .nth(1)
        .and_then(|rest| rest.split('/').next())
        .unwrap_or_default()
}
