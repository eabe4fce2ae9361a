//! The writes of one item, sent alone or inside a transaction.

use aws_sdk_dynamodb::types::{
    ConditionCheck, ReturnConsumedCapacity, ReturnValue, ReturnValuesOnConditionCheckFailure,
    TransactWriteItem,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::condition::{Expressions, encode};
use super::{Condition, Item, Key, Table, TableError};
use crate::telemetry::{Units, correlation, count_write};

/// The attribute that carries the correlation id of the invocation that wrote an item last, so
/// that the facts of its stream record can name it.
pub(crate) const CORRELATION: &str = "correlation";

const WITH_OLD: ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure::AllOld;

/// Writes a whole item. Without a condition it overwrites.
#[derive(Debug, Clone)]
#[must_use = "nothing is written before `send` or a transaction's `commit`"]
pub struct Put {
    table: Table,
    item: Result<Item, String>,
    condition: Option<Condition>,
}

/// Changes attributes of one item.
#[derive(Debug, Clone)]
#[must_use = "nothing is written before `send` or a transaction's `commit`"]
pub struct Update {
    table: Table,
    key: Key,
    expressions: Expressions,
    set: Vec<String>,
    add: Vec<String>,
    remove: Vec<String>,
    condition: Option<Condition>,
}

/// Removes one item.
#[derive(Debug, Clone)]
#[must_use = "nothing is written before `send` or a transaction's `commit`"]
pub struct Delete {
    table: Table,
    key: Key,
    condition: Option<Condition>,
}

/// Demands something of an item without changing it. Only in a transaction.
#[derive(Debug, Clone)]
#[must_use = "nothing is demanded before a transaction's `commit`"]
pub struct Check {
    table: Table,
    key: Key,
    condition: Condition,
}

/// One action of a transaction; what a façade gives to another context's transaction.
#[derive(Debug, Clone)]
pub enum Write {
    /// Writes a whole item.
    Put(Put),
    /// Changes attributes.
    Update(Update),
    /// Removes an item.
    Delete(Delete),
    /// Demands something.
    Check(Check),
}

impl Put {
    pub(super) fn new<R: Serialize>(table: &Table, row: &R) -> Self {
        let mut item: Result<Item, String> =
            serde_dynamo::aws_sdk_dynamodb_1::to_item(row).map_err(|error| error.to_string());
        if let (Ok(item), Some(id)) = (&mut item, correlation()) {
            item.insert(
                CORRELATION.to_owned(),
                aws_sdk_dynamodb::types::AttributeValue::S(id),
            );
        }
        Self {
            table: table.clone(),
            item,
            condition: None,
        }
    }

    /// Only when the item does not exist: the second call fails its condition.
    pub fn only_if_absent(self) -> Self {
        self.only_if(Condition::absent())
    }

    /// Only when the item that is there fulfils the condition.
    pub fn only_if(mut self, condition: Condition) -> Self {
        self.condition = Some(condition);
        self
    }

    /// Writes now.
    pub async fn send(self) -> Result<(), TableError> {
        let name = self.table.name();
        let (expressions, condition) = conditioned(self.condition.as_ref());
        let item = usable("PutItem", name, &expressions, self.item)?;
        let call = self
            .table
            .client()
            .put_item()
            .table_name(name)
            .set_item(Some(item))
            .set_condition_expression(condition)
            .set_expression_attribute_names(expressions.names())
            .set_expression_attribute_values(expressions.values())
            .return_values_on_condition_check_failure(WITH_OLD)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let output = call
            .send()
            .await
            .map_err(|error| match error.as_service_error() {
                Some(
                    aws_sdk_dynamodb::operation::put_item::PutItemError::ConditionalCheckFailedException(
                        failed,
                    ),
                ) => TableError::condition("PutItem", name, failed.item.clone()),
                _ => TableError::sdk("PutItem", name, error),
            })?;
        count_write(Units::of(output.consumed_capacity()));
        Ok(())
    }
}

impl Update {
    pub(super) fn new(table: &Table, key: Key) -> Self {
        let update = Self {
            table: table.clone(),
            key,
            expressions: Expressions::default(),
            set: Vec::new(),
            add: Vec::new(),
            remove: Vec::new(),
            condition: None,
        };
        match correlation() {
            Some(id) => update.set(CORRELATION, id),
            None => update,
        }
    }

    /// Gives an attribute a value.
    pub fn set(mut self, attribute: &str, value: impl Serialize) -> Self {
        let (name, value) = (
            self.expressions.name(attribute),
            self.expressions.value(encode(value)),
        );
        self.set.push(format!("{name} = {value}"));
        self
    }

    /// Gives an attribute a value unless it has one.
    pub fn set_if_absent(mut self, attribute: &str, value: impl Serialize) -> Self {
        let (name, value) = (
            self.expressions.name(attribute),
            self.expressions.value(encode(value)),
        );
        self.set.push(format!("{name} = if_not_exists({name}, {value})"));
        self
    }

    /// Appends to a list; makes the list if there is none.
    pub fn append(mut self, attribute: &str, items: impl Serialize) -> Self {
        let name = self.expressions.name(attribute);
        let (items, empty) = (
            self.expressions.value(encode(items)),
            self.expressions.value(encode(Vec::<u8>::new())),
        );
        self.set.push(format!(
            "{name} = list_append(if_not_exists({name}, {empty}), {items})"
        ));
        self
    }

    /// Adds to a number; an absent one counts as nothing.
    pub fn add(mut self, attribute: &str, amount: i64) -> Self {
        let (name, value) = (
            self.expressions.name(attribute),
            self.expressions.value(encode(amount)),
        );
        self.add.push(format!("{name} {value}"));
        self
    }

    /// Removes an attribute.
    pub fn remove(mut self, attribute: &str) -> Self {
        let name = self.expressions.name(attribute);
        self.remove.push(name);
        self
    }

    /// Only when the item fulfils the condition.
    pub fn only_if(mut self, condition: Condition) -> Self {
        self.condition = Some(condition);
        self
    }

    /// Writes now.
    pub async fn send(self) -> Result<(), TableError> {
        self.run(ReturnValue::None).await.map(drop)
    }

    /// Writes now and answers with the whole item as it is afterwards.
    pub async fn send_for_new<R: DeserializeOwned>(self) -> Result<R, TableError> {
        let table = self.table.clone();
        let item = self.run(ReturnValue::AllNew).await?;
        table.decode(item.unwrap_or_default())
    }

    fn expression(&self) -> String {
        let clauses = [("SET", &self.set), ("ADD", &self.add), ("REMOVE", &self.remove)];
        let written = clauses.iter().filter(|(_, parts)| !parts.is_empty());
        written
            .map(|(word, parts)| format!("{word} {}", parts.join(", ")))
            .collect::<Vec<_>>()
            .join(" ")
    }

    async fn run(mut self, returned: ReturnValue) -> Result<Option<Item>, TableError> {
        let condition = self
            .condition
            .take()
            .map(|condition| self.expressions.condition(&condition));
        let name = self.table.name();
        usable("UpdateItem", name, &self.expressions, Ok(()))?;
        let call = self
            .table
            .client()
            .update_item()
            .table_name(name)
            .set_key(Some(self.key.clone().item()))
            .update_expression(self.expression())
            .set_condition_expression(condition)
            .set_expression_attribute_names(self.expressions.names())
            .set_expression_attribute_values(self.expressions.values())
            .return_values(returned)
            .return_values_on_condition_check_failure(WITH_OLD)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let output = call.send().await.map_err(|error| match error.as_service_error() {
            Some(aws_sdk_dynamodb::operation::update_item::UpdateItemError::ConditionalCheckFailedException(failed)) => {
                TableError::condition("UpdateItem", name, failed.item.clone())
            }
            _ => TableError::sdk("UpdateItem", name, error),
        })?;
        count_write(Units::of(output.consumed_capacity()));
        Ok(output.attributes)
    }
}

impl Delete {
    pub(super) fn new(table: &Table, key: Key) -> Self {
        Self {
            table: table.clone(),
            key,
            condition: None,
        }
    }

    /// Only when the item fulfils the condition.
    pub fn only_if(mut self, condition: Condition) -> Self {
        self.condition = Some(condition);
        self
    }

    /// Removes now.
    pub async fn send(self) -> Result<(), TableError> {
        let name = self.table.name();
        let (expressions, condition) = conditioned(self.condition.as_ref());
        usable("DeleteItem", name, &expressions, Ok(()))?;
        let call = self
            .table
            .client()
            .delete_item()
            .table_name(name)
            .set_key(Some(self.key.item()))
            .set_condition_expression(condition)
            .set_expression_attribute_names(expressions.names())
            .set_expression_attribute_values(expressions.values())
            .return_values_on_condition_check_failure(WITH_OLD)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let output = call.send().await.map_err(|error| match error.as_service_error() {
            Some(aws_sdk_dynamodb::operation::delete_item::DeleteItemError::ConditionalCheckFailedException(failed)) => {
                TableError::condition("DeleteItem", name, failed.item.clone())
            }
            _ => TableError::sdk("DeleteItem", name, error),
        })?;
        count_write(Units::of(output.consumed_capacity()));
        Ok(())
    }
}

impl Check {
    pub(super) fn new(table: &Table, key: Key, condition: Condition) -> Self {
        Self {
            table: table.clone(),
            key,
            condition,
        }
    }
}

impl Write {
    pub(super) fn client(&self) -> &aws_sdk_dynamodb::Client {
        match self {
            Self::Put(write) => write.table.client(),
            Self::Update(write) => write.table.client(),
            Self::Delete(write) => write.table.client(),
            Self::Check(write) => write.table.client(),
        }
    }

    /// The action as the SDK wants it, or why it cannot be written down.
    pub(super) fn action(self) -> Result<TransactWriteItem, String> {
        let action = TransactWriteItem::builder();
        match self {
            Self::Put(put) => {
                let (expressions, condition) = conditioned(put.condition.as_ref());
                let built = aws_sdk_dynamodb::types::Put::builder()
                    .table_name(put.table.name())
                    .set_item(Some(put.item?))
                    .set_condition_expression(condition)
                    .set_expression_attribute_names(expressions.names())
                    .set_expression_attribute_values(expressions.values())
                    .return_values_on_condition_check_failure(WITH_OLD);
                finish(&expressions, built.build()).map(|put| action.put(put).build())
            }
            Self::Update(mut update) => {
                let condition = update
                    .condition
                    .take()
                    .map(|condition| update.expressions.condition(&condition));
                let built = aws_sdk_dynamodb::types::Update::builder()
                    .table_name(update.table.name())
                    .set_key(Some(update.key.clone().item()))
                    .update_expression(update.expression())
                    .set_condition_expression(condition)
                    .set_expression_attribute_names(update.expressions.names())
                    .set_expression_attribute_values(update.expressions.values())
                    .return_values_on_condition_check_failure(WITH_OLD);
                finish(&update.expressions, built.build()).map(|update| action.update(update).build())
            }
            Self::Delete(delete) => {
                let (expressions, condition) = conditioned(delete.condition.as_ref());
                let built = aws_sdk_dynamodb::types::Delete::builder()
                    .table_name(delete.table.name())
                    .set_key(Some(delete.key.item()))
                    .set_condition_expression(condition)
                    .set_expression_attribute_names(expressions.names())
                    .set_expression_attribute_values(expressions.values())
                    .return_values_on_condition_check_failure(WITH_OLD);
                finish(&expressions, built.build()).map(|delete| action.delete(delete).build())
            }
            Self::Check(check) => {
                let (expressions, condition) = conditioned(Some(&check.condition));
                let built = ConditionCheck::builder()
                    .table_name(check.table.name())
                    .set_key(Some(check.key.item()))
                    .set_condition_expression(condition)
                    .set_expression_attribute_names(expressions.names())
                    .set_expression_attribute_values(expressions.values())
                    .return_values_on_condition_check_failure(WITH_OLD);
                finish(&expressions, built.build()).map(|check| action.condition_check(check).build())
            }
        }
    }
}

impl From<Put> for Write {
    fn from(write: Put) -> Self {
        Self::Put(write)
    }
}
impl From<Update> for Write {
    fn from(write: Update) -> Self {
        Self::Update(write)
    }
}
impl From<Delete> for Write {
    fn from(write: Delete) -> Self {
        Self::Delete(write)
    }
}
impl From<Check> for Write {
    fn from(write: Check) -> Self {
        Self::Check(write)
    }
}

fn conditioned(condition: Option<&Condition>) -> (Expressions, Option<String>) {
    let mut expressions = Expressions::default();
    let text = condition.map(|condition| expressions.condition(condition));
    (expressions, text)
}

fn usable<T>(
    operation: &'static str,
    table: &str,
    expressions: &Expressions,
    value: Result<T, String>,
) -> Result<T, TableError> {
    match (&expressions.error, value) {
        (Some(error), _) => Err(TableError::unusable(operation, table, error.clone())),
        (None, value) => value.map_err(|error| TableError::unusable(operation, table, error)),
    }
}

fn finish<T>(
    expressions: &Expressions,
    built: Result<T, aws_sdk_dynamodb::error::BuildError>,
) -> Result<T, String> {
    match &expressions.error {
        Some(error) => Err(error.clone()),
        None => built.map_err(|error| error.to_string()),
    }
}
