//! What one value must be, apart from what is in it: type, choice, size, form.

use regex_lite::Regex;
use serde_json::Value;

/// A stable code and words for people.
type LeafFault = (&'static str, String);

/// Whether the value has one of the schema's types; `5.0` is turned into the integer that it is.
pub(super) fn type_matches(schema: &Value, value: &mut Value) -> bool {
    let types: Vec<&str> = match schema {
        Value::Bool(allowed) => return *allowed,
        _ => match schema.get("type") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
            _ => return true,
        },
    };
    if types.contains(&"integer")
        && !types.contains(&"number")
        && let Some(whole) = whole_number(value)
    {
        *value = Value::from(whole);
    }
    is_one_of(&types, value)
}

/// Whether the value has one of these JSON types.
pub(super) fn is_one_of(types: &[&str], value: &Value) -> bool {
    types.iter().any(|name| match *name {
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "object" => value.is_object(),
        "array" => value.is_array(),
        "null" => value.is_null(),
        _ => true,
    })
}

/// The integer behind `5.0`. Its text is read, since a cast could round.
fn whole_number(value: &Value) -> Option<i64> {
    let number = value.as_number().filter(|number| number.is_f64())?;
    number.to_string().strip_suffix(".0")?.parse().ok()
}

/// Words for the types that a schema asks for.
pub(super) fn expected_type(schema: &Value) -> String {
    match schema.get("type") {
        Some(Value::String(one)) => format!("expected {one}"),
        Some(Value::Array(several)) => {
            let names: Vec<&str> = several.iter().filter_map(Value::as_str).collect();
            format!("expected {}", names.join(" or "))
        }
        _ => "this is not allowed here".to_owned(),
    }
}

/// The first thing that is wrong with the value itself.
pub(super) fn fault(schema: &Value, value: &Value) -> Option<LeafFault> {
    choice(schema, value).or_else(|| match value {
        Value::Number(_) => range(schema, value),
        Value::String(text) => string(schema, text),
        Value::Array(items) => count(schema, items.len(), ["minItems", "maxItems"], "items"),
        Value::Object(fields) => count(schema, fields.len(), ["minProperties", "maxProperties"], "fields"),
        Value::Null | Value::Bool(_) => None,
    })
}

fn choice(schema: &Value, value: &Value) -> Option<LeafFault> {
    if let Some(only) = schema.get("const").filter(|only| *only != value) {
        return Some(("not_allowed", format!("must be {}", plain(only))));
    }
    let allowed = schema.get("enum").and_then(Value::as_array)?;
    let names: Vec<String> = allowed.iter().filter(|name| !name.is_null()).map(plain).collect();
    (!allowed.contains(value)).then(|| ("not_allowed", format!("one of {}", names.join(", "))))
}

/// A constant as people write it: texts without quotes.
pub(super) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn range(schema: &Value, value: &Value) -> Option<LeafFault> {
    let whole = |value: &Value| {
        value
            .as_i64()
            .map(i128::from)
            .or_else(|| value.as_u64().map(i128::from))
    };
    let (format_min, format_max) = format_bounds(schema);
    if let Some(number) = whole(value) {
        let bound = |name: &str| {
            schema
                .get(name)
                .and_then(|bound| whole(bound).or_else(|| whole_number(bound).map(i128::from)))
        };
        let least = bound("minimum")
            .or(bound("exclusiveMinimum").map(|bound| bound + 1))
            .into_iter()
            .chain(format_min)
            .max();
        let most = bound("maximum")
            .or(bound("exclusiveMaximum").map(|bound| bound - 1))
            .into_iter()
            .chain(format_max)
            .min();
        return match (least, most) {
            (Some(least), _) if number < least => Some(("too_small", format!("at least {least}"))),
            (_, Some(most)) if number > most => Some(("too_large", format!("at most {most}"))),
            _ => None,
        };
    }
    let number = value.as_f64()?;
    let bound = |name: &str| schema.get(name).and_then(Value::as_f64);
    match (bound("minimum"), bound("maximum")) {
        (Some(least), _) if number < least => Some(("too_small", format!("at least {least}"))),
        (_, Some(most)) if number > most => Some(("too_large", format!("at most {most}"))),
        _ => None,
    }
}

/// The bounds of Rust's integer types, which `schemars` writes as formats.
fn format_bounds(schema: &Value) -> (Option<i128>, Option<i128>) {
    let signed = |bits: u32| (Some(-(1_i128 << (bits - 1))), Some((1_i128 << (bits - 1)) - 1));
    let unsigned = |bits: u32| (Some(0), Some((1_i128 << bits) - 1));
    match schema.get("format").and_then(Value::as_str) {
        Some("int8") => signed(8),
        Some("int16") => signed(16),
        Some("int32") => signed(32),
        Some("int64" | "int") => signed(64),
        Some("uint8") => unsigned(8),
        Some("uint16") => unsigned(16),
        Some("uint32") => unsigned(32),
        Some("uint64" | "uint") => unsigned(64),
        _ => (None, None),
    }
}

/// Length is counted in Unicode code points, as JSON Schema does.
fn string(schema: &Value, text: &str) -> Option<LeafFault> {
    let bound = |name: &str| schema.get(name).and_then(Value::as_u64);
    let length = text.chars().count() as u64;
    if let Some(least) = bound("minLength").filter(|least| length < *least) {
        return Some(("too_short", format!("at least {least} characters")));
    }
    if let Some(most) = bound("maxLength").filter(|most| length > *most) {
        return Some(("too_long", format!("at most {most} characters")));
    }
    let pattern = schema.get("pattern").and_then(Value::as_str);
    if let Some(pattern) = pattern.filter(|pattern| !pattern_matches(pattern, text)) {
        return Some(("malformed", format!("must match {pattern}")));
    }
    let is_time = schema.get("format").and_then(Value::as_str) == Some("date-time");
    let broken_time = is_time && kernel::Time::parse(text).is_err();
    broken_time.then(|| ("malformed", "a time like 2026-01-31T12:00:00.000Z".to_owned()))
}

/// `regex-lite` is in every function already (the SDK's endpoint rules use it) and knows all that
/// our patterns need. One that it cannot read is left to the typed parse that follows.
pub(super) fn pattern_matches(pattern: &str, text: &str) -> bool {
    Regex::new(pattern).map_or(true, |regex| regex.is_match(text))
}

fn count(schema: &Value, count: usize, [least, most]: [&str; 2], noun: &str) -> Option<LeafFault> {
    let bound = |name: &str| schema.get(name).and_then(Value::as_u64);
    let count = count as u64;
    if let Some(least) = bound(least).filter(|least| count < *least) {
        return Some(("too_few", format!("at least {least} {noun}")));
    }
    bound(most)
        .filter(|most| count > *most)
        .map(|most| ("too_many", format!("at most {most} {noun}")))
}
