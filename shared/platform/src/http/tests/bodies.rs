//! Bodies and queries: every bad field is named, at once, by its path.

use super::{TEA, create, list, shop};

fn named(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(field, code)| ((*field).to_owned(), (*code).to_owned()))
        .collect()
}

#[tokio::test]
async fn every_bad_field_is_named_at_once() {
    let shop = shop!(create, "POST /v1/things");
    let got = shop
        .post("/v1/things", &[], r#"{"quantity":0,"note":5,"colour":"red"}"#)
        .await;
    assert_eq!((got.status, got.code().as_str()), (400, "invalid_request"));
    let expected = [
        ("name", "missing_field"),
        ("quantity", "too_small"),
        ("note", "wrong_type"),
        ("colour", "unknown_field"),
    ];
    assert_eq!(got.details(), named(&expected));
    assert_eq!(shop.things.effects(), 0);
}

#[tokio::test]
async fn an_integer_may_be_written_with_a_zero_fraction() {
    let shop = shop!(create, "POST /v1/things");
    for (quantity, status) in [
        ("5", 201),
        ("5.0", 201),
        ("5e0", 201),
        ("5.5", 400),
        ("\"5\"", 400),
        ("1e300", 400),
    ] {
        let got = shop
            .post(
                "/v1/things",
                &[],
                &format!(r#"{{"name":"tea","quantity":{quantity}}}"#),
            )
            .await;
        assert_eq!(got.status, status, "{quantity}");
    }
}

#[tokio::test]
async fn length_is_counted_in_code_points() {
    let shop = shop!(create, "POST /v1/things");
    let body = |name: &str| format!(r#"{{"name":"{name}","quantity":1}}"#);
    assert_eq!(
        shop.post("/v1/things", &[], &body(&"ü".repeat(10))).await.status,
        201
    );
    let long = shop.post("/v1/things", &[], &body(&"ü".repeat(11))).await;
    assert_eq!(long.details(), named(&[("name", "too_long")]));
    let short = shop.post("/v1/things", &[], &body("")).await;
    assert_eq!(short.details(), named(&[("name", "too_short")]));
}

#[tokio::test]
async fn what_is_no_json_or_nothing_is_malformed() {
    let shop = shop!(create, "POST /v1/things");
    for bad in ["{", "", "  ", "{\"name\":}", "\u{fffd}"] {
        let got = shop.post("/v1/things", &[], bad).await;
        assert_eq!(
            (got.status, got.code().as_str()),
            (400, "malformed_json"),
            "{bad}"
        );
    }
    let got = shop.post("/v1/things", &[], "[]").await;
    assert_eq!(got.details(), named(&[("body", "wrong_type")]));
}

#[tokio::test]
async fn an_operation_without_a_body_takes_nothing_or_an_empty_object() {
    let shop = shop!(super::get, "POST /v1/things/{thing_id}/act");
    for good in ["", "{}"] {
        assert_eq!(
            shop.post("/v1/things/1/act", &[], good).await.status,
            200,
            "{good}"
        );
    }
    let got = shop.post("/v1/things/1/act", &[], r#"{"force":true}"#).await;
    assert_eq!(got.details(), named(&[("force", "unknown_field")]));
}

#[tokio::test]
async fn a_query_is_typed_and_an_unknown_parameter_is_refused() {
    let shop = shop!(list, "GET /v1/things");
    let good = shop
        .send("GET /v1/things?color=dark+gr%C3%BCn&at_least=3", &[], "")
        .await;
    assert_eq!(good.json()["data"][0]["name"], "dark grün3");
    for (query, field, code) in [
        ("colour=red", "colour", "unknown_field"),
        ("at_least=many", "at_least", "wrong_type"),
        ("at_least=-1", "at_least", "too_small"),
        ("color=a&color=b", "color", "repeated"),
        ("color=%ff", "query", "malformed"),
        ("limit=0", "limit", "malformed"),
        ("limit=101", "limit", "malformed"),
        ("limit=ten", "limit", "malformed"),
    ] {
        let got = shop.send(&format!("GET /v1/things?{query}"), &[], "").await;
        assert_eq!(
            (got.status, got.details()),
            (400, named(&[(field, code)])),
            "{query}"
        );
    }
    let shop = shop!(create, "POST /v1/things");
    let got = shop.post("/v1/things?limit=5", &[], TEA).await;
    assert_eq!(got.details(), named(&[("limit", "unknown_field")]));
}
