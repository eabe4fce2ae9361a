//! Rows, records, messages and mails: what travels, what comes again, what is parked.

use axum::http::{Method, StatusCode};
use serde_json::Value;

use crate::probe::{Probe, until};

#[tokio::test]
async fn a_row_becomes_a_record_becomes_a_message_becomes_a_row() {
    let probe = Probe::start().await;
    probe.write("tea", "write").await;
    probe.quiet().await;
    assert!(probe.has("done#tea").await);
    assert!(probe.parked().await.is_empty());
}

#[tokio::test]
async fn only_the_failed_message_comes_again() {
    let probe = Probe::start().await;
    probe.write("tea", "write").await;
    probe.write("mate", "fail once").await;
    probe.quiet().await;
    assert!(probe.has("done#tea").await && probe.has("done#mate").await);
    assert!(probe.parked().await.is_empty());
}

#[tokio::test]
async fn a_message_survives_the_crash_and_the_hanging_of_its_function() {
    let probe = Probe::start().await;
    probe.write("tea", "crash once").await;
    probe.write("mate", "hang once").await;
    probe.quiet().await;
    assert!(probe.has("done#tea").await && probe.has("done#mate").await);
}

#[tokio::test]
async fn a_message_nobody_can_handle_is_parked_and_can_be_redriven_or_dropped() {
    let probe = Probe::start().await;
    probe.write("tea", "fail").await;
    probe.quiet().await;
    let parked = probe.parked().await;
    assert_eq!(parked.len(), 1);
    assert_eq!(parked[0].source, "probe-row-written");
    assert_eq!(
        parked[0].reason,
        "probe-on-row-written did not handle it in 2 deliveries"
    );

    let redriven = probe
        .send(
            Method::POST,
            "/_cartwright/parked/probe-row-written/redrive",
            &[],
            "",
        )
        .await;
    assert_eq!(redriven.json::<Value>().unwrap()["redriven"], 1);
    probe.quiet().await;
    let again = probe.parked().await;
    assert_eq!(again.len(), 1);
    assert_ne!(again[0].message_id, parked[0].message_id);

    let path = format!(
        "/_cartwright/parked/probe-row-written?message_id={}",
        again[0].message_id
    );
    assert_eq!(
        probe.send(Method::DELETE, &path, &[], "").await.status,
        StatusCode::OK
    );
    assert!(probe.parked().await.is_empty());
}

#[tokio::test]
async fn messages_wait_for_a_function_that_is_not_built_yet() {
    let folder = tempfile::TempDir::new().unwrap();
    let own = folder.path().join("probe-on-row-written");
    let probe = Probe::start_with(|options| {
        options
            .binaries
            .insert("probe-on-row-written".to_owned(), own.clone());
    })
    .await;
    probe.write("tea", "write").await;
    until("the notice", || async {
        probe.logged("no binary").await.contains("has work but no binary")
    })
    .await;
    std::os::unix::fs::symlink(crate::probe::binary(), &own).unwrap();
    probe.quiet().await;
    assert!(probe.has("done#tea").await && probe.parked().await.is_empty());
}

#[tokio::test]
async fn a_record_nobody_can_handle_is_parked_alone_and_the_others_go_on_in_order() {
    let probe = Probe::start().await;
    probe.write("one", "write").await;
    probe.write("bad", "refuse").await;
    probe.write("two", "write").await;
    probe.quiet().await;
    assert!(probe.has("done#one").await && probe.has("done#two").await);
    let parked = probe.parked().await;
    assert_eq!(parked.len(), 1, "{parked:?}");
    assert_eq!(parked[0].source, "probe-stream");
    let body: Value = serde_json::from_str(&parked[0].body).unwrap();
    assert_eq!(
        body["payload"]["Records"][0]["dynamodb"]["NewImage"]["pk"]["S"],
        "bad"
    );
    assert_eq!(body["requestContext"]["condition"], "RetryAttemptsExhausted");
}

