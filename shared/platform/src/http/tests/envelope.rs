//! Request ids, headers, error bodies, methods, media types, sizes, compression.

use std::io::Read as _;

use http::Method;
use kernel::Fault;

use super::{TEA, create, get, raw, shop};
use crate::http::{CODES, Problem};

// ID-24
#[tokio::test]
async fn every_answer_carries_the_headers_that_all_carry() {
    let shop = shop!(create, "POST /v1/things");
    let good = shop.post("/v1/things", &[], TEA).await;
    let bad = shop.post("/v1/things", &[], "{}").await;
    assert_eq!((good.status, bad.status), (201, 400));
    for got in [good, bad] {
        assert_eq!(got.header("content-type"), "application/json; charset=utf-8");
        assert_eq!(got.header("cache-control"), "no-store");
        assert_eq!(got.header("x-content-type-options"), "nosniff");
        assert_eq!(
            got.header("content-security-policy"),
            "default-src 'none'; frame-ancestors 'none'"
        );
        assert_eq!(got.header("referrer-policy"), "no-referrer");
        assert!(got.header("strict-transport-security").starts_with("max-age="));
        assert!(got.header("x-request-id").starts_with("req_"));
    }
}

#[tokio::test]
async fn a_valid_request_id_is_echoed_and_another_is_replaced() {
    let shop = shop!(get, "GET /v1/things/{thing_id}");
    let echoed = shop
        .send("GET /v1/things/1", &[("x-request-id", "abc-1.2:3_x")], "")
        .await;
    assert_eq!(echoed.header("x-request-id"), "abc-1.2:3_x");
    let long = "x".repeat(101);
    for bad in ["", "a b", "ü", "a\"b", &long] {
        let got = shop.send("GET /v1/things/1", &[("x-request-id", bad)], "").await;
        assert!(got.header("x-request-id").starts_with("req_"), "{bad}");
    }
}

#[tokio::test]
async fn an_error_body_names_code_message_and_request() {
    let shop = shop!(create, "POST /v1/things");
    shop.things.fail_next(Fault::refused("sold_out", "none is left"));
    let got = shop.post("/v1/things", &[("x-request-id", "r-1")], TEA).await;
    assert_eq!(got.status, 409);
    let expected = r#"{"error":{"code":"sold_out","message":"none is left","request_id":"r-1"}}"#;
    assert_eq!(got.bytes, expected);
}

