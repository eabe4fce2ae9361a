//! docs/postman.json: the contract as a Postman collection, one folder per context.

use serde_json::{Value, json};

use super::{
    lint::{operations, resolve},
    operation::names_in,
};

/// The collection of a contract.
pub(super) fn collection(document: &Value) -> Value {
    let tags = document["tags"].as_array().into_iter().flatten();
    let folders: Vec<Value> = tags.map(|tag| folder(document, tag)).collect();
    json!({
        "info": {
            "name": document["info"]["title"],
            "description": document["info"]["description"],
            "version": document["info"]["version"],
            "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json",
        },
        "item": folders,
        "variable": [
            { "key": "base_url", "value": document["servers"][0]["url"] },
            { "key": "staff_key", "value": "", "description": "`cargo xtask up` prints one." },
            { "key": "access_token", "value": "", "description": "`POST /v1/sessions` answers with one." },
            { "key": "cart_token", "value": "", "description": "`POST /v1/carts` answers with one." },
        ],
    })
}

fn folder(document: &Value, tag: &Value) -> Value {
    let own = operations(document).filter(|(_, _, operation)| operation["tags"][0] == tag["name"]);
    let items: Vec<Value> = own
        .map(|(path, method, operation)| item(document, path, method, operation))
        .collect();
    json!({ "name": tag["name"], "description": tag["description"], "item": items })
}

fn item(document: &Value, path: &str, method: &str, operation: &Value) -> Value {
    let segments: Vec<String> = path.trim_start_matches('/').split('/').map(variable).collect();
    let variables: Vec<Value> = names_in(path)
        .iter()
        .map(|name| json!({ "key": name, "value": "" }))
        .collect();
    let query: Vec<Value> = parameters(document, operation, "query")
        .map(|found| json!({ "key": found["name"], "value": "", "description": found["description"], "disabled": found["required"] != true }))
        .collect();
    let mut request = json!({
        "method": method.to_uppercase(),
        "description": operation["description"],
        "header": headers(document, operation),
        "url": {
            "raw": format!("{{{{base_url}}}}/{}", segments.join("/")),
            "host": ["{{base_url}}"],
            "path": segments,
            "variable": variables,
            "query": query,
        },
    });
    if let Some(media) = operation["requestBody"]["content"].get("application/json") {
        let example = media.get("example").unwrap_or(&Value::Null);
        let raw = if example.is_null() {
            String::new()
        } else {
            format!("{example:#}")
        };
        request["body"] = json!({ "mode": "raw", "raw": raw, "options": { "raw": { "language": "json" } } });
    }
    if let Some(media) = operation["requestBody"]["content"].get("application/x-www-form-urlencoded") {
        let example = media["example"].as_object().into_iter().flatten();
        let fields: Vec<Value> = example
            .map(|(name, value)| json!({ "key": name, "value": value }))
            .collect();
        request["body"] = json!({ "mode": "urlencoded", "urlencoded": fields });
    }
    json!({ "name": operation["summary"], "request": request })
}

/// `{order_id}` is `:order_id` in Postman.
fn variable(segment: &str) -> String {
    match segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        Some(name) => format!(":{name}"),
        None => segment.to_owned(),
    }
}

fn parameters<'a>(
    document: &'a Value,
    operation: &'a Value,
    place: &'a str,
) -> impl Iterator<Item = &'a Value> {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    parameters
        .map(|parameter| resolve(document, parameter))
        .filter(move |parameter| parameter["in"] == place)
}

fn headers(document: &Value, operation: &Value) -> Vec<Value> {
    let mut headers = Vec::new();
    let schemes = operation["security"].as_array().into_iter().flatten();
    for scheme in schemes.flat_map(|scheme| {
        scheme
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| name.as_str())
    }) {
        headers.push(match scheme {
            "staff" => json!({ "key": "Authorization", "value": "Bearer {{staff_key}}" }),
            "customer" => json!({ "key": "Authorization", "value": "Bearer {{access_token}}" }),
            _ => json!({ "key": "x-cart-token", "value": "{{cart_token}}" }),
        });
    }
    // A route for several kinds of callers is tried as the first of them.
    headers.dedup_by(|next, first| next["key"] == first["key"]);
    let media_types = operation["requestBody"]["content"].as_object();
    if let Some((media_type, _)) = media_types.and_then(|content| content.iter().next()) {
        headers.push(json!({ "key": "Content-Type", "value": media_type }));
    }
    for parameter in parameters(document, operation, "header") {
        let required = parameter["required"] == true;
        let value = if parameter["name"] == "Idempotency-Key" {
            "{{$guid}}"
        } else {
            ""
        };
        headers.push(json!({
            "key": parameter["name"], "value": value, "description": parameter["description"], "disabled": !required,
        }));
    }
    headers
}
