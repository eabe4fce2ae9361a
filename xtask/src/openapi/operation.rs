//! One operation: what its function says, and what the platform promises for all.

use anyhow::{Context, Result};
use manifest::{Auth, Http, Idempotency};
use serde_json::{Map, Value, json};

use super::{
    described::Described,
    schemas::{Direction, Schemas, reference, referred},
};

/// Builds the operation and hoists its types.
pub(super) fn build(function: &Described, schemas: &mut Schemas) -> Result<Value> {
    let (told, context) = (&function.told, function.context.as_str());
    let inputs = definitions(told, "input_definitions");
    let outputs = definitions(told, "output_definitions");
    let mut parameters = path_parameters(&function.path);
    if told["query"].is_object() {
        let mut used = inputs.clone();
        let query = resolved(&told["query"], &inputs);
        // The query is taken apart into parameters; only the types of its fields are hoisted.
        if let Some(name) = referred(&told["query"]) {
            used.remove(name);
        }
        used.retain(|name, _| mentions(&query, name, &inputs));
        let query = schemas.hoist(&query, &used, Direction::Input, context)?;
        parameters.extend(query_parameters(&query));
    }
    parameters.extend(shared_parameters(function));

    let mut operation = json!({
        "operationId": function.name,
        "tags": [context],
        "summary": function.summary,
        "description": description(function),
        "security": security(&function.http),
        "parameters": parameters,
    });
    if let Some(body) = body(function, &inputs, schemas)? {
        operation["requestBody"] = body;
    }
    let answer = match &told["answer"] {
        Value::Null => Value::Null,
        answer => schemas.hoist(answer, &outputs, Direction::Output, context)?,
    };
    operation["responses"] = responses(function, &answer)?;
    Ok(operation)
}

fn definitions(told: &Value, key: &str) -> Map<String, Value> {
    told[key].as_object().cloned().unwrap_or_default()
}

fn resolved(schema: &Value, definitions: &Map<String, Value>) -> Value {
    let target = referred(schema).and_then(|name| definitions.get(name));
    target.unwrap_or(schema).clone()
}

/// Whether a schema, or a type it refers to, refers to this one.
fn mentions(schema: &Value, name: &str, definitions: &Map<String, Value>) -> bool {
    let mut waiting = vec![schema];
    let mut seen = Vec::new();
    while let Some(value) = waiting.pop() {
        if let Some(found) = referred(value) {
            if found == name {
                return true;
            }
            if !seen.contains(&found) {
                seen.push(found);
                waiting.extend(definitions.get(found));
            }
        }
        match value {
            Value::Object(object) => waiting.extend(object.values()),
            Value::Array(items) => waiting.extend(items),
            _ => {}
        }
    }
    false
}

fn description(function: &Described) -> String {
    let mut parts = vec![function.description.clone()];
    let limit = function.http.limit;
    parts.extend(limit.map(|limit| format!("At most {limit} per caller.")));
    if let Some(scope) = &function.http.scope {
        parts.push(format!("Staff need the scope `{scope}` (else 403 `forbidden`)."));
    }
    parts.extend(demands(&function.http));
    parts.retain(|part| !part.is_empty());
    if parts.is_empty() {
        format!("{}.", function.summary)
    } else {
        parts.join("\n\n")
    }
}

/// What is asked of people and of applications, with the code of the refusal.
fn demands(http: &Http) -> Vec<String> {
    let mut demands = Vec::new();
    if let Some(scope) = &http.delegated {
        demands.push(format!(
            "An application that acts for a customer needs the scope `{scope}` (else 403 `insufficient_scope`)."
        ));
    }
    if http.assurance > 1 {
        demands.push(
            "People need a session with a second factor (else 403 `second_factor_required`).".to_owned(),
        );
    }
    if let Some(seconds) = http.fresh_s {
        demands.push(format!(
            "People must have proven who they are within the last {} minutes (else 401 `step_up_required`).",
            seconds / 60
        ));
    }
    demands
}

fn security(http: &Http) -> Value {
    let optional = http.auth.len() > 1;
    let schemes = http.auth.iter().filter_map(|auth| match auth {
        Auth::Public => optional.then(|| json!({})),
        Auth::Guest => Some(json!({ "cart": [] })),
        Auth::Customer => Some(json!({ "customer": http.delegated.iter().collect::<Vec<_>>() })),
        Auth::Staff => Some(json!({ "staff": http.scope.iter().collect::<Vec<_>>() })),
    });
    Value::Array(schemes.collect())
}

