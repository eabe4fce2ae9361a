//! What every operation promises, held against a small shop in process: real endpoints, a real
//! (embedded) DynamoDB, a clock that the test moves.

mod audited;
mod bodies;
mod callers;
mod conditional;
mod described;
mod envelope;
mod keys;
mod lambda;
mod limits;
mod lists;
mod pages;
mod schemas;

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use embedded_aws::Dynamo;
use http::{Request, Response};
use kernel::{Clock, Duration, Fault, Page, SeededRandom, Time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Arrival, Call, Created, Endpoint, GivenTo, Guardian, Json, Listed, NoContent, Presence, Principal,
    PrincipalKind, Problem, RawBody, RawQuery, Recognised,
};
use crate::token::CartTokens;
use crate::wire::{Exchange, NoAnswer, Wire, WireAnswer, WireRequest};
use crate::{Cloud, Settings};

pub(super) const SECRET: [u8; 32] = [0x2a; 32];
const START: i64 = 1_800_000_000_000;

/// A network with the tables at its other end. It can lose the answer to a call that had its effect.
pub(super) struct Tables {
    dynamo: Dynamo,
    loses_answer_to: Mutex<Option<&'static str>>,
}

impl Tables {
    pub(super) fn lose_next_answer_to(&self, action: &'static str) {
        *self.loses_answer_to.lock().unwrap() = Some(action);
    }
}

impl Tables {
    /// Every item of a table.
    pub(super) fn rows(&self, table: &str) -> Vec<Value> {
        let body = serde_json::json!({ "TableName": table }).to_string();
        let answer = self.dynamo.handle("DynamoDB_20120810.Scan", body.as_bytes());
        let answer: Value = serde_json::from_slice(&answer.body).unwrap();
        answer["Items"].as_array().cloned().unwrap_or_default()
    }

    pub(super) fn drop_table(&self, table: &str) {
        let body = serde_json::json!({ "TableName": table }).to_string();
        self.dynamo
            .handle("DynamoDB_20120810.DeleteTable", body.as_bytes());
    }
}

impl Wire for Tables {
    fn exchange(&self, request: WireRequest) -> Exchange<'_> {
        let target = request.header("x-amz-target").unwrap_or_default();
        let answer = self.dynamo.handle(target, &request.body);
        let mut loses = self.loses_answer_to.lock().unwrap();
        let lost = loses.take_if(|action| target.ends_with(*action)).is_some();
        let headers = vec![("content-type".to_owned(), "application/x-amz-json-1.0".to_owned())];
        Box::pin(async move {
            if lost {
                return Err(NoAnswer);
            }
            Ok(WireAnswer {
                status: answer.status,
                headers,
                body: answer.body,
            })
        })
    }
}

#[derive(Clone)]
pub(super) struct TestClock(Arc<AtomicI64>);

impl TestClock {
    pub(super) fn forward(&self, span: Duration) {
        self.0.fetch_add(span.as_millis(), Ordering::Relaxed);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Time {
        Time::from_unix_ms(self.0.load(Ordering::Relaxed))
    }
}

/// Knows these: keys `cw_sk_…`, clients `client_…`, users who signed in when the clock started,
/// and applications `app_…` that act for a user. What comes after the first word says what they may.
struct People;

fn permissions(presented: &str) -> Vec<String> {
    let texts: &[&str] = match presented.rsplit('_').next().unwrap_or_default() {
        "right" | "strong" => &["things.read", "things.write"],
        "weak" => &["other.read"],
        "all" => &["*"],
        _ => &[],
    };
    texts.iter().map(|text| (*text).to_owned()).collect()
}

impl Guardian for People {
    fn recognise<'a>(&'a self, presented: &'a str, _: Time) -> Recognised<'a> {
        let (kind, id) = match presented {
            "cw_sk_right" | "cw_sk_weak" | "cw_sk_all" => {
                (PrincipalKind::Key, presented.replace("cw_sk_", "key_"))
            }
            "client_right" | "client_weak" => (PrincipalKind::Client, presented.replace("client_", "cli_")),
            "anna" | "staff_right" | "staff_strong" | "staff_weak" => {
                (PrincipalKind::User, format!("usr_{presented}"))
            }
            "app_own" | "app_other" | "app_of_staff_right" => (PrincipalKind::User, "usr_anna".to_owned()),
            _ => return Box::pin(async { Ok(None) }),
        };
        let app = presented.starts_with("app_");
        let given = if presented == "app_other" {
            "things.other"
        } else {
            "things.own"
        };
        let principal = Principal {
            id,
            name: "test".to_owned(),
            session: (kind == PrincipalKind::User).then(|| Presence {
                session_id: "ses_1".to_owned(),
                assurance: if presented.ends_with("strong") { 2 } else { 1 },
                authenticated_at: Time::from_unix_ms(START),
            }),
            kind,
            permissions: permissions(presented),
            delegated: app.then(|| vec![given.to_owned()]),
            client_id: app.then(|| "cli_app".to_owned()),
            ends_at: None,
        };
        Box::pin(async move { Ok(Some(principal)) })
    }

