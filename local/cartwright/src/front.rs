//! The front page and its JSON twins under `/_cartwright/`.
//!
//! They show and move what belongs to the developer, so only the developer's own machine may ask:
//! a page of another origin, or a name that merely points here, is refused.

mod page;

use std::{sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::{HeaderMap, Method, Response, StatusCode, header, request::Parts},
};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    cloud::Cloud,
    functions::{Outcome, Stats},
    moment, parked, reply, schedule, sources,
};

/// Log lines of an answer, unless the caller wants fewer.
const LINES_MAX: usize = 2_000;
const QUIET_S: u64 = 30;
const QUIET_S_MAX: u64 = 300;

/// A queue and what it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Depth {
    pub(crate) queue: String,
    pub(crate) parked: bool,
    pub(crate) visible: u64,
    pub(crate) delayed: u64,
    pub(crate) in_flight: u64,
}

/// A function and what it did.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Running {
    pub(crate) function: String,
    pub(crate) trigger: String,
    #[serde(flatten)]
    pub(crate) stats: Stats,
    pub(crate) processes: Vec<u32>,
}

/// Answers `/` and `/_cartwright/…`.
pub(crate) async fn serve(cloud: &Arc<Cloud>, parts: &Parts) -> Response<Body> {
    if !is_local(&parts.headers) {
        return reply::text(
            StatusCode::FORBIDDEN,
            "This page is for the machine it runs on.\n".to_owned(),
        );
    }
    let answer = match parts.method {
        Method::GET => get(cloud, parts).await,
        Method::POST => post(cloud, parts).await,
        Method::DELETE => delete(cloud, parts),
        _ => Ok(reply::empty(StatusCode::METHOD_NOT_ALLOWED)),
    };
    answer.unwrap_or_else(|error| {
        let body = json!({ "error": { "message": format!("{error:#}") } });
        reply::json(StatusCode::CONFLICT, &body)
    })
}

async fn get(cloud: &Arc<Cloud>, parts: &Parts) -> anyhow::Result<Response<Body>> {
    let query = |name: &str| parameter(parts, name);
    let ok = StatusCode::OK;
    Ok(match parts.uri.path() {
        "/" => reply::html(page::render(cloud, query("request_id").as_deref())?),
        "/_cartwright/session" => reply::json(
            ok,
            &json!({
                "url": cloud.physical.shop_url,
                "staff_key": cloud.data.book.staff_key,
                "operator_key": cloud.data.book.operator_key,
            }),
        ),
        "/_cartwright/environment" => match query("function").and_then(|name| environment(cloud, &name)) {
            Some(lines) => reply::text(ok, lines),
            None => not_found(),
        },
        "/_cartwright/routes" => reply::json(ok, &routes(cloud)),
        "/_cartwright/functions" => reply::json(ok, &functions(cloud)),
        "/_cartwright/queues" => reply::json(ok, &depths(cloud)?),
        "/_cartwright/parked" => reply::json(ok, &parked::list(cloud, query("source").as_deref())?),
        "/_cartwright/mails" => reply::json(ok, &cloud.mails.list()),
        "/_cartwright/logs" => {
            let limit = query("limit")
                .and_then(|limit| limit.parse().ok())
                .unwrap_or(LINES_MAX);
            reply::json(
                ok,
                &cloud
                    .logs
                    .find(query("request_id").as_deref(), limit.min(LINES_MAX)),
            )
        }
        "/_cartwright/quiet" => {
            let seconds = query("timeout_s")
                .and_then(|seconds| seconds.parse().ok())
                .unwrap_or(QUIET_S);
            let quiet = sources::quiet(cloud, Duration::from_secs(seconds.min(QUIET_S_MAX))).await?;
            let status = if quiet { ok } else { StatusCode::GATEWAY_TIMEOUT };
            reply::json(status, &json!({ "quiet": quiet, "queues": depths(cloud)? }))
        }
        _ => not_found(),
    })
}

/// What a function is started with, as the lines of an environment file: for a process that a
/// developer starts, for example with `cargo lambda watch`. What Lambda's runtime gives is left out.
fn environment(cloud: &Cloud, function: &str) -> Option<String> {
    let variables = cloud.pool(function)?.environment().iter();
    let own = variables.filter(|(name, _)| !name.starts_with("AWS_LAMBDA_"));
    let lines: Vec<String> = own.map(|(name, value)| format!("{name}=\"{value}\"")).collect();
    Some(lines.join("\n") + "\n")
}

