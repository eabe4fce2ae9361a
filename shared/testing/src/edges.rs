//! The platform's edges without Lambda: what a function's `main` names, as a [`Handler`].

use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use kernel::Fault;
use platform::Cloud;
use platform::http::{Answer, Endpoint, Guardian, Input, Query};
use platform::queue::{Fact, Listener, Message};
use platform::schedule::{Swept, Tick};
use platform::stream::{self, Announcement, Change, Outbox};
use platform::telemetry::{self, InvocationContext, Outcome};
use serde_json::{Value, json};

use crate::{Handler, handler};

/// `http::serve`: events are `{method, path, headers, body}`, answers `{status, headers, body}`.
/// A `main` that does not fit its trigger is a defect of the test and panics.
pub fn guest<F, B, Q, A>(
    cloud: &Cloud,
    build: fn(&Cloud) -> F,
    run: impl platform::http::Handler<F, B, Q, A>,
) -> Handler
where
    F: Send + Sync + 'static,
    B: Input,
    Q: Query,
    A: Answer,
{
    over_http(Endpoint::new(cloud, build(cloud), run))
}

/// `http::serve_guarded`.
pub fn guarded<G, F, B, Q, A>(
    cloud: &Cloud,
    guardian: fn(&Cloud) -> G,
    build: fn(&Cloud) -> F,
    run: impl platform::http::Handler<F, B, Q, A>,
) -> Handler
where
    G: Guardian + 'static,
    F: Send + Sync + 'static,
    B: Input,
    Q: Query,
    A: Answer,
{
    over_http(Endpoint::guarded(cloud, guardian(cloud), build(cloud), run))
}