    fn given_to<'a>(&'a self, presented: &'a str, _: Time) -> GivenTo<'a> {
        let given = (presented == "cw_sk_revoked").then(|| "key_revoked".to_owned());
        Box::pin(async { Ok(given) })
    }
}

/// A new thing.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CreateThing {
    /// What it is called.
    #[schemars(length(min = 1, max = 10))]
    name: String,
    /// How many.
    quantity: kernel::Quantity,
    #[serde(default)]
    note: Option<String>,
}

/// A thing.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(super) struct ThingView {
    id: String,
    name: String,
}

/// Which things.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ListThings {
    /// Only of this color.
    color: Option<String>,
    /// Only with so many.
    at_least: Option<u32>,
}

/// Counts what handlers do, and fails as told.
#[derive(Default)]
pub(super) struct Things {
    effects: AtomicUsize,
    dies: AtomicBool,
    fault: Mutex<Option<Fault>>,
    minted: Mutex<Vec<String>>,
}

impl Things {
    pub(super) fn effects(&self) -> usize {
        self.effects.load(Ordering::Relaxed)
    }
    pub(super) fn fail_next(&self, fault: Fault) {
        *self.fault.lock().unwrap() = Some(fault);
    }
    /// The next handler never comes back from its effect.
    pub(super) fn die_next(&self) {
        self.dies.store(true, Ordering::Relaxed);
    }
    pub(super) fn minted(&self) -> Vec<String> {
        self.minted.lock().unwrap().clone()
    }
}

type Shared = Arc<Things>;

pub(super) async fn create(
    things: &'static Shared,
    call: Call<CreateThing>,
) -> Result<Created<ThingView>, Fault> {
    let id = format!("thing_{}", call.ids().body());
    things.minted.lock().unwrap().push(id.clone());
    if let Some(fault) = things.fault.lock().unwrap().take() {
        return Err(fault);
    }
    things.effects.fetch_add(1, Ordering::Relaxed);
    if things.dies.swap(false, Ordering::Relaxed) {
        std::future::pending::<()>().await;
    }
    let name = call.body.name.clone();
    let view = ThingView { id: id.clone(), name };
    Ok(Created::at(format!("/v1/things/{id}"), view))
}

pub(super) async fn get(things: &'static Shared, call: Call) -> Result<Json<ThingView>, Fault> {
    let id = call.path_text("thing_id")?.to_owned();
    things.effects.fetch_add(1, Ordering::Relaxed);
    let name = if id == "long" {
        "x".repeat(2_000)
    } else {
        "tea".to_owned()
    };
    Ok(Json::new(ThingView { id, name }).with_etag(7).public_cache(60))
}

pub(super) async fn change(_: &'static Shared, call: Call<CreateThing>) -> Result<NoContent, Fault> {
    match call.if_match.version()? {
        Some(version) if version != 7 => Err(Fault::Stale),
        _ => Ok(NoContent::new()),
    }
}

pub(super) async fn list(_: &'static Shared, call: Call<(), ListThings>) -> Result<Listed<ThingView>, Fault> {
    let page = call.page();
    let first: usize = page.cursor.map_or(0, |cursor| cursor.parse().unwrap());
    let end = (first + usize::from(page.limit.get())).min(50);
    let color = format!(
        "{}{}",
        call.query.color.unwrap_or_default(),
        call.query.at_least.unwrap_or_default()
    );
    let items = (first..end).map(|index| ThingView {
        id: index.to_string(),
        name: color.clone(),
    });
    Ok(Listed::new(Page {
        items: items.collect(),
        next: (end < 50).then(|| end.to_string()),
    }))
}

pub(super) async fn raw(_: &'static Shared, call: Call<RawBody, RawQuery>) -> Result<Json<usize>, Problem> {
    Ok(Json::new(call.body.0.len()))
}

/// A shop of one endpoint.
pub(super) struct Shop {
    pub(super) endpoint: Endpoint,
    pub(super) things: Shared,
    pub(super) clock: TestClock,
    pub(super) tables: Arc<Tables>,
}

