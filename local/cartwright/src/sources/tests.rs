//! What an answer to a batch means, case by case as AWS documents it.

use serde_json::json;

use super::batch::{Verdict, verdict};
use crate::functions::{Failure, Outcome};

#[track_caller]
fn check(answer: &str, expected: &Verdict) {
    let found = verdict(&Outcome::Answered(answer.to_owned().into()), &["a", "b"]);
    match (expected, &found) {
        (Verdict::AllFailed(part), Verdict::AllFailed(reason)) => assert!(reason.contains(part), "{reason}"),
        _ => assert_eq!(&found, expected, "{answer}"),
    }
}

#[test]
fn an_empty_list_or_none_means_done() {
    for answer in [
        "null",
        "{}",
        r#"{"batchItemFailures":[]}"#,
        r#"{"batchItemFailures":null}"#,
    ] {
        check(answer, &Verdict::Done);
    }
}

#[test]
fn named_items_failed() {
    let answer = json!({ "batchItemFailures": [{ "itemIdentifier": "b" }] }).to_string();
    check(&answer, &Verdict::Failed(["b".to_owned()].into()));
}

#[test]
fn an_empty_missing_or_unknown_id_fails_the_whole_batch() {
    let all = |part: &str| Verdict::AllFailed(part.to_owned());
    check(r#"{"batchItemFailures":[{"itemIdentifier":""}]}"#, &all("empty"));
    check(
        r#"{"batchItemFailures":[{"itemIdentifier":"c"}]}"#,
        &all("`c`, which is not in the batch"),
    );
    check(
        r#"{"batchItemFailures":[{"itemIdentifier":null}]}"#,
        &all("without `itemIdentifier`"),
    );
    check(
        r#"{"batchItemFailures":[{"id":"a"}]}"#,
        &all("without `itemIdentifier`"),
    );
    check(r#"{"batchItemFailures":"a"}"#, &all("no list"));
    check("\"ok\"", &all("no list"));
    check("nonsense", &all("no JSON"));
}

#[test]
fn a_function_that_failed_has_failed_the_whole_batch() {
    let failure = Failure::of_function("Runtime.ExitError", "it died");
    let found = verdict(&Outcome::Failed(failure), &["a"]);
    assert_eq!(found, Verdict::AllFailed("Runtime.ExitError: it died".to_owned()));
}