#[tokio::test]
async fn a_client_of_problem_documents_gets_the_same_facts() {
    let shop = shop!(create, "POST /v1/things");
    let accept = [("accept", "application/problem+json"), ("x-request-id", "r-1")];
    let got = shop
        .post("/v1/things", &accept, r#"{"name":"tea","quantity":0}"#)
        .await;
    assert_eq!(
        got.header("content-type"),
        "application/problem+json; charset=utf-8"
    );
    let json = got.json();
    assert_eq!(json["type"], "/docs#invalid_request");
    assert_eq!(json["title"], "Bad Request");
    assert_eq!(json["status"], 400);
    assert_eq!(json["code"], "invalid_request");
    assert_eq!(json["instance"], "r-1");
    assert_eq!(json["errors"][0]["field"], "quantity");
    let good = shop.post("/v1/things", &accept, TEA).await;
    assert_eq!(
        (good.status, good.header("content-type")),
        (201, "application/json; charset=utf-8")
    );
}

// ID-24
#[tokio::test]
async fn faults_become_their_status_and_server_errors_tell_nothing() {
    let secret = || std::io::Error::other("password of table orders");
    let cases = [
        (Fault::invalid("odd", "x"), 400, "odd"),
        (
            Fault::invalid("precondition_required", "x"),
            428,
            "precondition_required",
        ),
        (
            Fault::Unauthenticated {
                code: "unauthenticated",
                detail: "x",
            },
            401,
            "unauthenticated",
        ),
        (
            Fault::Denied {
                permission: "a.b".into(),
            },
            403,
            "forbidden",
        ),
        (Fault::missing("thing"), 404, "not_found"),
        (Fault::refused("sold_out", "x"), 409, "sold_out"),
        (Fault::Stale, 412, "stale"),
        (Fault::broken(secret()), 500, "internal_error"),
        (Fault::busy(secret()), 503, "unavailable"),
    ];
    let shop = shop!(create, "POST /v1/things");
    for (fault, status, code) in cases {
        shop.things.fail_next(fault);
        let got = shop.post("/v1/things", &[], TEA).await;
        assert_eq!((got.status, got.code().as_str()), (status, code));
        assert!(!String::from_utf8_lossy(&got.bytes).contains("password"));
        assert_eq!(got.header("retry-after"), if status == 503 { "1" } else { "" });
        assert_eq!(got.headers.contains_key("www-authenticate"), status == 401);
    }
}

#[test]
fn every_documented_code_is_documented_once() {
    let mut codes: Vec<&str> = CODES.iter().map(|doc| doc.code).collect();
    codes.sort_unstable();
    let all = codes.len();
    codes.dedup();
    assert_eq!(codes.len(), all);
    for problem in [
        Problem::route_not_found(),
        Problem::method_not_allowed("GET"),
        Fault::Stale.into(),
    ] {
        let doc = CODES.iter().find(|doc| doc.code == problem.code()).unwrap();
        assert_eq!(doc.status, problem.status().as_u16());
    }
}

// ID-24
#[tokio::test]
async fn another_method_or_path_is_answered_in_our_words() {
    let shop = shop!(get, "GET /v1/things/{thing_id}");
    let method = shop.send("DELETE /v1/things/1", &[], "").await;
    assert_eq!(
        (method.status, method.code().as_str(), method.header("allow")),
        (405, "method_not_allowed", "GET")
    );
    for path in ["/v1/things", "/v1/things/1/2", "/", "/v1/things/%ff"] {
        let got = shop.send(&format!("GET {path}"), &[], "").await;
        assert_eq!(
            (got.status, got.code().as_str()),
            (404, "route_not_found"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_path_parameter_arrives_decoded() {
    let shop = shop!(get, "GET /v1/things/{thing_id}");
    let got = shop.send("GET /v1/things/gr%C3%BCn%2F1%25", &[], "").await;
    assert_eq!(got.json()["id"], "grün/1%");
}

#[tokio::test]
async fn head_is_get_without_a_body() {
    let shop = shop!(get, "GET /v1/things/{thing_id}");
    let got = shop.send("HEAD /v1/things/1", &[], "").await;
    assert_eq!(
        (got.status, got.header("etag"), got.bytes.len()),
        (200, "\"7\"", 0)
    );
}

// ID-24
#[tokio::test]
async fn a_body_of_another_media_type_is_refused() {
    let shop = shop!(create, "POST /v1/things");
    for bad in [
        "text/plain",
        "application/json; charset=latin1",
        "application/merge-patch+json",
        "json",
    ] {
        let got = shop.send("POST /v1/things", &[("content-type", bad)], TEA).await;
        assert_eq!(
            (got.status, got.code().as_str()),
            (415, "unsupported_media_type"),
            "{bad}"
        );
        assert_eq!(got.header("accept"), "application/json");
    }
    let none = shop.send("POST /v1/things", &[], TEA).await;
    assert_eq!(none.status, 415);
    let packed = [("content-type", "application/json"), ("content-encoding", "gzip")];
    assert_eq!(shop.send("POST /v1/things", &packed, TEA).await.status, 415);
    let good = [("content-type", "Application/JSON; charset=\"UTF-8\"")];
    assert_eq!(shop.send("POST /v1/things", &good, TEA).await.status, 201);
}

#[tokio::test]
async fn a_patch_takes_merge_patch_and_says_so() {
    let shop = shop!(super::change, "PATCH /v1/things/{thing_id}");
    for good in ["application/merge-patch+json", "application/json"] {
        let got = shop
            .send("PATCH /v1/things/1", &[("content-type", good)], TEA)
            .await;
        assert_eq!(got.status, 204, "{good}");
    }
    let got = shop
        .send(
            "PATCH /v1/things/1",
            &[("content-type", "application/json-patch+json")],
            TEA,
        )
        .await;
    assert_eq!(
        (got.status, got.header("accept-patch")),
        (415, "application/merge-patch+json, application/json")
    );
}

// ID-24
#[tokio::test]
async fn an_answer_that_the_client_does_not_take_is_refused_before_any_effect() {
    let shop = shop!(create, "POST /v1/things");
    for bad in [
        "text/html",
        "application/json;q=0",
        "*/*;q=0",
        "image/*",
        "*/*, application/json;q=0",
    ] {
        let got = shop.post("/v1/things", &[("accept", bad)], TEA).await;
        assert_eq!(
            (got.status, got.code().as_str()),
            (406, "not_acceptable"),
            "{bad}"
        );
    }
    assert_eq!(shop.things.effects(), 0);
    for good in [
        "*/*",
        "application/*",
        "text/html, application/json;q=0.1",
        "text/html;q=0.9,*/*;q=0.001",
    ] {
        assert_eq!(
            shop.post("/v1/things", &[("accept", good)], TEA).await.status,
            201,
            "{good}"
        );
    }
}

// ID-21
#[tokio::test]
async fn a_body_that_is_too_large_or_too_deep_is_refused() {
    let shop = shop!(create, "POST /v1/things", "TRIGGER_BODY_BYTES_MAX" = "100");
    let large = shop
        .post(
            "/v1/things",
            &[],
            &format!("{{\"name\":\"{}\"}}", "x".repeat(100)),
        )
        .await;
    assert_eq!((large.status, large.code().as_str()), (413, "body_too_large"));
    let deep = format!("{}{}", "[".repeat(33), "]".repeat(33));
    let got = shop.post("/v1/things", &[], &deep).await;
    assert_eq!((got.status, got.code().as_str()), (400, "too_deep"));
    let brackets_in_text = format!(r#"{{"name":"\"{}","quantity":1}}"#, "[".repeat(40));
    assert_eq!(
        shop.post("/v1/things", &[], &brackets_in_text).await.code(),
        "invalid_request"
    );
    let allowed = format!("{}{}", "[".repeat(32), "]".repeat(32));
    assert_eq!(
        shop.post("/v1/things", &[], &allowed).await.code(),
        "invalid_request"
    );
}

#[tokio::test]
async fn a_raw_body_is_neither_parsed_nor_typed() {
    let shop = shop!(raw, "POST /v1/hooks", "TRIGGER_IDEMPOTENCY" = "none");
    let got = shop.send("POST /v1/hooks?any=thing", &[], "not json").await;
    assert_eq!((got.status, got.json()), (200, serde_json::json!(8)));
}

#[tokio::test]
async fn the_default_route_takes_every_path_and_method() {
    let shop = shop!(raw, "$default");
    for method in [Method::GET, Method::PUT, Method::OPTIONS] {
        assert_eq!(
            shop.send(&format!("{method} /any/where"), &[], "").await.status,
            200
        );
    }
}

#[tokio::test]
async fn a_large_answer_is_compressed_when_the_client_asks() {
    let shop = shop!(get, "GET /v1/things/{thing_id}");
    let plain = shop.send("GET /v1/things/long", &[], "").await;
    assert_eq!(
        (plain.header("content-encoding"), plain.header("vary")),
        ("", "accept-encoding")
    );
    let packed = shop
        .send("GET /v1/things/long", &[("accept-encoding", "br, gzip")], "")
        .await;
    assert_eq!(
        (packed.header("content-encoding"), packed.header("vary")),
        ("gzip", "accept-encoding")
    );
    let mut text = Vec::new();
    flate2::read::GzDecoder::new(&*packed.bytes)
        .read_to_end(&mut text)
        .unwrap();
    assert_eq!(text, plain.bytes);
    assert_ne!(packed.header("etag"), plain.header("etag"));
    for (coding, path) in [
        ("gzip;q=0", "long"),
        ("gzip", "short"),
        ("identity", "long"),
        ("br", "long"),
    ] {
        let got = shop
            .send(
                &format!("GET /v1/things/{path}"),
                &[("accept-encoding", coding)],
                "",
            )
            .await;
        assert_eq!(got.header("content-encoding"), "", "{coding}");
    }
}