/// The settings that every test shop has, with the trigger's on top.
pub(super) fn cloud(trigger: &[(&str, &str)]) -> (Cloud, TestClock, Arc<Tables>) {
    let dynamo = Dynamo::memory().unwrap();
    for table in ["idempotency", "limits", "trail"] {
        let schema = serde_json::json!({
            "TableName": table, "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": [
                { "AttributeName": "pk", "KeyType": "HASH" }, { "AttributeName": "sk", "KeyType": "RANGE" }
            ],
            "AttributeDefinitions": [
                { "AttributeName": "pk", "AttributeType": "S" }, { "AttributeName": "sk", "AttributeType": "S" }
            ],
        });
        let made = dynamo.handle("DynamoDB_20120810.CreateTable", schema.to_string().as_bytes());
        assert_eq!(made.status, 200);
    }
    let base = [
        ("AWS_REGION", "local"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_ENDPOINT_URL_DYNAMODB", "http://dynamodb"),
        ("AWS_LAMBDA_FUNCTION_NAME", "things-test"),
        ("TABLE_IDEMPOTENCY", "idempotency"),
        ("TABLE_LIMITS", "limits"),
        (
            "SECRET_SIGNING",
            "2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a",
        ),
    ];
    let pairs = base.iter().chain(trigger);
    let settings: Settings = pairs
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let clock = TestClock(Arc::new(AtomicI64::new(START)));
    let random = Arc::new(SeededRandom::new(1));
    let tables = Arc::new(Tables {
        dynamo,
        loses_answer_to: Mutex::default(),
    });
    let cloud = Cloud::simulated(
        settings,
        Arc::new(clock.clone()),
        random,
        Arc::<Tables>::clone(&tables),
    );
    (cloud, clock, tables)
}

/// Opens a shop whose endpoint `make` builds.
macro_rules! shop {
    ($handler:path, $route:literal $(, $name:literal = $value:expr)*) => {{
        let trigger = [("TRIGGER_ROUTE", $route), $(($name, $value)),*];
        let public = [("TRIGGER_AUTH", "public")];
        let named = trigger.iter().any(|(name, _)| *name == "TRIGGER_AUTH");
        let all: Vec<(&str, &str)> = trigger.iter().chain(public.iter().filter(|_| !named)).copied().collect();
        let (cloud, clock, tables) = $crate::http::tests::cloud(&all);
        let things = std::sync::Arc::new($crate::http::tests::Things::default());
        let people = $crate::http::tests::people();
        let endpoint =
            $crate::http::Endpoint::guarded(&cloud, people, std::sync::Arc::clone(&things), $handler).unwrap();
        $crate::http::tests::Shop { endpoint, things, clock, tables }
    }};
}
pub(super) use shop;

pub(super) fn people() -> impl Guardian + 'static {
    People
}

/// What came back.
#[derive(Debug)]
pub(super) struct Got {
    pub(super) status: u16,
    pub(super) headers: http::HeaderMap,
    pub(super) bytes: Bytes,
}

impl Got {
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }
    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap()
    }
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
    pub(super) fn code(&self) -> String {
        self.json()["error"]["code"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }
    /// Field and code of every detail.
    pub(super) fn details(&self) -> Vec<(String, String)> {
        let json = self.json();
        let text = |detail: &Value, name: &str| detail[name].as_str().unwrap().to_owned();
        let details = json["error"]["details"].as_array().cloned().unwrap_or_default();
        details
            .iter()
            .map(|detail| (text(detail, "field"), text(detail, "code")))
            .collect()
    }
}

impl Shop {
    /// Sends a request: method, path, headers, body.
    pub(super) async fn send(&self, line: &str, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Got {
        let (method, path) = line.split_once(' ').unwrap();
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let arrival = Arrival {
            address: "192.0.2.1".to_owned(),
            deadline: Some(self.clock.now().plus(Duration::seconds(10))),
            ..Arrival::default()
        };
        let mut request = request.body(body.into()).unwrap();
        request.extensions_mut().insert(arrival);
        let response: Response<Bytes> = self.endpoint.call(request).await;
        let (parts, bytes) = response.into_parts();
        Got {
            status: parts.status.as_u16(),
            headers: parts.headers,
            bytes,
        }
    }

    /// Posts JSON, with more headers.
    pub(super) async fn post(&self, path: &str, headers: &[(&str, &str)], body: &str) -> Got {
        let mut all = vec![("content-type", "application/json")];
        all.extend(headers);
        self.send(&format!("POST {path}"), &all, body.to_owned()).await
    }
}

pub(super) fn cart_token(cart_id: &str, expires: Time) -> String {
    CartTokens::new(&SECRET, "cartwright")
        .sign(cart_id, Time::from_unix_ms(START), expires)
        .unwrap()
}

/// A body that is right.
pub(super) const TEA: &str = r#"{"name":"tea","quantity":2}"#;
