//! Forms, pages, redirects and cookies: the few operations that people's browsers meet.

use kernel::{Duration, Fault};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::{Got, Shared, Shop, shop};
use crate::http::{Call, Cookie, Form, Html, Json, OneOf, Problem, Redirect, Reply, inline_source};

/// A form of OAuth: unknown fields are ignored.
#[derive(Debug, Deserialize, JsonSchema)]
struct AskToken {
    grant_type: Option<String>,
    /// Seconds.
    life: Option<u32>,
}

async fn token(_: &'static Shared, call: Call<Form<AskToken>>) -> Result<Json<String>, Problem> {
    let Form(asked) = call.body;
    match asked.grant_type.as_deref() {
        Some("code") => Ok(Json::new(format!(
            "{:?} {:?}",
            asked.life,
            call.asked.headers.get("authorization")
        ))),
        _ => Err(
            Problem::new(http::StatusCode::BAD_REQUEST, "grant_refused", "no such grant")
                .with_body(&json!({ "error": "unsupported_grant_type" })),
        ),
    }
}

async fn send(shop: &Shop, body: &str) -> Got {
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("authorization", "Basic YTpi"),
    ];
    shop.send("POST /oauth/token", &headers, body.to_owned()).await
}

#[tokio::test]
async fn a_form_is_read_by_its_type_and_the_handler_sees_basic_credentials() {
    let shop = shop!(token, "POST /oauth/token");
    let got = send(&shop, "grant_type=code&life=60&extra=1").await;
    assert_eq!(
        (got.status, got.json()),
        (200, json!(r#"Some(60) Some("Basic YTpi")"#))
    );
    let absent = send(&shop, "grant_type=code&life=").await;
    assert_eq!(absent.json(), json!(r#"None Some("Basic YTpi")"#));
}

#[tokio::test]
async fn a_form_that_is_none_is_refused_with_every_bad_field() {
    let shop = shop!(token, "POST /oauth/token");
    assert_eq!(
        send(&shop, "grant_type=code&life=soon").await.details()[0].0,
        "life"
    );
    assert_eq!(
        send(&shop, "life=1&life=2").await.details(),
        [("life".into(), "repeated".into())]
    );
    assert_eq!(send(&shop, "life=%ff").await.status, 400);
    let json = shop.post("/oauth/token", &[], "{}").await;
    assert_eq!(
        (json.status, json.code().as_str()),
        (415, "unsupported_media_type")
    );
    assert_eq!(json.header("accept"), "application/x-www-form-urlencoded");
    let large = send(&shop, &format!("grant_type={}", "x".repeat(300_000))).await;
    assert_eq!(large.status, 413);
}

#[tokio::test]
async fn a_refusal_may_have_the_body_of_another_protocol() {
    let shop = shop!(token, "POST /oauth/token");
    let got = send(&shop, "grant_type=password").await;
    assert_eq!(
        (got.status, got.json()),
        (400, json!({ "error": "unsupported_grant_type" }))
    );
    assert_eq!(got.header("content-type"), "application/json; charset=utf-8");
    assert_eq!(got.header("cache-control"), "no-store");
}

const PAGE: &str = "<!doctype html><style>p { color: red }</style><p>Hello";

async fn page(_: &'static Shared, call: Call) -> Result<OneOf<Html, Redirect>, Fault> {
    let session = Cookie::new("__Host-login", "abc").life(Duration::minutes(5));
    Ok(match call.cookie("__Host-login") {
        None => OneOf::First(
            Html::new(PAGE)
                .form_action("https://client.example")
                .cookie(&session),
        ),
        Some(_) => OneOf::Second(
            Redirect::see_other("https://client.example/back?code=1").cookie(&Cookie::gone("__Host-login")),
        ),
    })
}

#[tokio::test]
async fn a_page_may_load_nothing_and_its_forms_lead_where_it_says() {
    let shop = shop!(page, "GET /oauth/authorize");
    let got = shop
        .send("GET /oauth/authorize", &[("accept", "text/html")], "")
        .await;
    assert_eq!((got.status, got.text()), (200, PAGE));
    assert_eq!(got.header("content-type"), "text/html; charset=utf-8");
    let policy = format!(
        "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; style-src {}; form-action 'self' https://client.example",
        inline_source(PAGE, "style")
    );
    assert_eq!(got.header("content-security-policy"), policy);
    assert_eq!(
        got.header("set-cookie"),
        "__Host-login=abc; Path=/; HttpOnly; Max-Age=300; Secure; SameSite=Lax"
    );
    assert_eq!(got.header("cache-control"), "no-store");
}

#[tokio::test]
async fn a_cookie_leads_on_and_two_of_one_name_are_none() {
    let shop = shop!(page, "GET /oauth/authorize");
    let ask = async |cookies: &str| {
        shop.send("GET /oauth/authorize", &[("cookie", cookies)], "")
            .await
    };
    let got = ask("other=1; __Host-login=abc").await;
    assert_eq!(
        (got.status, got.header("location")),
        (303, "https://client.example/back?code=1")
    );
    assert!(
        got.header("set-cookie")
            .starts_with("__Host-login=; Path=/; HttpOnly; Max-Age=0")
    );
    assert_eq!(ask("__Host-login=abc; __Host-login=evil").await.status, 200);
}

async fn broken(_: &'static Shared, _: Call) -> Result<Redirect, Fault> {
    Ok(Redirect::found("https://client.example/\r\nset-cookie: a=b"))
}

#[tokio::test]
async fn a_location_that_is_no_header_is_our_mistake_and_never_sent() {
    let shop = shop!(broken, "GET /oauth/authorize");
    let got = shop.send("GET /oauth/authorize", &[], "").await;
    assert_eq!((got.status, got.headers.contains_key("location")), (500, false));
}

async fn teapot(_: &'static Shared, _: Call) -> Result<Reply, Fault> {
    Reply::json(http::StatusCode::IM_A_TEAPOT, &"short and stout")
}

#[tokio::test]
async fn a_reply_goes_out_as_it_is_with_what_every_answer_carries() {
    let shop = shop!(teapot, "GET /v1/pot");
    let got = shop.send("GET /v1/pot", &[], "").await;
    assert_eq!((got.status, got.json()), (418, json!("short and stout")));
    assert_eq!(got.header("x-content-type-options"), "nosniff");
}
