//! `components/schemas`: the types of all functions, each once.
//!
//! Functions are described one by one, so two of them may mean different things by one name: a
//! type of another context, or a type that promises more when written than it demands when read.
//! The first one keeps the name; another gets `Input` behind it or its context before it.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use serde_json::{Map, Value};

/// Where references lead.
const PREFIX: &str = "#/components/schemas/";

/// Whether a type is read or written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// Sent by clients.
    Input,
    /// Sent to clients.
    Output,
}

/// The types so far.
#[derive(Debug, Default)]
pub(super) struct Schemas {
    /// By the name they got.
    types: BTreeMap<String, Value>,
    /// The same with every reference replaced by what it leads to: equal meanings are equal here.
    meanings: BTreeMap<String, Value>,
}

impl Schemas {
    /// Adds one function's definitions and returns its schema with references to their new names.
    pub(super) fn hoist(
        &mut self,
        schema: &Value,
        definitions: &Map<String, Value>,
        direction: Direction,
        context: &str,
    ) -> Result<Value> {
        let mut names = BTreeMap::new();
        for name in definitions.keys() {
            let meaning = expand(&definitions[name], definitions, &mut vec![name.clone()]);
            names.insert(name.clone(), self.name(name, &meaning, direction, context)?);
        }
        for (name, definition) in definitions {
            self.types
                .entry(names[name].clone())
                .or_insert_with(|| renamed(definition, &names));
        }
        Ok(renamed(schema, &names))
    }

    /// All types, sorted by name.
    pub(super) fn into_types(self) -> BTreeMap<String, Value> {
        self.types
    }

    fn name(&mut self, name: &str, meaning: &Value, direction: Direction, context: &str) -> Result<String> {
        let prefix: String = context.split('-').map(capitalized).collect();
        let input = format!("{name}Input");
        let candidates = match direction {
            Direction::Output => vec![name.to_owned(), format!("{prefix}{name}")],
            Direction::Input => vec![
                name.to_owned(),
                input.clone(),
                format!("{prefix}{name}"),
                format!("{prefix}{input}"),
            ],
        };
        for candidate in candidates {
            match self.meanings.get(&candidate) {
                Some(taken) if taken != meaning => {}
                Some(_) => return Ok(candidate),
                None => {
                    self.meanings.insert(candidate.clone(), meaning.clone());
                    return Ok(candidate);
                }
            }
        }
        bail!("context `{context}` has two types called `{name}`; give one of them another name")
    }
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

/// The name a reference leads to.
pub(super) fn referred(value: &Value) -> Option<&str> {
    value.get("$ref")?.as_str()?.strip_prefix(PREFIX)
}

/// A reference to a type.
pub(super) fn reference(name: &str) -> Value {
    serde_json::json!({ "$ref": format!("{PREFIX}{name}") })
}

/// The schema with every reference replaced by its meaning; a type inside itself stays a name.
fn expand(schema: &Value, definitions: &Map<String, Value>, inside: &mut Vec<String>) -> Value {
    match schema {
        Value::Object(object) => {
            let mut expanded = Map::new();
            for (key, value) in object {
                let target = (key == "$ref").then(|| referred(schema)).flatten();
                let value = match target {
                    Some(name) if !inside.iter().any(|outer| outer == name) => {
                        inside.push(name.to_owned());
                        let meaning = definitions
                            .get(name)
                            .map(|found| expand(found, definitions, inside));
                        inside.pop();
                        meaning.unwrap_or(Value::Null)
                    }
                    _ => expand(value, definitions, inside),
                };
                expanded.insert(key.clone(), value);
            }
            Value::Object(expanded)
        }
        Value::Array(items) => Value::Array(
            items
                .iter()
                .map(|item| expand(item, definitions, inside))
                .collect(),
        ),
        other => other.clone(),
    }
}

/// The schema with references to the new names, and without what means nothing inside a document.
fn renamed(schema: &Value, names: &BTreeMap<String, String>) -> Value {
    match schema {
        Value::Object(object) => {
            let mut copy = Map::new();
            for (key, value) in object {
                let target = (key == "$ref")
                    .then(|| referred(schema))
                    .flatten()
                    .and_then(|name| names.get(name));
                let value = match target {
                    Some(name) => Value::String(format!("{PREFIX}{name}")),
                    None => renamed(value, names),
                };
                copy.insert(key.clone(), value);
            }
            Value::Object(copy)
        }
        Value::Array(items) => Value::Array(items.iter().map(|item| renamed(item, names)).collect()),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn definitions(value: &Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn equal_types_are_kept_once_and_different_ones_get_their_own_names() {
        let mut schemas = Schemas::default();
        let text = definitions(
            &json!({ "Id": { "type": "string" }, "View": { "properties": { "id": reference("Id") } } }),
        );
        let number = definitions(
            &json!({ "Id": { "type": "integer" }, "View": { "properties": { "id": reference("Id") } } }),
        );

        let first = schemas
            .hoist(&reference("View"), &text, Direction::Output, "carts")
            .unwrap();
        let again = schemas
            .hoist(&reference("View"), &text, Direction::Output, "orders")
            .unwrap();
        let other = schemas
            .hoist(&reference("View"), &number, Direction::Output, "orders")
            .unwrap();

        assert_eq!(first, reference("View"));
        assert_eq!(again, reference("View"));
        assert_eq!(
            other,
            reference("OrdersView"),
            "the text is the same, what it refers to is not"
        );
        let types = schemas.into_types();
        assert_eq!(
            types.keys().collect::<Vec<_>>(),
            ["Id", "OrdersId", "OrdersView", "View"]
        );
        assert_eq!(types["OrdersView"]["properties"]["id"], reference("OrdersId"));
    }

    #[test]
    fn what_is_read_differently_than_written_is_called_input() {
        let mut schemas = Schemas::default();
        let written = definitions(&json!({ "Region": { "required": ["name", "tax"] } }));
        let read = definitions(&json!({ "Region": { "required": ["name"] } }));
        schemas
            .hoist(&reference("Region"), &written, Direction::Output, "pricing")
            .unwrap();
        let input = schemas
            .hoist(&reference("Region"), &read, Direction::Input, "pricing")
            .unwrap();
        assert_eq!(input, reference("RegionInput"));
    }

    #[test]
    fn a_type_that_holds_itself_is_hoisted() {
        let mut schemas = Schemas::default();
        let tree = definitions(&json!({ "Tree": { "properties": { "parent": reference("Tree") } } }));
        assert_eq!(
            schemas
                .hoist(&reference("Tree"), &tree, Direction::Output, "catalog")
                .unwrap(),
            reference("Tree")
        );
    }

    #[test]
    fn a_third_meaning_in_one_context_is_refused() {
        let mut schemas = Schemas::default();
        let mut hoist = |kind: &str| {
            schemas.hoist(
                &Value::Null,
                &definitions(&json!({ "Id": { "type": kind } })),
                Direction::Output,
                "carts",
            )
        };
        hoist("string").unwrap();
        hoist("integer").unwrap();
        assert!(
            hoist("boolean")
                .unwrap_err()
                .to_string()
                .contains("`carts` has two types called `Id`")
        );
    }
}