/// Names in braces.
pub(super) fn names_in(path: &str) -> Vec<&str> {
    path.split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .collect()
}

fn path_parameters(path: &str) -> Vec<Value> {
    let parameters = names_in(path).into_iter().map(|name| {
        let noun = name.trim_end_matches("_id").replace('_', " ");
        let description = match name {
            "sku" => "Names the goods: the stock keeping unit of a variant.".to_owned(),
            _ => format!("Names the {noun}."),
        };
        json!({ "name": name, "in": "path", "required": true, "description": description, "schema": { "type": "string" } })
    });
    parameters.collect()
}

fn query_parameters(query: &Value) -> Vec<Value> {
    let required: Vec<&str> = query["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let properties = query["properties"].as_object().into_iter().flatten();
    let parameters = properties.map(|(name, schema)| {
        let mut schema = schema.clone();
        let description = schema
            .as_object_mut()
            .and_then(|schema| schema.shift_remove("description"));
        let mut parameter =
            json!({ "name": name, "in": "query", "required": required.contains(&name.as_str()) });
        if let Some(description) = description {
            parameter["description"] = description;
        }
        // A list is one parameter with commas.
        if schema["type"] == "array"
            || schema["type"]
                .as_array()
                .is_some_and(|kinds| kinds.contains(&json!("array")))
        {
            parameter["style"] = json!("form");
            parameter["explode"] = json!(false);
        }
        parameter["schema"] = schema;
        parameter
    });
    parameters.collect()
}

fn is_get(function: &Described) -> bool {
    function.method == "get"
}

fn is_list(function: &Described) -> bool {
    function.told["lists"] == true
}

/// A change of something that staff has read before.
fn honors_if_match(function: &Described) -> bool {
    matches!(function.method.as_str(), "patch" | "put" | "delete")
        && function.http.auth.contains(&Auth::Staff)
}

fn shared_parameters(function: &Described) -> Vec<Value> {
    let mut names = Vec::new();
    if is_list(function) {
        names.extend(["Limit", "Cursor"]);
    } else if is_get(function) {
        names.push("IfNoneMatch");
    }
    match function.http.idempotency {
        Idempotency::Required => names.push("RequiredIdempotencyKey"),
        Idempotency::Optional => names.push("IdempotencyKey"),
        Idempotency::None => {}
    }
    if honors_if_match(function) {
        names.push("IfMatch");
    }
    names
        .into_iter()
        .map(|name| json!({ "$ref": format!("#/components/parameters/{name}") }))
        .collect()
}

fn body(function: &Described, inputs: &Map<String, Value>, schemas: &mut Schemas) -> Result<Option<Value>> {
    let told = &function.told;
    let description = |schema: &Value| {
        let found = resolved(schema, inputs);
        found["description"]
            .as_str()
            .map_or_else(|| "What to do.".to_owned(), str::to_owned)
    };
    let is_form = told["body_is_form"] == true;
    if told["body_is_json"] == false && !is_form {
        let schema = json!({ "description": "Signed bytes; the signature covers them as they are." });
        let content = json!({ "application/json": { "schema": schema } });
        return Ok(Some(
            json!({ "description": "Signed bytes.", "required": true, "content": content }),
        ));
    }
    if told["body"].is_null() {
        return Ok(None);
    }
    let description = description(&told["body"]);
    let example = resolved(&told["body"], inputs).get("example").cloned();
    let used = inputs
        .clone()
        .into_iter()
        .filter(|(name, _)| mentions(&told["body"], name, inputs))
        .collect();
    let mut media =
        json!({ "schema": schemas.hoist(&told["body"], &used, Direction::Input, &function.context)? });
    if let Some(example) = example {
        media["example"] = example;
    }
    let media_type = if is_form {
        "application/x-www-form-urlencoded"
    } else {
        "application/json"
    };
    let mut content = json!({ media_type: media });
    if function.method == "patch" {
        content["application/merge-patch+json"] = media.clone();
    }
    Ok(Some(
        json!({ "description": description, "required": true, "content": content }),
    ))
}

fn responses(function: &Described, answer: &Value) -> Result<Value> {
    let told = &function.told;
    let status = told["status"]
        .as_u64()
        .with_context(|| format!("`{} --describe` names no status", function.name))?;
    let mut success = json!({ "description": success_words(status), "headers": headers(function, status) });
    if status != 204 && !(300..400).contains(&status) {
        let (media_type, schema) = match (told["answer_media_type"].as_str(), answer) {
            (Some(media_type), _) => (media_type, answer.clone()),
            (None, _) if function.path.strip_suffix(".json").is_some() => (
                "application/json",
                json!({ "type": "object", "description": "The document." }),
            ),
            (None, _) => (
                "text/html",
                json!({ "type": "string", "description": "The page." }),
            ),
        };
        success["content"] = json!({ media_type: { "schema": schema } });
    }
    let mut responses = Map::new();
    responses.insert(status.to_string(), success);
    if let Some(other) = told["other_status"].as_u64() {
        let also = json!({ "description": success_words(other), "headers": headers(function, other) });
        responses.insert(other.to_string(), also);
    }
    for (status, name) in errors(function) {
        responses.insert(
            status.to_owned(),
            json!({ "$ref": format!("#/components/responses/{name}") }),
        );
    }
    responses.sort_keys();
    Ok(Value::Object(responses))
}

fn success_words(status: u64) -> &'static str {
    match status {
        201 => "Made.",
        202 => "Accepted; it is being done.",
        204 => "Done; there is nothing to say.",
        300..400 => "Go on at `location`.",
        _ => "Here it is.",
    }
}

