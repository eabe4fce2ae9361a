//! What a client of the committed contract would notice: something it uses is gone, something it
//! sends is no longer enough, something it reads may be missing.

use std::collections::BTreeSet;

use serde_json::Value;

use super::lint::{operations, resolve};

/// The deepest nesting that is compared; types may contain themselves.
const DEPTH_MAX: usize = 24;

/// Every break as a sentence.
pub(super) fn between(old: &Value, new: &Value) -> Vec<String> {
    let mut breaks = Vec::new();
    for (path, method, before) in operations(old) {
        let place = format!("{} {path}", method.to_uppercase());
        match new["paths"][path].get(method) {
            Some(after) => operation(
                &Side {
                    document: old,
                    value: before,
                },
                &Side {
                    document: new,
                    value: after,
                },
                &place,
                &mut breaks,
            ),
            None => breaks.push(format!("{place} is gone")),
        }
    }
    breaks
}

/// A value and the document its references lead into.
#[derive(Clone, Copy)]
struct Side<'a> {
    document: &'a Value,
    value: &'a Value,
}

impl<'a> Side<'a> {
    fn at(self, key: &str) -> Self {
        Self {
            value: resolve(self.document, &self.value[key]),
            ..self
        }
    }

    fn with(self, value: &'a Value) -> Self {
        Self {
            value: resolve(self.document, value),
            ..self
        }
    }

    /// The schema without the `null` of an optional field.
    fn schema(self) -> Self {
        let branches = self.value["anyOf"]
            .as_array()
            .or_else(|| self.value["oneOf"].as_array());
        let mut real = branches
            .into_iter()
            .flatten()
            .filter(|branch| branch["type"] != "null");
        match (real.next(), real.next()) {
            (Some(only), None) => self.with(only),
            _ => self,
        }
    }

    fn types(self) -> BTreeSet<&'a str> {
        match &self.value["type"] {
            Value::String(kind) => BTreeSet::from([kind.as_str()]),
            Value::Array(kinds) => kinds
                .iter()
                .filter_map(Value::as_str)
                .filter(|kind| *kind != "null")
                .collect(),
            _ => BTreeSet::new(),
        }
    }

    fn texts(self, key: &str) -> BTreeSet<&'a str> {
        self.value[key]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect()
    }
}

fn operation(old: &Side<'_>, new: &Side<'_>, place: &str, breaks: &mut Vec<String>) {
    parameters(*old, *new, place, breaks);
    if old.value["security"] == serde_json::json!([]) && new.value["security"] != old.value["security"] {
        breaks.push(format!("{place} was public and now asks for a credential"));
    }
    let (before, after) = (json_of(old.at("requestBody")), json_of(new.at("requestBody")));
    match (before, after) {
        (Some(before), Some(after)) => input(before, after, &format!("{place}: body"), 0, breaks),
        (None, Some(_)) => breaks.push(format!("{place} now wants a body")),
        (Some(_), None) => breaks.push(format!("{place} takes no body any more")),
        (None, None) => {}
    }
    for (status, response) in old.value["responses"].as_object().into_iter().flatten() {
        if !status.starts_with('2') {
            continue;
        }
        let Some(answer) = new.value["responses"].get(status) else {
            breaks.push(format!("{place} does not answer {status} any more"));
            continue;
        };
        if let (Some(before), Some(after)) = (json_of(old.with(response)), json_of(new.with(answer))) {
            output(before, after, &format!("{place}: answer"), 0, breaks);
        }
    }
}

