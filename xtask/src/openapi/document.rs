//! openapi.json as a whole: the operations, and what they share.

use std::collections::BTreeSet;

use anyhow::Result;
use manifest::Manifest;
use serde_json::{Map, Value, json};

use super::{described::Described, operation, schemas::Schemas};

/// Joins the described functions into one document.
pub(super) fn assemble(manifest: &Manifest, functions: &[Described]) -> Result<Value> {
    let mut schemas = Schemas::default();
    let mut paths: Map<String, Value> = Map::new();
    for function in functions {
        let operation = operation::build(function, &mut schemas)?;
        let item = paths.entry(function.path.clone()).or_insert_with(|| json!({}));
        item[&function.method] = operation;
    }
    paths.sort_keys();
    let contexts: BTreeSet<&str> = functions
        .iter()
        .map(|function| function.context.as_str())
        .collect();
    let mut types: Map<String, Value> = schemas.into_types().into_iter().collect();
    types.insert("Error".to_owned(), error_body());
    types.insert("Problem".to_owned(), problem_body());
    types.sort_keys();
    Ok(json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Cartwright",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "A headless commerce backend: catalog, carts, orders, payments.",
            "description": DESCRIPTION,
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [
            { "url": "http://127.0.0.1:8787", "description": "The local stack: `cargo xtask up`." },
        ],
        "tags": contexts.iter().map(|name| json!({ "name": name, "description": tag(manifest, name) })).collect::<Vec<_>>(),
        "paths": paths,
        "components": {
            "schemas": types,
            "securitySchemes": security_schemes(),
            "parameters": parameters(),
            "headers": headers(),
            "responses": responses(),
        },
    }))
}

const DESCRIPTION: &str = "\
Money is in minor units with its currency, times are RFC 3339 in UTC, ids are opaque texts.
Unknown request fields are refused. Every answer carries `x-request-id`; quote it when you ask for help.

A mutation with an `Idempotency-Key` may be repeated safely: the same key and body give the first answer again.
Lists go on with `next_cursor`, single resources carry an `ETag`.
Errors have one body, and codes that do not change; `Accept: application/problem+json` gives the same facts as RFC 9457.";

fn tag(manifest: &Manifest, name: &str) -> String {
    let file = format!("{name}.yaml");
    let tables: Vec<&str> = manifest
        .tables
        .values()
        .filter(|table| table.place.file == file)
        .map(|table| table.name.as_str())
        .collect();
    match name {
        "platform" => "The API about itself.".to_owned(),
        _ if tables.is_empty() => format!("Everything about {name}."),
        _ => format!("Everything about {name}; kept in {}.", tables.join(", ")),
    }
}

fn text(description: &str) -> Value {
    json!({ "type": "string", "description": description })
}

fn details() -> Value {
    json!({
        "type": "array",
        "description": "Every bad field; absent when no field is to blame.",
        "items": {
            "type": "object",
            "description": "One bad field.",
            "required": ["field", "code", "message"],
            "properties": {
                "field": text("Its path, such as `lines[0].quantity`."),
                "code": text("What is wrong with it."),
                "message": text("For people."),
            },
        },
    })
}

fn error_body() -> Value {
    json!({
        "type": "object",
        "description": "Why a request was not done.",
        "required": ["error"],
        "properties": {
            "error": {
                "type": "object",
                "description": "The facts.",
                "required": ["code", "message", "request_id"],
                "properties": {
                    "code": text("Stable, and listed in docs/errors.md."),
                    "message": text("For people; may change."),
                    "details": details(),
                    "request_id": text("Finds the request in our log."),
                },
            },
        },
        "example": {
            "error": { "code": "sold_out", "message": "2 of tea-green-100 were asked for, 1 is left.", "request_id": "req_01" },
        },
    })
}

fn problem_body() -> Value {
    json!({
        "type": "object",
        "description": "The same facts as RFC 9457 writes them.",
        "required": ["type", "title", "status", "detail", "instance", "code"],
        "properties": {
            "type": text("Where the code is explained."),
            "title": text("The status in words."),
            "status": { "type": "integer", "description": "The HTTP status." },
            "detail": text("For people; may change."),
            "instance": text("The request's id."),
            "code": text("Stable, and listed in docs/errors.md."),
            "errors": details(),
        },
    })
}

