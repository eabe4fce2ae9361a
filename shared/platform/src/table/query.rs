//! Queries: one partition, in order, a page at a time.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use kernel::Page;
use serde::de::DeserializeOwned;

use super::condition::{Expressions, encode};
use super::{Item, Table, TableError};
use crate::telemetry::{Units, count_read};

/// One page of a partition. 20 items in ascending order unless said otherwise.
#[derive(Debug, Clone)]
#[must_use = "nothing is read before `page`"]
pub struct Query {
    table: Table,
    index: Option<&'static str>,
    sort: &'static str,
    expressions: Expressions,
    key_condition: String,
    descending: bool,
    consistent: bool,
    limit: u8,
    after: Option<String>,
}

impl Query {
    pub(super) fn new(
        table: &Table,
        index: Option<&'static str>,
        partition: (&str, String),
        sort: &'static str,
    ) -> Self {
        let mut expressions = Expressions::default();
        let (name, value) = (
            expressions.name(partition.0),
            expressions.value(encode(partition.1)),
        );
        Self {
            table: table.clone(),
            index,
            sort,
            expressions,
            key_condition: format!("{name} = {value}"),
            descending: false,
            consistent: false,
            limit: 20,
            after: None,
        }
    }

    /// Only items whose sort key begins with this text.
    pub fn begins_with(mut self, prefix: &str) -> Self {
        let (name, value) = (
            self.expressions.name(self.sort),
            self.expressions.value(encode(prefix)),
        );
        self.key_condition = format!("{} AND begins_with({name}, {value})", self.key_condition);
        self
    }

    /// Only items whose sort key lies between two texts, both included.
    pub fn between(mut self, first: &str, last: &str) -> Self {
        let name = self.expressions.name(self.sort);
        let (first, last) = (
            self.expressions.value(encode(first)),
            self.expressions.value(encode(last)),
        );
        self.key_condition = format!("{} AND {name} BETWEEN {first} AND {last}", self.key_condition);
        self
    }

    /// Only items whose sort key is this text or before it.
    pub fn at_most(self, last: &str) -> Self {
        self.compared("<=", last)
    }

    /// Only items whose sort key is this text or after it.
    pub fn at_least(self, first: &str) -> Self {
        self.compared(">=", first)
    }

    /// Last item first.
    pub fn descending(mut self) -> Self {
        self.descending = true;
        self
    }

    /// As the last successful writes left it. Not on an index.
    pub fn consistent(mut self) -> Self {
        self.consistent = self.index.is_none();
        self
    }

    /// At most so many items.
    pub fn limit(mut self, count: impl Into<QueryLimit>) -> Self {
        self.limit = count.into().0;
        self
    }

    /// Goes on after the position that an earlier page named as its `next`.
    pub fn after(mut self, position: Option<String>) -> Self {
        self.after = position;
        self
    }

    /// Reads the page. One call, whatever the size of the table.
    pub async fn page<R: DeserializeOwned>(self) -> Result<Page<R>, TableError> {
        let name = self.table.name();
        if let Some(error) = &self.expressions.error {
            return Err(TableError::unusable("Query", name, error.clone()));
        }
        let start = self.after.as_deref().map(from_position).transpose();
        let start = start.map_err(|error| TableError::unusable("Query", name, error))?;
        let call = self
            .table
            .client()
            .query()
            .table_name(name)
            .set_index_name(self.index.map(str::to_owned))
            .key_condition_expression(&self.key_condition)
            .set_expression_attribute_names(self.expressions.names())
            .set_expression_attribute_values(self.expressions.values())
            .scan_index_forward(!self.descending)
            .consistent_read(self.consistent)
            .limit(i32::from(self.limit))
            .set_exclusive_start_key(start)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let output = call
            .send()
            .await
            .map_err(|error| TableError::sdk("Query", name, error))?;
        count_read(Units::of(output.consumed_capacity()));
        let next = output
            .last_evaluated_key
            .filter(|key| !key.is_empty())
            .map(|key| to_position(&key))
            .transpose();
        let next = next.map_err(|error| TableError::unusable("Query", name, error))?;
        let items = output
            .items
            .unwrap_or_default()
            .into_iter()
            .map(|item| self.table.decode(item));
        Ok(Page {
            items: items.collect::<Result<_, _>>()?,
            next,
        })
    }

    fn compared(mut self, operator: &str, value: &str) -> Self {
        let (name, value) = (
            self.expressions.name(self.sort),
            self.expressions.value(encode(value)),
        );
        self.key_condition = format!("{} AND {name} {operator} {value}", self.key_condition);
        self
    }
}

/// How many items a query reads at most.
#[derive(Debug, Clone, Copy)]
pub struct QueryLimit(u8);

impl From<u8> for QueryLimit {
    fn from(count: u8) -> Self {
        Self(count.max(1))
    }
}

impl From<kernel::Limit> for QueryLimit {
    fn from(limit: kernel::Limit) -> Self {
        Self(limit.get())
    }
}

/// Keys are texts in all our tables, so a position is a small JSON object of texts.
fn to_position(key: &Item) -> Result<String, String> {
    let texts: Option<BTreeMap<&str, &str>> = key
        .iter()
        .map(|(name, value)| Some((name.as_str(), value.as_s().ok()?.as_str())))
        .collect();
    let texts = texts.ok_or("a key attribute is no text")?;
    serde_json::to_string(&texts).map_err(|error| error.to_string())
}

fn from_position(position: &str) -> Result<Item, String> {
    let texts: BTreeMap<String, String> =
        serde_json::from_str(position).map_err(|error| error.to_string())?;
    Ok(texts
        .into_iter()
        .map(|(name, text)| (name, AttributeValue::S(text)))
        .collect())
}