#[tokio::test]
async fn an_event_that_fails_twice_is_parked_and_redriven_to_its_function() {
    let folder = tempfile::TempDir::new().unwrap();
    let own = folder.path().join("probe-tick");
    std::os::unix::fs::symlink("/bin/false", &own).unwrap();
    let probe = Probe::start_with(|options| {
        options.binaries.insert("probe-tick".to_owned(), own.clone());
    })
    .await;
    let path = "/2015-03-31/functions/probe-tick/invocations";
    let headers = [("x-amz-invocation-type", "Event")];
    let body = r#"{"source":"aws.events","detail-type":"tea time"}"#;
    let accepted = probe.send(Method::POST, path, &headers, body).await;
    assert_eq!(accepted.status, StatusCode::ACCEPTED);
    until("the parked event", || async { !probe.parked().await.is_empty() }).await;

    let parked = probe.parked().await;
    assert_eq!((parked.len(), parked[0].source.as_str()), (1, "async"));
    assert!(
        parked[0].reason.starts_with("probe-tick: "),
        "{}",
        parked[0].reason
    );
    let left: Value = serde_json::from_str(&parked[0].body).unwrap();
    assert_eq!(left["requestPayload"]["detail-type"], "tea time");
    assert_eq!(left["requestContext"]["condition"], "RetriesExhausted");
    assert_eq!(probe.function("probe-tick").await["failures"], 2);

    let redrive = "/_cartwright/parked/async/redrive";
    let in_vain = probe.send(Method::POST, redrive, &[], "").await;
    assert!(String::from_utf8_lossy(&in_vain.body).contains("failed again"));
    assert_eq!(probe.parked().await, parked);

    std::fs::remove_file(&own).unwrap();
    std::os::unix::fs::symlink(crate::probe::binary(), &own).unwrap();
    let redriven = probe.send(Method::POST, redrive, &[], "").await;
    assert_eq!(redriven.json::<Value>().unwrap()["redriven"], 1);
    assert!(probe.parked().await.is_empty());
}

#[tokio::test]
async fn what_the_manifest_does_not_grant_is_refused_and_the_log_says_what_to_add() {
    let probe = Probe::start().await;
    let answer: Value = probe.get("/v1/probe/forbidden").await.json().unwrap();
    assert_eq!(answer["status"], "400");
    let body = answer["body"].as_str().unwrap();
    assert!(
        body.contains("com.amazon.coral.service#AccessDeniedException"),
        "{body}"
    );
    assert!(
        body.contains("is not authorized to perform: dynamodb:PutItem on resource: "),
        "{body}"
    );
    let log = probe.logged("may not").await;
    assert!(
        log.contains("add `secret: write` to its access in infra/manifest/probe.yaml:8"),
        "{log}"
    );
}

#[tokio::test]
async fn a_stranger_s_key_opens_nothing() {
    let probe = Probe::start().await;
    let ask = |authorization: &'static str| {
        let headers = [
            ("x-amz-target", "DynamoDB_20120810.ListTables"),
            ("authorization", authorization),
        ];
        let probe = &probe;
        async move { probe.send(Method::POST, "/", &headers, "{}").await }
    };
    let answer = ask("AWS4-HMAC-SHA256 Credential=AKIASTRANGER/x").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(String::from_utf8_lossy(&answer.body).contains("UnrecognizedClientException"));
    let nobody = probe
        .send(
            Method::POST,
            "/",
            &[("x-amz-target", "DynamoDB_20120810.ListTables")],
            "{}",
        )
        .await;
    assert!(String::from_utf8_lossy(&nobody.body).contains("MissingAuthenticationTokenException"));
}

#[tokio::test]
async fn a_mail_is_kept_and_shown() {
    let probe = Probe::start().await;
    let answer: Value = probe.get("/v1/probe/mail").await.json().unwrap();
    assert_eq!(answer["status"], "200");
    let mails = probe.mails().await;
    assert_eq!(mails.len(), 1);
    assert_eq!(
        (mails[0].subject.as_str(), mails[0].text.as_str()),
        ("Hello", "It is here.")
    );
    assert_eq!(
        (mails[0].to.as_slice(), mails[0].function.as_str()),
        (&["anna@example.com".to_owned()][..], "probe-get")
    );
    let page = String::from_utf8_lossy(&probe.get("/").await.body).into_owned();
    assert!(page.contains("anna@example.com") && page.contains("It is here."));
}
