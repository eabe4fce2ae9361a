//! `event`: a sample in the envelope in which AWS would deliver it, for `cargo lambda invoke` and
//! `cargo xtask bench`.
//!
//! `events/<function>/<case>.json` holds only what matters: for a route `as`, `key`, `path`, `query`,
//! `headers` and `body`; for a queue `fact`; for a stream `change` with `old` and `new`; for what an
//! operator invokes `payload`.

use anyhow::{Context, Result, bail, ensure};
use manifest::{Function, Http, Manifest, Route, Trigger};
use serde_json::{Map, Value, json};

use crate::repository::Repository;

/// What a sample's `as` is turned into.
#[derive(Debug, Clone, Default)]
pub(crate) struct Credentials {
    /// The API key of a member of staff.
    pub(crate) staff_key: Option<String>,
    /// The access token of a customer.
    pub(crate) access_token: Option<String>,
    /// The token of a cart.
    pub(crate) cart_token: Option<String>,
}

/// Prints one sample as an event.
pub(crate) fn run(
    repository: &Repository,
    function: &str,
    case: &str,
    credentials: &Credentials,
) -> Result<()> {
    let manifest = repository.manifest()?;
    let entry = manifest.functions.get(function);
    let entry = entry.with_context(|| format!("the manifest has no function `{function}`"))?;
    let path = format!("events/{function}/{case}.json");
    let sample =
        serde_json::from_str(&repository.read(&path)?).with_context(|| format!("`{path}` is no JSON"))?;
    println!("{}", envelope(&manifest, entry, &sample, credentials)?);
    Ok(())
}

/// The event of a sample.
pub(crate) fn envelope(
    manifest: &Manifest,
    function: &Function,
    sample: &Value,
    credentials: &Credentials,
) -> Result<Value> {
    match &function.trigger {
        Trigger::Http(http) => http_event(http, sample, credentials),
        Trigger::Queue(trigger) => {
            let fact = manifest
                .queues
                .get(&trigger.queue)
                .and_then(|queue| queue.from.first());
            let fact = fact.with_context(|| format!("queue `{}` hears no fact", trigger.queue))?;
            Ok(queue_event(&trigger.queue, fact, &sample["fact"]))
        }
        Trigger::Stream(trigger) => stream_event(&trigger.table, &sample["change"]),
        Trigger::Schedule(_) => Ok(json!({
            "version": "0", "id": "00000000-0000-0000-0000-000000000000", "detail-type": "Scheduled Event",
            "source": "aws.events", "account": "000000000000", "time": sample["at"], "region": "us-east-1",
            "resources": [], "detail": {},
        })),
        Trigger::Invoke => Ok(sample["payload"].clone()),
    }
}