async fn post(cloud: &Arc<Cloud>, parts: &Parts) -> anyhow::Result<Response<Body>> {
    let segments: Vec<&str> = parts.uri.path().split('/').skip(2).collect();
    Ok(match segments[..] {
        ["schedules", function, "run"] => match schedule::run_now(cloud, function).await {
            Some(Outcome::Answered(body)) => reply::bytes(StatusCode::OK, "application/json", body),
            Some(Outcome::Failed(failure)) => {
                reply::bytes(StatusCode::BAD_GATEWAY, "application/json", failure.body)
            }
            None => not_found(),
        },
        ["parked", source, "redrive"] => {
            let count = parked::redrive(cloud, source, parameter(parts, "message_id").as_deref()).await?;
            after_a_form(parts, "redriven", count)
        }
        ["parked", source, "drop"] => {
            let count = parked::drop_all(cloud, source, parameter(parts, "message_id").as_deref())?;
            after_a_form(parts, "dropped", count)
        }
        ["sweep"] => reply::json(
            StatusCode::OK,
            &json!({ "expired": schedule::sweep(cloud).await? }),
        ),
        _ => not_found(),
    })
}

fn delete(cloud: &Arc<Cloud>, parts: &Parts) -> anyhow::Result<Response<Body>> {
    let segments: Vec<&str> = parts.uri.path().split('/').skip(2).collect();
    Ok(match segments[..] {
        ["parked", source] => {
            let count = parked::drop_all(cloud, source, parameter(parts, "message_id").as_deref())?;
            reply::json(StatusCode::OK, &json!({ "dropped": count }))
        }
        _ => not_found(),
    })
}

/// A browser that has sent a form is led back to the page; everybody else gets the count.
fn after_a_form(parts: &Parts, what: &str, count: usize) -> Response<Body> {
    let accepts = parts
        .headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .unwrap_or_default();
    let mut response = reply::json(StatusCode::OK, &json!({ what: count }));
    if accepts.contains("text/html") {
        *response.status_mut() = StatusCode::SEE_OTHER;
        response
            .headers_mut()
            .insert(header::LOCATION, header::HeaderValue::from_static("/#parked"));
    }
    response
}

pub(crate) fn functions(cloud: &Cloud) -> Vec<Running> {
    let running = cloud.manifest.functions.values().filter_map(|function| {
        let pool = cloud.pool(&function.name)?;
        Some(Running {
            function: function.name.clone(),
            trigger: trigger(&function.trigger),
            stats: pool.stats(),
            processes: pool.processes(),
        })
    });
    running.collect()
}

pub(crate) fn depths(cloud: &Cloud) -> anyhow::Result<Vec<Depth>> {
    let depths = cloud.sqs.depths(moment::now_ms())?;
    let mut depths: Vec<Depth> = depths
        .into_iter()
        .map(|depth| {
            let queue = cloud
                .physical
                .logical(&depth.queue)
                .unwrap_or(&depth.queue)
                .to_owned();
            Depth {
                parked: queue.ends_with("-parked"),
                queue,
                visible: depth.visible,
                delayed: depth.delayed,
                in_flight: depth.in_flight,
            }
        })
        .collect();
    depths.sort_by(|one, other| one.queue.cmp(&other.queue));
    Ok(depths)
}

fn routes(cloud: &Cloud) -> Vec<Value> {
    let routes = cloud.manifest.routes().into_iter();
    routes
        .map(|(route, function)| json!({ "route": route.to_string(), "function": function.name }))
        .collect()
}

fn trigger(trigger: &manifest::Trigger) -> String {
    match trigger {
        manifest::Trigger::Http(http) => http.route.to_string(),
        manifest::Trigger::Queue(queue) => format!("queue {}", queue.queue),
        manifest::Trigger::Stream(stream) => format!("stream of {}", stream.table),
        manifest::Trigger::Schedule(schedule) => schedule.to_string(),
        manifest::Trigger::Invoke => "invoked by an operator".to_owned(),
    }
}

fn not_found() -> Response<Body> {
    reply::json(
        StatusCode::NOT_FOUND,
        &json!({ "error": { "message": "there is no such page" } }),
    )
}

fn parameter(parts: &Parts, name: &str) -> Option<String> {
    let pairs = parts.uri.query()?.split('&');
    let mut values = pairs
        .filter_map(|pair| pair.split_once('='))
        .filter(|(key, _)| *key == name);
    values
        .next()
        .map(|(_, value)| crate::gateway::decode(&value.replace('+', " ")))
        .filter(|value| !value.is_empty())
}

fn is_local(headers: &HeaderMap) -> bool {
    let text = |name| {
        headers
            .get(name)
            .and_then(|value: &header::HeaderValue| value.to_str().ok())
    };
    let host = text(header::HOST).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let local = ["127.0.0.1", "localhost", "[::1]"].contains(&name);
    let own = text(header::ORIGIN).is_none_or(|origin| origin.strip_prefix("http://") == Some(host));
    local && own
}
