//! Routes, events and answers, each as the HTTP API documents it.

use axum::http::{Method, Request, StatusCode, request::Parts};
use bytes::Bytes;
use manifest::Route;
use serde_json::{Value, json};

use super::{
    answer,
    event::{Call, Identity},
    route::Routes,
};

fn routes(keys: &[&'static str]) -> Routes<&'static str> {
    Routes::new(keys.iter().map(|key| match key.split_once(' ') {
        Some((method, path)) => (
            Route::Path {
                method: method.into(),
                path: path.into(),
            },
            *key,
        ),
        None => (Route::Default, *key),
    }))
}

#[track_caller]
fn check(routes: &Routes<&'static str>, request: &str, expected: Option<(&str, &[(&str, &str)])>) {
    let (method, path) = request.split_once(' ').unwrap();
    let found = routes.find(&method.parse::<Method>().unwrap(), path);
    let found = found.as_ref().map(|found| {
        let parameters: Vec<(&str, &str)> = found.parameters.iter().map(|(n, v)| (*n, v.as_str())).collect();
        (*found.target, parameters)
    });
    let expected = expected.map(|(key, parameters)| (key, parameters.to_vec()));
    assert_eq!(found, expected, "{request}");
}

#[test]
fn the_most_literal_route_of_the_method_wins() {
    let routes = routes(&[
        "$default",
        "GET /v1/{thing}",
        "GET /v1/orders",
        "GET /v1/{thing}/list",
        "GET /v1/orders/{order_id}",
        "POST /v1/orders/{order_id}/cancel",
    ]);
    check(&routes, "GET /v1/orders", Some(("GET /v1/orders", &[])));
    check(
        &routes,
        "GET /v1/carts",
        Some(("GET /v1/{thing}", &[("thing", "carts")])),
    );
    check(
        &routes,
        "GET /v1/orders/list",
        Some(("GET /v1/orders/{order_id}", &[("order_id", "list")])),
    );
    check(
        &routes,
        "GET /v1/carts/list",
        Some(("GET /v1/{thing}/list", &[("thing", "carts")])),
    );
    check(
        &routes,
        "POST /v1/orders/a%20b/cancel",
        Some(("POST /v1/orders/{order_id}/cancel", &[("order_id", "a b")])),
    );
}

#[test]
fn what_no_route_serves_is_the_default_route_s() {
    let with = routes(&["$default", "GET /v1/orders"]);
    check(&with, "DELETE /v1/orders", Some(("$default", &[])));
    check(&with, "GET /v1/orders/", Some(("$default", &[])));
    check(&routes(&["GET /v1/orders"]), "GET /v2", None);
}

fn event(request: Request<()>, body: &'static [u8]) -> Value {
    let (parts, ()): (Parts, ()) = request.into_parts();
    let identity = Identity {
        domain: "127.0.0.1:8787".into(),
    };
    let call = Call {
        parts: &parts,
        body: &Bytes::from_static(body),
        peer: "10.1.2.3:5000".parse().unwrap(),
        id: "abc",
        route: "GET /v1/tea/{tea_id}",
        parameters: &[("tea_id", "green tea".to_owned())],
    };
    serde_json::from_slice(&identity.event(&call)).unwrap()
}

#[test]
fn an_event_has_everything_the_gateway_says_about_a_request() {
    let request = Request::get("/v1/tea/green%20tea?tag=a&tag=b+c&q=%C3%A4")
        .header("cookie", "a=1; b=2")
        .header("accept", "text/html")
        .header("accept", "text/plain")
        .header("user-agent", "test");
    let event = event(request.body(()).unwrap(), b"");
    assert_eq!(event["version"], "2.0");
    assert_eq!(event["routeKey"], "GET /v1/tea/{tea_id}");
    assert_eq!(event["rawPath"], "/v1/tea/green%20tea");
    assert_eq!(event["rawQueryString"], "tag=a&tag=b+c&q=%C3%A4");
    assert_eq!(
        event["queryStringParameters"],
        json!({ "tag": "a,b c", "q": "ä" })
    );
    assert_eq!(event["cookies"], json!(["a=1", "b=2"]));
    assert_eq!(event["headers"]["accept"], "text/html,text/plain");
    assert_eq!(event["headers"]["x-forwarded-for"], "10.1.2.3");
    assert_eq!(event["headers"].get("cookie"), None);
    assert_eq!(event["pathParameters"], json!({ "tea_id": "green tea" }));
    assert_eq!(event["requestContext"]["http"]["sourceIp"], "10.1.2.3");
    assert_eq!(event["requestContext"]["http"]["userAgent"], "test");
    assert_eq!(event["requestContext"]["stage"], "$default");
    assert_eq!(event["requestContext"]["requestId"], "abc");
    assert_eq!(event.get("body"), None);
    assert_eq!(event["isBase64Encoded"], false);
}

#[test]
fn json_travels_as_text_and_the_rest_as_base64() {
    let post = |kind: &str| {
        Request::post("/v1/tea")
            .header("content-type", kind)
            .body(())
            .unwrap()
    };
    let json = event(post("application/merge-patch+json; charset=utf-8"), b"{}");
    assert_eq!(
        (&json["body"], &json["isBase64Encoded"]),
        (&json!("{}"), &json!(false))
    );
    let form = event(post("application/x-www-form-urlencoded"), b"a=1");
    assert_eq!(
        (&form["body"], &form["isBase64Encoded"]),
        (&json!("YT0x"), &json!(true))
    );
    let broken = event(post("application/json"), b"\xff");
    assert_eq!(
        (&broken["body"], &broken["isBase64Encoded"]),
        (&json!("/w=="), &json!(true))
    );
}

#[test]
fn an_answer_becomes_a_response_with_all_its_headers() {
    let answer = json!({
        "statusCode": 201,
        "headers": { "Content-Type": "application/json", "content-length": "99", "x-count": 3 },
        "multiValueHeaders": { "link": ["a", "b"] },
        "cookies": ["a=1", "b=2"],
        "body": "eyJhIjoxfQ==",
        "isBase64Encoded": true,
    });
    let response = answer::response(answer.to_string().as_bytes()).unwrap();
    assert_eq!(response.status(), StatusCode::CREATED);
    let all = |name: &str| -> Vec<&str> {
        response
            .headers()
            .get_all(name)
            .iter()
            .map(|value| value.to_str().unwrap())
            .collect()
    };
    assert_eq!(all("content-type"), ["application/json"]);
    assert_eq!(all("set-cookie"), ["a=1", "b=2"]);
    assert_eq!(all("link"), ["a", "b"]);
    assert_eq!(all("x-count"), ["3"]);
    assert_eq!(all("content-length"), [""; 0]);
}

#[test]
fn an_answer_without_a_status_is_a_body_and_nonsense_is_refused() {
    let response = answer::response(br#"{"a":1}"#).unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-type"], "application/json");
    assert!(answer::response(b"nonsense").is_err());
    assert!(answer::response(br#"{"statusCode": 42}"#).is_err());
    assert!(answer::response(br#"{"statusCode": 200, "body": "?", "isBase64Encoded": true}"#).is_err());
}