/// API Gateway's payload format 2.0.
fn http_event(http: &Http, sample: &Value, credentials: &Credentials) -> Result<Value> {
    let (method, template) = match &http.route {
        Route::Path { method, path } => (method.as_str(), path.as_str()),
        Route::Default => ("GET", "/nowhere"),
    };
    let mut path = template.to_owned();
    for (name, value) in sample["path"].as_object().into_iter().flatten() {
        path = path.replace(&format!("{{{name}}}"), value.as_str().unwrap_or_default());
    }
    ensure!(
        !path.contains('{'),
        "the sample gives no value for a parameter of `{template}`"
    );
    let query = sample["query"].as_object().into_iter().flatten();
    let query: Vec<String> = query
        .map(|(name, value)| format!("{name}={}", plain(value)))
        .collect();
    Ok(json!({
        "version": "2.0",
        "routeKey": http.route.to_string(),
        "rawPath": path,
        "rawQueryString": query.join("&"),
        "headers": headers(sample, credentials)?,
        "queryStringParameters": sample["query"],
        "pathParameters": sample["path"],
        "requestContext": {
            "accountId": "000000000000", "apiId": "local", "domainName": "127.0.0.1", "domainPrefix": "local",
            "http": { "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "cargo xtask" },
            "requestId": "event", "routeKey": http.route.to_string(), "stage": "$default",
            "time": "31/Jan/2026:12:00:00 +0000", "timeEpoch": 1_769_860_800_000_i64,
        },
        "body": sample.get("body").map(Value::to_string),
        "isBase64Encoded": false,
    }))
}

fn headers(sample: &Value, credentials: &Credentials) -> Result<Map<String, Value>> {
    let mut headers = sample["headers"].as_object().cloned().unwrap_or_default();
    headers.insert("host".to_owned(), json!("127.0.0.1"));
    headers.insert("x-forwarded-for".to_owned(), json!("127.0.0.1"));
    if sample.get("body").is_some() {
        headers.insert("content-type".to_owned(), json!("application/json"));
    }
    if let Some(key) = sample["key"].as_str() {
        headers.insert("idempotency-key".to_owned(), json!(key));
    }
    let bearer = |token: &String| ("authorization".to_owned(), json!(format!("Bearer {token}")));
    headers.extend(match sample["as"].as_str() {
        Some("staff") => credentials.staff_key.as_ref().map(bearer),
        Some("customer") => credentials.access_token.as_ref().map(bearer),
        Some("guest") => {
            let token = credentials.cart_token.as_ref();
            token.map(|token| ("x-cart-token".to_owned(), json!(token)))
        }
        Some("public") | None => None,
        Some(other) => bail!("the sample is `as` `{other}`; expected public, guest, customer or staff"),
    });
    Ok(headers)
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn queue_event(queue: &str, fact: &str, data: &Value) -> Value {
    let envelope = json!({
        "id": "sample", "type": fact, "version": 1, "occurred_at": "2026-01-31T12:00:00.000Z",
        "correlation_id": "sample", "data": data,
    });
    json!({ "Records": [{
        "messageId": "00000000-0000-0000-0000-000000000000", "receiptHandle": "sample", "body": envelope.to_string(),
        "attributes": { "ApproximateReceiveCount": "1", "SentTimestamp": "1769860800000" },
        "messageAttributes": {}, "md5OfBody": "", "eventSource": "aws:sqs", "awsRegion": "us-east-1",
        "eventSourceARN": format!("arn:aws:sqs:us-east-1:000000000000:{queue}"),
    }] })
}

fn stream_event(table: &str, change: &Value) -> Result<Value> {
    let image = |name: &str| {
        change[name].as_object().map(|row| {
            row.iter()
                .map(|(key, value)| (key.clone(), attribute(value)))
                .collect::<Map<_, _>>()
        })
    };
    let (old, new) = (image("old"), image("new"));
    let kind = match (&old, &new) {
        (None, Some(_)) => "INSERT",
        (Some(_), Some(_)) => "MODIFY",
        (Some(_), None) => "REMOVE",
        (None, None) => bail!("a stream's sample has a `change` with `old`, `new` or both"),
    };
    let row = new.as_ref().or(old.as_ref());
    let keys: Map<String, Value> = ["pk", "sk"]
        .into_iter()
        .filter_map(|key| Some((key.to_owned(), row?.get(key)?.clone())))
        .collect();
    let mut dynamodb = json!({
        "ApproximateCreationDateTime": 1_769_860_800, "Keys": keys, "SequenceNumber": "100000000000000000001",
        "SizeBytes": 1, "StreamViewType": "NEW_AND_OLD_IMAGES",
    });
    if let Some(old) = old {
        dynamodb["OldImage"] = Value::Object(old);
    }
    if let Some(new) = new {
        dynamodb["NewImage"] = Value::Object(new);
    }
    Ok(json!({ "Records": [{
        "eventID": "sample", "eventName": kind, "eventVersion": "1.1", "eventSource": "aws:dynamodb", "awsRegion": "us-east-1",
        "eventSourceARN": format!("arn:aws:dynamodb:us-east-1:000000000000:table/{table}/stream/sample"),
        "dynamodb": dynamodb,
    }] }))
}

/// A value as DynamoDB types it.
fn attribute(value: &Value) -> Value {
    match value {
        Value::Null => json!({ "NULL": true }),
        Value::Bool(truth) => json!({ "BOOL": truth }),
        Value::Number(number) => json!({ "N": number.to_string() }),
        Value::String(text) => json!({ "S": text }),
        Value::Array(items) => json!({ "L": items.iter().map(attribute).collect::<Vec<_>>() }),
        Value::Object(object) => {
            let object: Map<String, Value> = object
                .iter()
                .map(|(key, value)| (key.clone(), attribute(value)))
                .collect();
            json!({ "M": object })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(function: &str, sample: &Value) -> Result<Value> {
        let manifest = Repository::find().unwrap().manifest().unwrap();
        let credentials = Credentials {
            staff_key: Some("cw_sk_1".to_owned()),
            access_token: None,
            cart_token: Some("token".to_owned()),
        };
        envelope(&manifest, &manifest.functions[function], sample, &credentials)
    }

    #[test]
    fn a_request_gets_its_path_its_key_and_its_credential() {
        let sample =
            json!({ "as": "guest", "key": "k-1", "path": { "cart_id": "cart_1" }, "body": { "sku": "tea" } });
        let event = event("carts-add-line", &sample).unwrap();
        assert_eq!(event["rawPath"], "/v1/carts/cart_1/lines");
        assert_eq!(event["routeKey"], "POST /v1/carts/{cart_id}/lines");
        assert_eq!(
            (
                &event["headers"]["x-cart-token"],
                &event["headers"]["idempotency-key"]
            ),
            (&json!("token"), &json!("k-1"))
        );
        assert_eq!(event["body"], "{\"sku\":\"tea\"}");
    }

    #[test]
    fn a_sample_without_a_parameter_of_its_path_is_refused() {
        assert!(event("carts-get", &json!({ "as": "guest" })).is_err());
    }

    #[test]
    fn a_fact_travels_in_its_envelope() {
        let event = event(
            "inventory-on-order-placed",
            &json!({ "fact": { "order_id": "order_1" } }),
        )
        .unwrap();
        let body: Value = serde_json::from_str(event["Records"][0]["body"].as_str().unwrap()).unwrap();
        assert_eq!(
            (&body["type"], &body["data"]["order_id"]),
            (&json!("OrderPlaced"), &json!("order_1"))
        );
    }

    #[test]
    fn a_change_has_typed_images_and_keys() {
        let row = json!({ "pk": "order#1", "sk": "order", "version": 2, "lines": [{ "sku": "tea" }], "note": null });
        let event = event("orders-stream", &json!({ "change": { "old": null, "new": row } })).unwrap();
        let record = &event["Records"][0];
        assert_eq!(record["eventName"], "INSERT");
        assert_eq!(
            record["dynamodb"]["Keys"],
            json!({ "pk": { "S": "order#1" }, "sk": { "S": "order" } })
        );
        assert_eq!(
            record["dynamodb"]["NewImage"]["lines"],
            json!({ "L": [{ "M": { "sku": { "S": "tea" } } }] })
        );
        assert!(record["dynamodb"].get("OldImage").is_none());
    }

    #[test]
    fn every_sample_of_the_repository_can_be_delivered() {
        let repository = Repository::find().unwrap();
        let manifest = repository.manifest().unwrap();
        for function in manifest.functions.values() {
            for path in repository
                .files(&format!("events/{}", function.name), ".json")
                .unwrap()
            {
                let sample = serde_json::from_str(&repository.read(&path).unwrap()).unwrap();
                envelope(&manifest, function, &sample, &Credentials::default())
                    .unwrap_or_else(|error| panic!("{path}: {error:#}"));
            }
        }
    }
}
