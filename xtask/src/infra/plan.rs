//! Terraform's plan as JSON: every resource with its address and its values.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::sources::Sources;

/// A plan in which every value is known.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// Values of the root's variables.
    pub(crate) variables: BTreeMap<String, Value>,
    /// All resources of all modules.
    pub(crate) resources: Vec<Resource>,
}

/// One resource.
#[derive(Debug, Clone)]
pub(crate) struct Resource {
    /// `module.table["orders"].aws_dynamodb_table.this`
    pub(crate) address: String,
    /// `infra/modules/table/main.tf`
    pub(crate) file: String,
    /// `aws_dynamodb_table`
    pub(crate) kind: String,
    /// Its arguments and attributes.
    pub(crate) values: Value,
}

impl Plan {
    /// Reads what `terraform show -json` wrote.
    pub(crate) fn read(path: &Path, sources: &Sources) -> Result<Self> {
        let text = fs::read(path).with_context(|| format!("`{}` cannot be read", path.display()))?;
        let document = serde_json::from_slice(&text).context("the plan is no JSON")?;
        Ok(Self::of(&document, sources))
    }

    pub(crate) fn of(document: &Value, sources: &Sources) -> Self {
        let mut resources = Vec::new();
        collect(
            &document["planned_values"]["root_module"],
            sources,
            &mut resources,
        );
        let variables = document["variables"].as_object();
        let variables = variables.into_iter().flatten();
        Self {
            variables: variables
                .map(|(name, variable)| (name.clone(), variable["value"].clone()))
                .collect(),
            resources,
        }
    }

    /// All of a kind.
    pub(crate) fn all<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Resource> {
        self.resources
            .iter()
            .filter(move |resource| resource.kind == kind)
    }

    /// The one of a kind whose attribute has this value.
    pub(crate) fn find(&self, kind: &str, attribute: &str, value: &str) -> Option<&Resource> {
        self.resources
            .iter()
            .find(|resource| resource.kind == kind && resource.text(attribute) == value)
    }

    /// A variable that is a text; empty when it is not.
    pub(crate) fn variable(&self, name: &str) -> &str {
        self.variables
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }
}

fn collect(module: &Value, sources: &Sources, resources: &mut Vec<Resource>) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    for resource in module["resources"].as_array().into_iter().flatten() {
        if resource["mode"] != json!("data") {
            resources.push(Resource {
                file: sources.of(&text(&resource["address"])).to_owned(),
                address: text(&resource["address"]),
                kind: text(&resource["type"]),
                values: resource["values"].clone(),
            });
        }
    }
    for child in module["child_modules"].as_array().into_iter().flatten() {
        collect(child, sources, resources);
    }
}

impl Resource {
    /// An attribute that is a text; empty when it is not.
    pub(crate) fn text(&self, attribute: &str) -> &str {
        self.values[attribute].as_str().unwrap_or_default()
    }

    /// A value by JSON pointer.
    pub(crate) fn at(&self, pointer: &str) -> &Value {
        self.values.pointer(pointer).unwrap_or(&Value::Null)
    }

    /// A number by JSON pointer.
    pub(crate) fn number(&self, pointer: &str) -> Option<u64> {
        self.at(pointer).as_u64()
    }

    /// Statements of a policy that is an attribute.
    pub(crate) fn statements(&self, attribute: &str) -> Vec<Value> {
        let policy: Value = serde_json::from_str(self.text(attribute)).unwrap_or_default();
        match &policy["Statement"] {
            Value::Array(statements) => statements.clone(),
            Value::Null => Vec::new(),
            one => vec![one.clone()],
        }
    }
}

/// One text or several, as IAM writes lists.
pub(crate) fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(one) => vec![one.clone()],
        Value::Array(many) => many.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}
