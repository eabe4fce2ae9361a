//! From API Gateway's event to the answer that Lambda gets.

use flate2::read::GzDecoder;
use lambda_http::Body;
use serde_json::json;
use std::io::Read as _;

use super::{get, raw, shop};
use crate::http::serve::answer;

fn event(method: &str, path: &str, query: &str, headers: &serde_json::Value) -> lambda_http::Request {
    let event = json!({
        "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": query, "headers": headers,
        "requestContext": {
            "accountId": "1", "apiId": "a", "domainName": "shop.example", "domainPrefix": "shop", "stage": "$default",
            "requestId": "r", "routeKey": "$default", "time": "12/Mar/2026:19:03:58 +0000", "timeEpoch": 1_583_348_638_390_i64,
            "http": {
                "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.7", "userAgent": "t"
            },
        },
        "body": "bm90IGpzb24=", "isBase64Encoded": true,
    });
    lambda_http::request::from_str(&event.to_string()).unwrap()
}

#[tokio::test]
async fn an_event_becomes_a_request_with_its_source_and_its_path_decoded_once() {
    let shop = shop!(get, "GET /v1/things/{thing_id}");
    let request = event(
        "GET",
        "/v1/things/gr%C3%BCn%252F1",
        "",
        &json!({ "host": "shop.example" }),
    );
    let response = answer(&shop.endpoint, request).await;
    let Body::Text(text) = response.body() else {
        panic!("{response:?}")
    };
    assert!(text.contains(r#""id":"grün%2F1""#), "{text}");
    let source = crate::http::Arrival::of(&event("GET", "/", "", &json!({})));
    assert_eq!(source.address, "192.0.2.7");
}

#[tokio::test]
async fn a_base64_body_arrives_as_its_bytes() {
    let shop = shop!(raw, "POST /v1/hooks", "TRIGGER_IDEMPOTENCY" = "none");
    let response = answer(&shop.endpoint, event("POST", "/v1/hooks", "a=b", &json!({}))).await;
    assert_eq!(response.body(), &Body::Text("8".to_owned()));
}

#[tokio::test]
async fn a_compressed_answer_leaves_as_bytes() {
    let shop = shop!(get, "GET /v1/things/{thing_id}");
    let request = event(
        "GET",
        "/v1/things/long",
        "",
        &json!({ "accept-encoding": "gzip" }),
    );
    let response = answer(&shop.endpoint, request).await;
    let Body::Binary(bytes) = response.body() else {
        panic!("{response:?}")
    };
    let mut text = String::new();
    GzDecoder::new(bytes.as_slice())
        .read_to_string(&mut text)
        .unwrap();
    assert!(text.contains("xxxx"));
}
