//! Typed items over DynamoDB: conditional writes, transactions, keyset queries.
//!
//! Only a context's `store.rs` uses this. Rows are serde structs that name `pk`, `sk` and their
//! index attributes. Every call counts its request units into the invocation's meter.

mod condition;
mod error;
mod query;
mod transaction;
mod write;

pub(crate) use write::CORRELATION;

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes, ReturnConsumedCapacity};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use condition::Condition;
pub use error::TableError;
pub use query::Query;
pub use transaction::{Transaction, TransactionError};
pub use write::{Check, Delete, Put, Update, Write};

use crate::telemetry::{Units, count_read};

/// An item as DynamoDB has it.
pub type Item = HashMap<String, AttributeValue>;

/// Names one item.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    /// Partition key.
    pub pk: String,
    /// Sort key.
    pub sk: String,
}

impl Key {
    /// The item of this partition and sort key.
    pub fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self {
            pk: pk.into(),
            sk: sk.into(),
        }
    }

    pub(crate) fn item(self) -> Item {
        HashMap::from([
            ("pk".to_owned(), AttributeValue::S(self.pk)),
            ("sk".to_owned(), AttributeValue::S(self.sk)),
        ])
    }
}

/// One table that the function may use.
#[derive(Debug, Clone)]
pub struct Table {
    client: aws_sdk_dynamodb::Client,
    name: String,
}

/// A batch read names at most this many items (AWS).
const BATCH_MAX: usize = 100;
/// How often the unprocessed rest of a batch read is asked for again.
const BATCH_ROUNDS_MAX: usize = 5;

impl Table {
    pub(crate) fn new(client: aws_sdk_dynamodb::Client, name: String) -> Self {
        Self { client, name }
    }

    /// Reads one item; it may be a moment old. Half a unit per 4 KB.
    pub async fn get<R: DeserializeOwned>(&self, key: Key) -> Result<Option<R>, TableError> {
        self.read(key, false).await
    }

    /// Reads one item as the last successful write left it. One unit per 4 KB.
    pub async fn get_consistent<R: DeserializeOwned>(&self, key: Key) -> Result<Option<R>, TableError> {
        self.read(key, true).await
    }

    /// Reads any number of items, which may be a moment old, in no particular order. Absent items are left out.
    pub async fn get_many<R: DeserializeOwned>(&self, keys: Vec<Key>) -> Result<Vec<R>, TableError> {
        self.read_many(keys, false).await
    }

    /// Reads any number of items as the last successful writes left them, in no particular order.
    pub async fn get_many_consistent<R: DeserializeOwned>(
        &self,
        keys: Vec<Key>,
    ) -> Result<Vec<R>, TableError> {
        self.read_many(keys, true).await
    }

    /// Writes a whole item.
    pub fn put<R: Serialize>(&self, row: &R) -> Put {
        Put::new(self, row)
    }

    /// Changes attributes of an item; makes the item unless a condition refuses that.
    pub fn update(&self, key: Key) -> Update {
        Update::new(self, key)
    }

    /// Removes an item. Removing what is not there succeeds unless a condition refuses that.
    pub fn delete(&self, key: Key) -> Delete {
        Delete::new(self, key)
    }

    /// Demands something of an item that a transaction does not change.
    pub fn require(&self, key: Key, condition: Condition) -> Check {
        Check::new(self, key, condition)
    }

    /// Items of one partition, in the order of their sort keys.
    pub fn query(&self, pk: impl Into<String>) -> Query {
        Query::new(self, None, ("pk", pk.into()), "sk")
    }

    /// Items of one partition of an index, in the order of the index's sort attribute.
    pub fn query_index(
        &self,
        index: &'static str,
        partition: (&'static str, &str),
        sort: &'static str,
    ) -> Query {
        Query::new(self, Some(index), (partition.0, partition.1.to_owned()), sort)
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn client(&self) -> &aws_sdk_dynamodb::Client {
        &self.client
    }

    async fn read<R: DeserializeOwned>(&self, key: Key, consistent: bool) -> Result<Option<R>, TableError> {
        let call = self
            .client
            .get_item()
            .table_name(&self.name)
            .set_key(Some(key.item()))
            .consistent_read(consistent)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let output = call
            .send()
            .await
            .map_err(|error| TableError::sdk("GetItem", &self.name, error))?;
        count_read(Units::of(output.consumed_capacity()));
        output.item.map(|item| self.decode(item)).transpose()
    }

    async fn read_many<R: DeserializeOwned>(
        &self,
        keys: Vec<Key>,
        consistent: bool,
    ) -> Result<Vec<R>, TableError> {
        let mut rows = Vec::with_capacity(keys.len());
        let mut seen = std::collections::HashSet::new();
        let mut wanted: Vec<Item> = keys
            .into_iter()
            .filter(|key| seen.insert(key.clone()))
            .map(Key::item)
            .collect();
        while !wanted.is_empty() {
            let rest = wanted.split_off(wanted.len().min(BATCH_MAX));
            self.read_batch(wanted, consistent, &mut rows).await?;
            wanted = rest;
        }
        Ok(rows)
    }

    async fn read_batch<R: DeserializeOwned>(
        &self,
        keys: Vec<Item>,
        consistent: bool,
        rows: &mut Vec<R>,
    ) -> Result<(), TableError> {
        let request = KeysAndAttributes::builder()
            .set_keys(Some(keys))
            .consistent_read(consistent)
            .build();
        let mut pending = request.map_err(|error| TableError::unusable("BatchGetItem", &self.name, error))?;
        for _ in 0..BATCH_ROUNDS_MAX {
            let call = self
                .client
                .batch_get_item()
                .request_items(&self.name, pending)
                .return_consumed_capacity(ReturnConsumedCapacity::Total);
            let output = call
                .send()
                .await
                .map_err(|error| TableError::sdk("BatchGetItem", &self.name, error))?;
            count_read(Units::sum(output.consumed_capacity()));
            for item in output.responses.unwrap_or_default().into_values().flatten() {
                rows.push(self.decode(item)?);
            }
            match output.unprocessed_keys.unwrap_or_default().into_values().next() {
                Some(rest) => pending = rest,
                None => return Ok(()),
            }
        }
        Err(TableError::throttled("BatchGetItem", &self.name))
    }

    pub(crate) fn decode<R: DeserializeOwned>(&self, item: Item) -> Result<R, TableError> {
        serde_dynamo::aws_sdk_dynamodb_1::from_item(item)
            .map_err(|error| TableError::unusable("decode", &self.name, error))
    }
}