/// The JSON schema of a body or an answer.
fn json_of(side: Side<'_>) -> Option<Side<'_>> {
    let schema = side
        .value
        .get("content")?
        .get("application/json")?
        .get("schema")?;
    Some(side.with(schema))
}

fn parameters(old: Side<'_>, new: Side<'_>, place: &str, breaks: &mut Vec<String>) {
    let list = |side: Side<'_>| -> Vec<(String, Value)> {
        let parameters = side.value["parameters"].as_array().into_iter().flatten();
        let parameters = parameters.map(|parameter| resolve(side.document, parameter));
        parameters
            .map(|found| (format!("{}/{}", found["in"], found["name"]), found.clone()))
            .collect()
    };
    let (before, after) = (list(old), list(new));
    for (id, parameter) in &after {
        let known = before.iter().find(|(other, _)| other == id);
        let was_required = known.is_some_and(|(_, known)| known["required"] == true);
        if parameter["required"] == true && !was_required && parameter["in"] != "path" {
            breaks.push(format!("{place} now requires parameter {}", parameter["name"]));
        }
        if let Some((_, known)) = known {
            let what = format!("{place}: parameter {}", parameter["name"]);
            input(
                old.with(&known["schema"]),
                new.with(&parameter["schema"]),
                &what,
                0,
                breaks,
            );
        }
    }
    for (id, parameter) in &before {
        if parameter["in"] == "query" && !after.iter().any(|(other, _)| other == id) {
            breaks.push(format!(
                "{place} takes no parameter {} any more",
                parameter["name"]
            ));
        }
    }
}

/// What a client sends: nothing it may send now is refused later.
fn input(old: Side<'_>, new: Side<'_>, place: &str, depth: usize, breaks: &mut Vec<String>) {
    let (old, new) = (old.schema(), new.schema());
    if depth > DEPTH_MAX {
        return;
    }
    let gone: Vec<&str> = old.types().difference(&new.types()).copied().collect();
    if !gone.is_empty() && !new.types().is_empty() {
        breaks.push(format!("{place} is no {} any more", gone.join(" or ")));
    }
    for name in new.texts("required").difference(&old.texts("required")) {
        breaks.push(format!("{place}.{name} is now required"));
    }
    if let Some(choices) = new.value["enum"].as_array() {
        let missing = match old.value["enum"].as_array() {
            Some(before) => before.iter().any(|choice| !choices.contains(choice)),
            None => true,
        };
        if missing {
            breaks.push(format!("{place} takes fewer values"));
        }
    }
    for (key, more_is_tighter) in [
        ("minimum", true),
        ("minLength", true),
        ("minItems", true),
        ("maximum", false),
        ("maxLength", false),
        ("maxItems", false),
    ] {
        let (before, after) = (old.value[key].as_i64(), new.value[key].as_i64());
        let tighter = match (before, after) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(before), Some(after)) => {
                if more_is_tighter {
                    after > before
                } else {
                    after < before
                }
            }
        };
        if tighter {
            breaks.push(format!("{place}: `{key}` is tighter"));
        }
    }
    for (name, property) in old.value["properties"].as_object().into_iter().flatten() {
        match new.value["properties"].get(name) {
            Some(after) => input(
                old.with(property),
                new.with(after),
                &format!("{place}.{name}"),
                depth + 1,
                breaks,
            ),
            None => breaks.push(format!("{place}.{name} is refused now")),
        }
    }
    if old.value["items"].is_object() && new.value["items"].is_object() {
        input(
            old.at("items"),
            new.at("items"),
            &format!("{place}[]"),
            depth + 1,
            breaks,
        );
    }
}

/// What a client reads: nothing it may rely on now is missing later.
fn output(old: Side<'_>, new: Side<'_>, place: &str, depth: usize, breaks: &mut Vec<String>) {
    let (old, new) = (old.schema(), new.schema());
    if depth > DEPTH_MAX {
        return;
    }
    let added: Vec<&str> = new.types().difference(&old.types()).copied().collect();
    if !added.is_empty() && !old.types().is_empty() {
        breaks.push(format!("{place} may now be {}", added.join(" or ")));
    }
    for name in old.texts("required").difference(&new.texts("required")) {
        if new.value["properties"].get(*name).is_some() {
            breaks.push(format!("{place}.{name} may now be absent"));
        }
    }
    for (name, property) in old.value["properties"].as_object().into_iter().flatten() {
        match new.value["properties"].get(name) {
            Some(after) => output(
                old.with(property),
                new.with(after),
                &format!("{place}.{name}"),
                depth + 1,
                breaks,
            ),
            None => breaks.push(format!("{place}.{name} is gone")),
        }
    }
    if old.value["items"].is_object() && new.value["items"].is_object() {
        output(
            old.at("items"),
            new.at("items"),
            &format!("{place}[]"),
            depth + 1,
            breaks,
        );
    }
}
