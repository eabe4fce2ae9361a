//! Conditions on an item, and the expression text that DynamoDB wants of them.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;

/// What must hold of an item for a write to happen. Compares one attribute with a constant:
/// DynamoDB does no arithmetic here, which is why stores keep denormalized attributes.
#[derive(Debug, Clone)]
pub struct Condition(Node);

#[derive(Debug, Clone)]
enum Node {
    Function(&'static str, String),
    Compare(String, &'static str, Result<AttributeValue, String>),
    Join(Box<Node>, &'static str, Box<Node>),
    Not(Box<Node>),
}

impl Condition {
    /// The item does not exist.
    pub fn absent() -> Self {
        Self::attr_absent("pk")
    }
    /// The item exists.
    pub fn exists() -> Self {
        Self::attr_exists("pk")
    }
    /// The attribute does not exist (nor, perhaps, the item).
    pub fn attr_absent(attribute: &str) -> Self {
        Self(Node::Function("attribute_not_exists", attribute.to_owned()))
    }
    /// The attribute exists.
    pub fn attr_exists(attribute: &str) -> Self {
        Self(Node::Function("attribute_exists", attribute.to_owned()))
    }
    /// The attribute equals a value.
    pub fn eq(attribute: &str, value: impl Serialize) -> Self {
        Self::compare(attribute, "=", value)
    }
    /// The attribute exists and differs from a value, or does not exist.
    pub fn ne(attribute: &str, value: impl Serialize) -> Self {
        Self::compare(attribute, "<>", value)
    }
    /// The attribute is less than a value.
    pub fn lt(attribute: &str, value: impl Serialize) -> Self {
        Self::compare(attribute, "<", value)
    }
    /// The attribute is at most a value.
    pub fn le(attribute: &str, value: impl Serialize) -> Self {
        Self::compare(attribute, "<=", value)
    }
    /// The attribute is greater than a value.
    pub fn gt(attribute: &str, value: impl Serialize) -> Self {
        Self::compare(attribute, ">", value)
    }
    /// The attribute is at least a value.
    pub fn ge(attribute: &str, value: impl Serialize) -> Self {
        Self::compare(attribute, ">=", value)
    }
    /// Both hold.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(Node::Join(Box::new(self.0), "AND", Box::new(other.0)))
    }
    /// One of them holds.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(Node::Join(Box::new(self.0), "OR", Box::new(other.0)))
    }
    /// It does not hold.
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "reads as the expression it becomes")]
    pub fn not(self) -> Self {
        Self(Node::Not(Box::new(self.0)))
    }

    fn compare(attribute: &str, operator: &'static str, value: impl Serialize) -> Self {
        Self(Node::Compare(attribute.to_owned(), operator, encode(value)))
    }
}

pub(super) fn encode(value: impl Serialize) -> Result<AttributeValue, String> {
    serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value(value).map_err(|error| error.to_string())
}

/// Names and values of one request's expressions; attribute names are always placeholders, so a
/// reserved word is no trap.
#[derive(Debug, Default, Clone)]
pub(super) struct Expressions {
    names: HashMap<String, String>,
    values: HashMap<String, AttributeValue>,
    pub(super) error: Option<String>,
}

impl Expressions {
    pub(super) fn name(&mut self, attribute: &str) -> String {
        let placeholder = format!(
            "#{}",
            attribute.replace(|c: char| !c.is_ascii_alphanumeric() && c != '_', "_")
        );
        self.names.insert(placeholder.clone(), attribute.to_owned());
        placeholder
    }

    pub(super) fn value(&mut self, value: Result<AttributeValue, String>) -> String {
        let placeholder = format!(":v{}", self.values.len());
        match value {
            Ok(value) => {
                self.values.insert(placeholder.clone(), value);
            }
            Err(error) => self.error = Some(error),
        }
        placeholder
    }

    pub(super) fn condition(&mut self, condition: &Condition) -> String {
        self.node(&condition.0)
    }

    fn node(&mut self, node: &Node) -> String {
        match node {
            Node::Function(function, attribute) => format!("{function}({})", self.name(attribute)),
            Node::Compare(attribute, operator, value) => {
                let (name, value) = (self.name(attribute), self.value(value.clone()));
                format!("{name} {operator} {value}")
            }
            Node::Join(left, word, right) => {
                format!("({}) {word} ({})", self.node(left), self.node(right))
            }
            Node::Not(inner) => format!("NOT ({})", self.node(inner)),
        }
    }

    pub(super) fn names(&self) -> Option<HashMap<String, String>> {
        (!self.names.is_empty()).then(|| self.names.clone())
    }

    pub(super) fn values(&self) -> Option<HashMap<String, AttributeValue>> {
        (!self.values.is_empty()).then(|| self.values.clone())
    }
}