/// `queue::serve`.
pub fn queue<F, T, Fut>(
    cloud: &Cloud,
    build: fn(&Cloud) -> F,
    run: fn(&'static F, Message<T>) -> Fut,
) -> Handler
where
    F: 'static,
    T: Fact + 'static,
    Fut: Future<Output = Result<(), Fault>> + 'static,
{
    let (listener, facade) = (Arc::new(Listener::new(cloud)), leak(build(cloud)));
    invocation(cloud, move |event| {
        let listener = Arc::clone(&listener);
        async move {
            encode(
                &listener
                    .each(decode(event)?, async |message| run(facade, message).await)
                    .await?,
            )
        }
    })
}

/// `queue::serve_batch`.
pub fn batch<F, T, Fut>(
    cloud: &Cloud,
    build: fn(&Cloud) -> F,
    run: fn(&'static F, Vec<Message<T>>) -> Fut,
) -> Handler
where
    F: 'static,
    T: Fact + 'static,
    Fut: Future<Output = Vec<Result<(), Fault>>> + 'static,
{
    let (listener, facade) = (Arc::new(Listener::new(cloud)), leak(build(cloud)));
    invocation(cloud, move |event| {
        let listener = Arc::clone(&listener);
        async move {
            encode(
                &listener
                    .batch(decode(event)?, async |messages| run(facade, messages).await)
                    .await?,
            )
        }
    })
}

/// `stream::serve`.
pub fn outbox(cloud: &Cloud, from_change: fn(&Change) -> Result<Vec<Announcement>, Fault>) -> Handler {
    let outbox = Arc::new(Outbox::new(cloud, from_change));
    invocation(cloud, move |event| {
        let outbox = Arc::clone(&outbox);
        async move { encode(&outbox.handle(decode(event)?).await?) }
    })
}

/// `stream::serve_each`.
pub fn changes<F, Fut>(cloud: &Cloud, build: fn(&Cloud) -> F, run: fn(&'static F, Change) -> Fut) -> Handler
where
    F: 'static,
    Fut: Future<Output = Result<(), Fault>> + 'static,
{
    let facade = leak(build(cloud));
    invocation(cloud, move |event| async move {
        encode(&stream::in_order(decode(event)?, async |change| run(facade, change.clone()).await).await?)
    })
}

/// `schedule::serve`.
pub fn schedule<F, Fut>(cloud: &Cloud, build: fn(&Cloud) -> F, run: fn(&'static F, Tick) -> Fut) -> Handler
where
    F: 'static,
    Fut: Future<Output = Result<Swept, Fault>> + 'static,
{
    let (facade, clock) = (leak(build(cloud)), cloud.clock());
    invocation(cloud, move |_| {
        let sweep = run(facade, Tick { at: clock.now() });
        async move {
            sweep
                .await
                .map(|swept| json!({ "handled": swept.handled, "left": swept.left }))
        }
    })
}

fn leak<F>(facade: F) -> &'static F {
    Box::leak(Box::new(facade))
}

/// `invoke::serve`: the event is the payload.
pub fn invoked<F, I, O, Fut>(cloud: &Cloud, build: fn(&Cloud) -> F, run: fn(&'static F, I) -> Fut) -> Handler
where
    F: 'static,
    I: serde::de::DeserializeOwned + 'static,
    O: serde::Serialize + 'static,
    Fut: Future<Output = Result<O, Fault>> + 'static,
{
    let facade = leak(build(cloud));
    invocation(cloud, move |payload| async move {
        encode(&platform::invoke::answer(facade, payload, &run).await?)
    })
}

/// Opens an invocation around the work, so that facts carry a correlation id.
fn invocation<Fut>(cloud: &Cloud, run: impl Fn(Value) -> Fut + 'static) -> Handler
where
    Fut: Future<Output = Result<Value, Fault>> + 'static,
{
    let clock = cloud.clock();
    let function = cloud
        .setting("AWS_LAMBDA_FUNCTION_NAME")
        .unwrap_or_default()
        .to_owned();
    handler(move |event| {
        let (clock, work) = (Arc::clone(&clock), run(event));
        let context = InvocationContext {
            function: function.clone(),
            request_id: "invocation".into(),
            correlation_id: "invocation".into(),
            trace_id: None,
        };
        async move {
            let work = async {
                let result = work.await;
                let outcome = match &result {
                    Ok(_) => Outcome::ok("done"),
                    Err(fault) => Outcome::of_fault("failed", fault),
                };
                (result, outcome)
            };
            telemetry::in_invocation(context, &*clock, work).await
        }
    })
}

#[expect(
    clippy::panic,
    reason = "a simulation that cannot start is a defect of the test"
)]
fn over_http<E: std::fmt::Display>(endpoint: Result<Endpoint, E>) -> Handler {
    let endpoint = endpoint.unwrap_or_else(|error| panic!("{error}"));
    handler(move |event| {
        let endpoint = endpoint.clone();
        async move {
            let response = endpoint.call(request(&event)?).await;
            let headers: Value = response
                .headers()
                .iter()
                .map(|(name, value)| (name.to_string(), json!(String::from_utf8_lossy(value.as_bytes()))))
                .collect::<serde_json::Map<_, _>>()
                .into();
            let body: Value = serde_json::from_slice(response.body()).unwrap_or_default();
            Ok(json!({ "status": response.status().as_u16(), "headers": headers, "body": body }))
        }
    })
}

fn request(event: &Value) -> Result<http::Request<Bytes>, Fault> {
    let mut request = http::Request::builder()
        .method(event["method"].as_str().unwrap_or("GET"))
        .uri(event["path"].as_str().unwrap_or("/"));
    for (name, value) in event["headers"].as_object().into_iter().flatten() {
        request = request.header(name, value.as_str().unwrap_or_default());
    }
    let body = match &event["body"] {
        Value::Null => Bytes::new(),
        // A body that came over the wire is sent on as it is: its signature is of its bytes.
        Value::String(text) => Bytes::from(text.clone()),
        body => Bytes::from(body.to_string()),
    };
    request.body(body).map_err(Fault::broken)
}

fn decode<T: serde::de::DeserializeOwned>(event: Value) -> Result<T, Fault> {
    serde_json::from_value(event).map_err(Fault::broken)
}

fn encode(answer: &impl serde::Serialize) -> Result<Value, Fault> {
    serde_json::to_value(answer).map_err(Fault::broken)
}
