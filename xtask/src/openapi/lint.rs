//! What a good contract has, and ours must: unique ids, declared parameters, references that lead
//! somewhere, descriptions, and a schema for whatever is answered.

use std::collections::BTreeSet;

use serde_json::Value;

use super::operation::names_in;

/// Methods an OpenAPI path item may have.
pub(super) const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Every shortcoming as a sentence.
pub(super) fn check(document: &Value) -> Vec<String> {
    let mut problems = Vec::new();
    let mut ids = BTreeSet::new();
    for (path, method, operation) in operations(document) {
        let id = operation["operationId"].as_str().unwrap_or_default();
        let place = if id.is_empty() {
            format!("{method} {path}")
        } else {
            id.to_owned()
        };
        if id.is_empty() || !ids.insert(id) {
            problems.push(format!("{place}: the operation id is missing or taken"));
        }
        check_operation(document, path, operation, &place, &mut problems);
    }
    dangling(document, document, "", &mut problems);
    types(document, &mut problems);
    problems
}

/// Every operation with its path and method.
pub(super) fn operations(document: &Value) -> impl Iterator<Item = (&str, &'static str, &Value)> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths.flat_map(|(path, item)| {
        METHODS
            .into_iter()
            .filter_map(move |method| Some((path.as_str(), method, item.get(method)?)))
    })
}

/// The value, or what its reference leads to.
pub(super) fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let pointer = value
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|reference| reference.strip_prefix('#'));
    pointer
        .and_then(|pointer| document.pointer(pointer))
        .unwrap_or(value)
}

fn is_described(value: &Value) -> bool {
    value["description"]
        .as_str()
        .is_some_and(|text| !text.trim().is_empty())
}

fn check_operation(document: &Value, path: &str, operation: &Value, place: &str, problems: &mut Vec<String>) {
    if operation["summary"].as_str().is_none_or(str::is_empty) {
        problems.push(format!(
            "{place}: no summary; say it in the first line of the function's main"
        ));
    }
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let parameters: Vec<&Value> = parameters.map(|parameter| resolve(document, parameter)).collect();
    for name in names_in(path) {
        if !parameters
            .iter()
            .any(|parameter| parameter["in"] == "path" && parameter["name"] == name)
        {
            problems.push(format!("{place}: path parameter `{name}` is not declared"));
        }
    }
    for parameter in &parameters {
        if !is_described(parameter) && !is_described(resolve(document, &parameter["schema"])) {
            problems.push(format!(
                "{place}: parameter {} has no description",
                parameter["name"]
            ));
        }
    }
    for (status, response) in operation["responses"].as_object().into_iter().flatten() {
        let response = resolve(document, response);
        if !is_described(response) {
            problems.push(format!("{place}: response {status} has no description"));
        }
        let mut media = response["content"].as_object().into_iter().flatten();
        let has_schema = media.any(|(_, media)| {
            media["schema"]
                .as_object()
                .is_some_and(|schema| !schema.is_empty())
        });
        if status.starts_with('2') && status != "204" && !has_schema {
            problems.push(format!("{place}: response {status} has no schema"));
        }
    }
}

/// References that lead nowhere.
fn dangling(document: &Value, value: &Value, place: &str, problems: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            if let Some(reference) = object.get("$ref").and_then(Value::as_str) {
                let leads = reference
                    .strip_prefix('#')
                    .and_then(|pointer| document.pointer(pointer))
                    .is_some();
                if !leads {
                    problems.push(format!("{place}: `{reference}` leads nowhere"));
                }
            }
            for (key, inner) in object {
                dangling(document, inner, &format!("{place}/{key}"), problems);
            }
        }
        Value::Array(items) => {
            for (index, inner) in items.iter().enumerate() {
                dangling(document, inner, &format!("{place}/{index}"), problems);
            }
        }
        _ => {}
    }
}

/// Types and fields that do not say what they are.
fn types(document: &Value, problems: &mut Vec<String>) {
    for (name, schema) in document["components"]["schemas"]
        .as_object()
        .into_iter()
        .flatten()
    {
        // A word of one value, such as an id, says what it is where it is used.
        let is_word = schema["type"] == "string" || schema["type"] == "integer";
        if !is_described(schema) && !is_word {
            problems.push(format!(
                "schema `{name}` has no description; give the type a doc comment"
            ));
        }
        for (field, property) in schema["properties"].as_object().into_iter().flatten() {
            let refers = property.get("$ref").is_some() || property.get("anyOf").is_some();
            if !is_described(property) && !refers {
                problems.push(format!("schema `{name}`: field `{field}` has no description"));
            }
        }
    }
}