fn security_schemes() -> Value {
    json!({
        "staff": {
            "type": "http", "scheme": "bearer", "bearerFormat": "cw_sk_… or JWT",
            "description": "A secret API key, a client's access token, or the access token of somebody whose roles permit it. Each operation names the scope it needs; `*` is every scope.",
        },
        "customer": {
            "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
            "description": "The access token of somebody with an account. Where an operation names a scope, an application that acts for them and was given it may call as well.",
        },
        "cart": {
            "type": "apiKey", "in": "header", "name": "x-cart-token",
            "description": "The token given with a new cart. It opens that cart, its checkout and its order.",
        },
    })
}

fn parameters() -> Value {
    let header = |name: &str, required: bool, description: &str| json!({ "name": name, "in": "header", "required": required, "description": description, "schema": { "type": "string" } });
    let key = "Names this attempt, at most 255 characters; kept for a day. A repeat gets the first answer.";
    json!({
        "Limit": {
            "name": "limit", "in": "query", "required": false, "description": "How many items a page has.",
            "schema": { "type": "integer", "minimum": 1, "maximum": 100, "default": 20 },
        },
        "Cursor": {
            "name": "cursor", "in": "query", "required": false,
            "description": "The `next_cursor` of the page before, with the same filters.", "schema": { "type": "string" },
        },
        "IdempotencyKey": header("Idempotency-Key", false, key),
        "RequiredIdempotencyKey": header("Idempotency-Key", true, key),
        "IfNoneMatch": header("If-None-Match", false, "An `ETag` read before: unchanged is 304 without a body."),
        "IfMatch": header("If-Match", false, "The `ETag` the change is based on: anything newer is 412."),
    })
}

fn headers() -> Value {
    let header = |description: &str| json!({ "description": description, "schema": { "type": "string" } });
    json!({
        "RequestId": header("Names the request; the one that was sent, if it was valid."),
        "Location": header("Where the new resource is read."),
        "Link": header("The next page, `rel=\"next\"` (RFC 8288)."),
        "IdempotentReplayed": header("`true` when this is the answer to an earlier request with the same key."),
        "RateLimit": header("What is left, and when it is full again."),
        "RateLimitPolicy": header("How many calls in how many seconds."),
        "RetryAfter": header("Seconds to wait before trying again."),
        "WwwAuthenticate": header("Which credential is expected (RFC 6750)."),
    })
}

fn responses() -> Value {
    let content = json!({
        "application/json": { "schema": operation::error_schema() },
        "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } },
    });
    let error = |description: &str, more: &[(&str, &str)]| {
        let mut headers = json!({ "x-request-id": { "$ref": "#/components/headers/RequestId" } });
        for (name, component) in more {
            headers[*name] = json!({ "$ref": format!("#/components/headers/{component}") });
        }
        json!({ "description": description, "headers": headers, "content": content })
    };
    let retry = [("retry-after", "RetryAfter")];
    json!({
        "NotModified": { "description": "Unchanged since the `ETag` that was sent." },
        "BadRequest": error("Malformed, or refused by the schema; `details` names every bad field.", &[]),
        "Unauthenticated": error("No credential, or none that is valid.", &[("www-authenticate", "WwwAuthenticate")]),
        "Forbidden": error("The caller is known and may not do this.", &[("www-authenticate", "WwwAuthenticate")]),
        "NotFound": error("It does not exist, or is not yours to know.", &[]),
        "NotAcceptable": error("No form of the answer is accepted.", &[]),
        "Conflict": error("A rule or the present state refuses it, or the same key is at work.", &[]),
        "Stale": error("It has changed since it was read.", &[]),
        "BodyTooLarge": error("The body is too large.", &[]),
        "UnsupportedMediaType": error("The body is of another content type than the operation takes.", &[]),
        "IdempotencyKeyReused": error("The key came before with another request.", &[]),
        "RateLimited": error("Too many calls.", &retry),
        "InternalError": error("Our mistake.", &[]),
        "Unavailable": error("Not now; try again.", &retry),
    })
}
