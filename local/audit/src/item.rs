//! DynamoDB's JSON without its type letters.

use serde_json::Value;

/// An item as plain JSON: `{"n": {"N": "1"}}` becomes `{"n": 1}`. Sets become lists, binary stays base64.
pub fn plain_item(item: &Value) -> Value {
    let attributes = item.as_object().into_iter().flatten();
    attributes
        .map(|(name, value)| (name.clone(), plain(value)))
        .collect()
}

fn plain(value: &Value) -> Value {
    let Some((kind, inner)) = value.as_object().and_then(|typed| typed.iter().next()) else {
        return Value::Null;
    };
    match (kind.as_str(), inner) {
        ("N", Value::String(number)) => number.parse().map_or(Value::Null, Value::Number),
        ("M", inner) => plain_item(inner),
        ("L", Value::Array(list)) => list.iter().map(plain).collect(),
        ("NULL", _) => Value::Null,
        (_, inner) => inner.clone(),
    }
}
