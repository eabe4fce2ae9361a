//! The audit finds each kind of wrong, and nothing in what is right.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{Moment, audit, plain_item};

/// A shop in which one order of two pieces is confirmed.
fn books() -> BTreeMap<String, Vec<Value>> {
    let level = json!({ "pk": "sku#tea", "sk": "level#loc", "sku": "tea", "location_id": "loc",
        "on_hand": 5, "reserved": 2, "safety": 0, "available": 3 });
    let adjustment =
        json!({ "pk": "sku#tea", "sk": "adjustment#1", "sku": "tea", "location_id": "loc", "delta": 5 });
    let part = json!({ "location_id": "loc", "pieces": 2 });
    let reservation = json!({ "pk": "order#o", "sk": "reservation", "order_id": "o", "state": "held",
        "lines": [{ "sku": "tea", "parts": [part] }] });
    let order = json!({ "pk": "order#o", "sk": "order", "order_id": "o", "cart_id": "c", "status": "confirmed",
        "number": "CW-1", "purchase": { "total": { "amount": 900 } } });
    let cart =
        json!({ "pk": "cart#c", "sk": "cart", "cart_id": "c", "status": "completed", "order_id": "o" });
    let standing = json!({ "payment_id": "p", "order_id": "o", "total": { "amount": 900 }, "stage": { "kind": "authorized" },
        "authorized": { "amount": 900 }, "movements": [{ "id": "capture_1", "kind": "capture", "amount": { "amount": 400 } }] });
    let with_keys = |mut row: Value, pk: &str, sk: &str| {
        row["pk"] = json!(pk);
        row["sk"] = json!(sk);
        row
    };
    let entry = |n: u8, debit: &str, credit: &str, amount: i64| json!({ "pk": "payment#p", "sk": format!("entry#{n}"), "debit": debit, "credit": credit, "amount": { "amount": amount } });
    BTreeMap::from([
        ("inventory".into(), vec![level, adjustment, reservation]),
        ("orders".into(), vec![order]),
        ("carts".into(), vec![cart]),
        (
            "payments".into(),
            vec![
                with_keys(standing.clone(), "payment#p", "payment"),
                entry(1, "held", "buyer", 900),
                entry(2, "merchant", "held", 400),
            ],
        ),
        (
            "sandbox".into(),
            vec![with_keys(standing, "account#p", "account")],
        ),
    ])
}

fn findings(tables: &BTreeMap<String, Vec<Value>>) -> Vec<&'static str> {
    let report = audit(tables, Moment::AtRest).unwrap();
    let mut names: Vec<&str> = report.findings.iter().map(|finding| finding.invariant).collect();
    names.dedup();
    names
}

#[test]
fn a_shop_that_adds_up_has_no_findings_and_was_counted() {
    let report = audit(&books(), Moment::AtRest).unwrap();
    assert_eq!(report.findings, []);
    assert_eq!(report.counted["orders"], 1);
    assert_eq!(report.counted["payments"], 1);
}

#[test]
fn each_wrong_number_is_named_by_its_invariant() {
    let check = |table: &str, row: usize, pointer: &str, value: Value, expected: &[&str]| {
        let mut tables = books();
        *tables.get_mut(table).unwrap()[row].pointer_mut(pointer).unwrap() = value.clone();
        assert_eq!(findings(&tables), expected, "{table}[{row}]{pointer} = {value}");
    };
    check("inventory", 1, "/delta", json!(6), &["stock-1"]);
    check("inventory", 0, "/reserved", json!(1), &["stock-2", "stock-4"]);
    check("inventory", 0, "/available", json!(4), &["stock-4"]);
    check(
        "inventory",
        2,
        "/state",
        json!("released"),
        &["orders-3", "stock-2"],
    );
    check("orders", 0, "/status", json!("reserved"), &["orders-2"]);
    check("orders", 0, "/number", json!(null), &["orders-4"]);
    check("orders", 0, "/status", json!("canceled"), &["money-5", "stock-5"]);
    check("orders", 0, "/purchase/total/amount", json!(901), &["money-4"]);
    check("carts", 0, "/order_id", json!("other"), &["orders-1", "orders-5"]);
    check(
        "payments",
        0,
        "/movements/0/amount/amount",
        json!(901),
        &["money-1", "money-2", "money-3"],
    );
    check("payments", 1, "/amount/amount", json!(899), &["money-2"]);
    check("sandbox", 0, "/stage/kind", json!("voided"), &["money-3"]);
}

#[test]
fn two_living_orders_of_one_cart_are_found() {
    let mut tables = books();
    let mut second = tables["orders"][0].clone();
    second["order_id"] = json!("o2");
    tables.get_mut("orders").unwrap().push(second);
    let found = findings(&tables);
    assert!(
        found.contains(&"orders-4") && found.contains(&"orders-5"),
        "{found:?}"
    );
}

#[test]
fn a_row_that_cannot_be_read_is_an_error_and_not_a_clean_audit() {
    let mut tables = books();
    tables.get_mut("inventory").unwrap()[0]["on_hand"] = json!("many");
    assert!(
        audit(&tables, Moment::Busy)
            .unwrap_err()
            .to_string()
            .contains("sku#tea")
    );
}

#[test]
fn an_item_loses_its_type_letters_and_nothing_else() {
    let item = json!({
        "pk": { "S": "sku#tea" }, "on_hand": { "N": "-5" }, "shipped": { "BOOL": true }, "number": { "NULL": true },
        "lines": { "L": [{ "M": { "sku": { "S": "tea" }, "parts": { "L": [] } } }] }, "tags": { "SS": ["a", "b"] },
    });
    let expected = json!({
        "pk": "sku#tea", "on_hand": -5, "shipped": true, "number": null,
        "lines": [{ "sku": "tea", "parts": [] }], "tags": ["a", "b"],
    });
    assert_eq!(plain_item(&item), expected);
}