fn headers(function: &Described, status: u64) -> Value {
    let mut headers = Map::new();
    let mut add = |name: &str, component: &str| {
        headers.insert(
            name.to_owned(),
            json!({ "$ref": format!("#/components/headers/{component}") }),
        );
    };
    add("x-request-id", "RequestId");
    if status == 201 || (300..400).contains(&status) {
        add("location", "Location");
    }
    if is_list(function) {
        add("link", "Link");
    }
    if function.http.idempotency != Idempotency::None {
        add("idempotent-replayed", "IdempotentReplayed");
    }
    if function.http.limit.is_some() {
        add("ratelimit", "RateLimit");
        add("ratelimit-policy", "RateLimitPolicy");
    }
    Value::Object(headers)
}

/// Contexts whose public operations prove who somebody is, and refuse with 401.
const PROVING: [&str; 5] = ["authority", "factors", "federation", "identity", "oauth"];

/// The errors that the platform answers with on such a route, and those a rule may.
fn errors(function: &Described) -> Vec<(&'static str, &'static str)> {
    let http = &function.http;
    let has_body = !function.told["body"].is_null() || function.told["body_is_json"] == false;
    let keyed = http.idempotency != Idempotency::None;
    let proves = PROVING.contains(&function.context.as_str());
    let open = http.auth == [Auth::Public] && !proves;
    let known = http.auth.contains(&Auth::Customer) || http.auth.contains(&Auth::Staff);
    let mutates = !is_get(function);
    let named = !names_in(&function.path).is_empty();
    let rules = [
        (true, "400", "BadRequest"),
        (!open, "401", "Unauthenticated"),
        (known, "403", "Forbidden"),
        (named, "404", "NotFound"),
        (true, "406", "NotAcceptable"),
        (mutates, "409", "Conflict"),
        (honors_if_match(function), "412", "Stale"),
        (has_body, "413", "BodyTooLarge"),
        (has_body, "415", "UnsupportedMediaType"),
        (keyed, "422", "IdempotencyKeyReused"),
        (http.limit.is_some(), "429", "RateLimited"),
        (true, "500", "InternalError"),
        (true, "503", "Unavailable"),
    ];
    let (get, list) = (is_get(function), is_list(function));
    let not_modified = (get && !list).then_some(("304", "NotModified"));
    not_modified
        .into_iter()
        .chain(
            rules
                .into_iter()
                .filter(|rule| rule.0)
                .map(|rule| (rule.1, rule.2)),
        )
        .collect()
}

/// The schema of the error body, by reference.
pub(super) fn error_schema() -> Value {
    reference("Error")
}
