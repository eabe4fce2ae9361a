//! Processes: started, shared, limited, killed, replaced.

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode};
use serde_json::Value;

use crate::probe::{Probe, lives, until};

async fn pid(probe: &Probe) -> u64 {
    let answer: Value = probe.get("/v1/probe/hello").await.json().unwrap();
    answer["pid"].as_u64().unwrap()
}

#[tokio::test]
async fn the_first_call_starts_a_process_and_the_next_uses_it_again() {
    let probe = Probe::start().await;
    let first = pid(&probe).await;
    assert_eq!(pid(&probe).await, first);
    assert_eq!(probe.function("probe-get").await["cold_starts"], 1);
    probe.stack.stop().await;
    assert!(!lives(first), "it outlived the stack");
}

#[tokio::test]
async fn a_crash_is_a_500_and_the_next_call_gets_a_new_process() {
    let probe = Probe::start().await;
    let first = pid(&probe).await;
    let crashed = probe.get("/v1/probe/crash").await;
    assert_eq!(crashed.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(crashed.body, r#"{"message":"Internal Server Error"}"#);
    assert_ne!(pid(&probe).await, first);
    assert!(
        probe
            .logged("died at work")
            .await
            .contains("probe-get died at work: exit status: 3")
    );
}

#[tokio::test]
async fn a_function_that_hangs_is_killed_at_its_timeout() {
    let probe = Probe::start().await;
    let first = pid(&probe).await;
    let hung = probe.get("/v1/probe/hang").await;
    assert_eq!(hung.status, StatusCode::INTERNAL_SERVER_ERROR);
    until("its end", || async { !lives(first) }).await;
    assert!(
        probe
            .logged("was killed after")
            .await
            .contains("probe-get was killed after 3.00 seconds")
    );
    assert_ne!(pid(&probe).await, first);
}

#[tokio::test]
async fn calls_at_the_same_time_get_processes_of_their_own_up_to_the_limit() {
    let probe = Probe::start_with(|options| options.instances_max = 3).await;
    let calls = (0..9).map(|_| probe.get("/v1/probe/slow"));
    let answers = futures(calls).await;
    let pids: BTreeSet<u64> = answers
        .iter()
        .map(|answer| answer.json::<Value>().unwrap()["pid"].as_u64().unwrap())
        .collect();
    assert_eq!(answers.len(), 9);
    assert_eq!(pids.len(), 3, "{pids:?}");
}

#[tokio::test]
async fn a_process_without_work_is_ended() {
    let probe = Probe::start_with(|options| options.idle_max = std::time::Duration::ZERO).await;
    let first = pid(&probe).await;
    until("its end", || async { !lives(first) }).await;
    assert_ne!(pid(&probe).await, first);
}

#[tokio::test]
async fn a_newer_build_replaces_the_running_process() {
    let folder = tempfile::TempDir::new().unwrap();
    let own = folder.path().join("probe-get");
    std::fs::copy(crate::probe::binary(), &own).unwrap();
    let probe = Probe::start_with(|options| {
        options.binaries.insert("probe-get".to_owned(), own.clone());
    })
    .await;
    let first = pid(&probe).await;
    let build = folder.path().join("build");
    std::fs::copy(crate::probe::binary(), &build).unwrap();
    std::fs::rename(&build, &own).unwrap();
    assert_ne!(pid(&probe).await, first);
    until("the old one's end", || async { !lives(first) }).await;
}

#[tokio::test]
async fn a_binary_that_ends_at_its_start_fails_the_call_and_says_so() {
    let probe = Probe::start().await;
    assert_eq!(
        probe.get("/v1/broken").await.status,
        StatusCode::INTERNAL_SERVER_ERROR
    );
    let log = probe.logged("probe-broken").await;
    assert!(
        log.contains("probe-broken ended before it asked for work: exit status: 9"),
        "{log}"
    );
}

#[tokio::test]
async fn a_missing_binary_fails_the_call_and_says_what_to_run() {
    let probe = Probe::start_with(|options| {
        options
            .binaries
            .insert("probe-get".to_owned(), "/nowhere/probe-get".into());
    })
    .await;
    assert_eq!(probe.stack.missing(), ["probe-get"]);
    assert_eq!(
        probe.get("/v1/probe/hello").await.status,
        StatusCode::INTERNAL_SERVER_ERROR
    );
    assert!(
        probe
            .logged("cargo build")
            .await
            .contains("run `cargo build -p probe-get`")
    );
}

#[tokio::test]
async fn a_function_finds_its_manifest_and_lambda_in_its_environment_and_nothing_else() {
    let probe = Probe::start().await;
    let answer: Value = probe.get("/v1/probe/hello").await.json().unwrap();
    let names: Vec<&str> = answer["names"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    for name in [
        "TABLE_PROBE",
        "TRIGGER_ROUTE",
        "SHOP_URL",
        "AWS_ACCESS_KEY_ID",
        "AWS_LAMBDA_FUNCTION_NAME",
    ] {
        assert!(names.contains(&name), "{name} is missing");
    }
    for name in ["HOME", "CARGO_MANIFEST_DIR", "TABLE_SECRET"] {
        assert!(!names.contains(&name), "{name} was let in");
    }
}

#[tokio::test]
async fn the_invoke_api_runs_a_function_by_its_name() {
    let probe = Probe::start().await;
    let body = r#"{"pathParameters":{"command":"hello"},"rawPath":"/by/hand"}"#;
    let path = "/2015-03-31/functions/probe-get/invocations";
    let answer = probe.send(Method::POST, path, &[], body).await;
    assert_eq!(answer.json::<Value>().unwrap()["statusCode"], 200);
    let crash = r#"{"pathParameters":{"command":"crash"}}"#;
    let crashed = probe.send(Method::POST, path, &[], crash).await;
    assert_eq!(
        (crashed.status, &crashed.headers["x-amz-function-error"]),
        (StatusCode::OK, &"Unhandled".parse().unwrap())
    );
    let unknown = probe
        .send(
            Method::POST,
            "/2015-03-31/functions/nobody/invocations",
            &[],
            body,
        )
        .await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_timer_function_runs_when_asked() {
    let probe = Probe::start().await;
    let ran = probe
        .send(Method::POST, "/_cartwright/schedules/probe-tick/run", &[], "")
        .await;
    assert_eq!(ran.json::<Value>().unwrap()["ran"], "Scheduled Event");
    let other = probe
        .send(Method::POST, "/_cartwright/schedules/probe-get/run", &[], "")
        .await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_a_function_writes_is_found_by_its_request() {
    let probe = Probe::start().await;
    let body = r#"{"pathParameters":{"command":"hello"},"rawPath":"/by/hand"}"#;
    let answer = probe
        .send(
            Method::POST,
            "/2015-03-31/functions/probe-get/invocations",
            &[],
            body,
        )
        .await;
    let id = answer.headers["x-amzn-requestid"].to_str().unwrap().to_owned();
    until("the line", || async {
        probe.logged(&id).await.contains("working on /by/hand")
    })
    .await;
}

/// Polls all at once.
async fn futures<F: Future>(calls: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut calls: Vec<_> = calls.map(Box::pin).collect();
    let mut outputs = Vec::new();
    std::future::poll_fn(|context| {
        calls.retain_mut(|call| match call.as_mut().poll(context) {
            std::task::Poll::Ready(output) => {
                outputs.push(output);
                false
            }
            std::task::Poll::Pending => true,
        });
        if calls.is_empty() {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    outputs
}
