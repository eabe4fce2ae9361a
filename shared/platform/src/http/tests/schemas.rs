//! The validator against everything that `schemars` writes for our wire types.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::http::schema::Shape;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "only the schema matters")]
struct Everything {
    lines: Vec<Line>,
    payment: Payment,
    color: Option<Color>,
    documented: Documented,
    address: Option<kernel::Address>,
    prices: BTreeMap<String, kernel::Money>,
    at: kernel::Time,
    #[schemars(length(min = 1, max = 2))]
    tags: Vec<String>,
    #[schemars(regex(pattern = "^[a-z]{2}$"))]
    language: String,
    small: u8,
    flag: bool,
    #[serde(default)]
    parent: Option<Box<Everything>>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "only the schema matters")]
struct Line {
    quantity: kernel::Quantity,
}

#[derive(Deserialize, JsonSchema)]
#[serde(tag = "provider", rename_all = "snake_case")]
#[allow(dead_code, reason = "only the schema matters")]
enum Payment {
    Sandbox { token: String },
    Invoice { days: u8 },
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Color {
    Red,
    DarkGreen,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Documented {
    /// The first.
    One,
    /// The second.
    Two,
}

fn good() -> Value {
    json!({
        "lines": [{ "quantity": 1 }], "payment": { "provider": "sandbox", "token": "t" }, "color": "dark_green",
        "documented": "two", "address": null, "prices": { "EUR": { "amount": 1, "currency": "EUR" } },
        "at": "2026-01-31T12:00:00Z", "tags": ["a"], "language": "de", "small": 255, "flag": true,
    })
}

/// Sets what a JSON pointer names and expects exactly this fault.
#[track_caller]
fn check(pointer: &str, value: Value, field: &str, code: &str) {
    let mut body = good();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match body.pointer_mut(parent).unwrap() {
        Value::Object(fields) => drop(fields.insert(name.to_owned(), value)),
        other => *other.get_mut(name.parse::<usize>().unwrap()).unwrap() = value,
    }
    let faults = Shape::of::<Everything>().check(&mut body);
    let found: Vec<(&str, &str)> = faults
        .iter()
        .map(|fault| (fault.field.as_str(), fault.code))
        .collect();
    assert_eq!(found, [(field, code)], "{faults:?}");
}

#[test]
fn what_the_type_reads_has_no_fault() {
    let shape = Shape::of::<Everything>();
    let mut body = good();
    assert_eq!(shape.check(&mut body), []);
    assert!(serde_json::from_value::<Everything>(body).is_ok());
    let mut nested = good();
    nested["parent"] = good();
    nested["small"] = json!(7.0);
    nested["parent"]["lines"][0]["quantity"] = json!(2.0);
    assert_eq!(shape.check(&mut nested), []);
    assert_eq!(nested["small"], json!(7));
    assert_eq!(nested["parent"]["lines"][0]["quantity"], json!(2));
}

#[test]
fn each_kind_of_fault_is_named_by_its_path() {
    check("/lines/0/quantity", json!(0), "lines[0].quantity", "too_small");
    check(
        "/lines/0/quantity",
        json!(10_000),
        "lines[0].quantity",
        "too_large",
    );
    check("/lines/0/quantity", json!("1"), "lines[0].quantity", "wrong_type");
    check(
        "/lines/0",
        json!({ "quantity": 1, "x": 1 }),
        "lines[0].x",
        "unknown_field",
    );
    check("/lines/0", json!({}), "lines[0].quantity", "missing_field");
    check("/lines", json!({}), "lines", "wrong_type");
    check("/small", json!(256), "small", "too_large");
    check("/small", json!(-1), "small", "too_small");
    check("/flag", json!(null), "flag", "wrong_type");
    check("/tags", json!([]), "tags", "too_few");
    check("/tags", json!(["a", "b", "c"]), "tags", "too_many");
    check("/tags/0", json!(1), "tags[0]", "wrong_type");
    check("/language", json!("DE"), "language", "malformed");
    check("/at", json!("yesterday"), "at", "malformed");
    check(
        "/prices/EUR",
        json!({ "amount": 1 }),
        "prices.EUR.currency",
        "missing_field",
    );
    check("/parent", json!(5), "parent", "wrong_type");
}

#[test]
fn of_alternatives_the_one_that_was_meant_is_explained() {
    check("/color", json!("blue"), "color", "not_allowed");
    check("/color", json!(5), "color", "not_allowed");
    check("/documented", json!("three"), "documented", "not_allowed");
    check(
        "/payment",
        json!({ "provider": "cash" }),
        "payment.provider",
        "not_allowed",
    );
    check(
        "/payment",
        json!({ "token": "t" }),
        "payment.provider",
        "missing_field",
    );
    check(
        "/payment",
        json!({ "provider": "sandbox" }),
        "payment.token",
        "missing_field",
    );
    check(
        "/payment",
        json!({ "provider": "invoice", "days": 300 }),
        "payment.days",
        "too_large",
    );
    check("/payment", json!("sandbox"), "payment", "wrong_type");
    let address = json!({ "name": "", "line1": "a", "city": "b", "country": "DE" });
    check("/address", address, "address.name", "too_short");
}

#[test]
fn the_allowed_values_are_in_the_message() {
    let mut body = good();
    body["color"] = json!("blue");
    let faults = Shape::of::<Everything>().check(&mut body);
    assert_eq!(faults[0].message, "one of red, dark_green");
}
