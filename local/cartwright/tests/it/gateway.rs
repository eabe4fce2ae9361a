//! What the API Gateway itself does, without or around a function.

use axum::http::{Method, StatusCode};
use cartwright::{Options, Stack, client};
use serde_json::{Value, json};

use crate::probe::{Probe, manifest, options};

#[tokio::test]
async fn a_request_reaches_its_function_as_an_event_of_format_2() {
    let probe = Probe::start().await;
    let headers = [("cookie", "a=1; b=2"), ("x-request-id", "req_1")];
    let answer = probe
        .send(Method::POST, "/v1/probe/hello?tag=a&tag=b", &headers, "{}")
        .await;
    let event = answer.json::<Value>().unwrap()["event"].clone();
    assert_eq!(event["routeKey"], "POST /v1/probe/{command}");
    assert_eq!(event["pathParameters"], json!({ "command": "hello" }));
    assert_eq!(event["queryStringParameters"], json!({ "tag": "a,b" }));
    assert_eq!(event["cookies"], json!(["a=1", "b=2"]));
    assert_eq!(event["headers"]["x-request-id"], "req_1");
    assert_eq!(event["requestContext"]["http"]["sourceIp"], "127.0.0.1");
    assert_eq!(event["body"], "{}");
    assert!(answer.headers.contains_key("apigw-requestid"));
}

#[tokio::test]
async fn an_unknown_route_a_huge_body_and_huge_headers_never_reach_a_function() {
    let probe = Probe::start().await;
    assert_eq!(probe.get("/v1/nothing").await.status, StatusCode::NOT_FOUND);
    let huge = "x".repeat(10 * 1024 * 1024 + 1);
    let answer = probe.send(Method::POST, "/v1/probe/hello", &[], &huge).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    let wide = "x".repeat(10_300);
    let answer = probe
        .send(Method::GET, "/v1/probe/hello", &[("x-wide", &wide)], "")
        .await;
    assert_eq!(answer.status, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    assert_eq!(probe.function("probe-post").await["invocations"], 0);
}

#[tokio::test]
async fn a_preflight_is_answered_and_an_answer_is_shared_with_other_origins() {
    let probe = Probe::start().await;
    let asks = [
        ("origin", "http://shop.example"),
        ("access-control-request-method", "POST"),
    ];
    let preflight = probe.send(Method::OPTIONS, "/v1/probe/hello", &asks, "").await;
    assert_eq!(preflight.status, StatusCode::NO_CONTENT);
    assert_eq!(preflight.headers["access-control-allow-origin"], "*");
    let allowed = preflight.headers["access-control-allow-headers"]
        .to_str()
        .unwrap();
    assert!(allowed.contains("idempotency-key") && allowed.contains("x-cart-token"));
    let answer = probe.send(Method::GET, "/v1/probe/hello", &asks[..1], "").await;
    assert_eq!(answer.headers["access-control-allow-origin"], "*");
    assert_eq!(probe.function("probe-get").await["invocations"], 1);
}

#[tokio::test]
async fn the_desk_s_own_pages_are_for_the_desk_only() {
    let probe = Probe::start().await;
    let foreign = [("origin", "http://evil.example")];
    let answer = probe
        .send(
            Method::POST,
            "/_cartwright/schedules/probe-tick/run",
            &foreign,
            "",
        )
        .await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let url = probe.stack.url().replace("127.0.0.1", "localhost");
    let session = client::send(Method::GET, &format!("{url}/_cartwright/session"), &[], "".into())
        .await
        .unwrap();
    assert_eq!(
        session.json::<Value>().unwrap()["staff_key"],
        probe.stack.staff_key()
    );
}

#[tokio::test]
async fn a_taken_port_a_used_folder_and_a_wrong_manifest_are_told_in_a_sentence() {
    let probe = Probe::start().await;
    let told = |options: Options| async { Stack::start(options).await.err().unwrap().to_string() };
    let folder = manifest();
    let port: u16 = probe.stack.url().rsplit(':').next().unwrap().parse().unwrap();
    let taken = told(Options {
        port,
        ..options(&folder)
    })
    .await;
    assert_eq!(
        taken,
        format!("port {port} is taken; stop what uses it, or give another --port")
    );

    let data = folder.path().join("data");
    let first = Stack::start(Options {
        data: Some(data.clone()),
        ..options(&folder)
    })
    .await
    .unwrap();
    let used = told(Options {
        data: Some(data),
        ..options(&folder)
    })
    .await;
    assert!(used.starts_with("another stack uses"), "{used}");
    first.stop().await;

    std::fs::write(folder.path().join("probe.yaml"), "tables: {}\nfunction: {}\n").unwrap();
    let wrong = told(options(&folder)).await;
    assert!(wrong.contains("probe.yaml:2: "), "{wrong}");
}
