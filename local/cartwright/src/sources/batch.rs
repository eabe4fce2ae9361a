//! What a function's answer to a batch means: which of its items failed.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::functions::Outcome;

/// The verdict on a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Every item is done.
    Done,
    /// Only these failed.
    Failed(BTreeSet<String>),
    /// Nothing counts as done; the reason.
    AllFailed(String),
}

/// Reads `batchItemFailures` as AWS does: an empty, missing or unknown id fails the whole batch.
pub(crate) fn verdict(outcome: &Outcome, ids: &[&str]) -> Verdict {
    let body = match outcome {
        Outcome::Answered(body) => body,
        Outcome::Failed(failure) => return Verdict::AllFailed(failure.message()),
    };
    let answer: Value = match serde_json::from_slice(body) {
        Ok(answer) => answer,
        Err(error) => return Verdict::AllFailed(format!("its answer is no JSON: {error}")),
    };
    let failures = match (&answer, answer.get("batchItemFailures")) {
        (Value::Null, _) | (Value::Object(_), None | Some(Value::Null)) => return Verdict::Done,
        (_, Some(Value::Array(failures))) => failures,
        _ => return Verdict::AllFailed("its answer has no list `batchItemFailures`".to_owned()),
    };
    let mut failed = BTreeSet::new();
    for failure in failures {
        match failure.get("itemIdentifier").and_then(Value::as_str) {
            Some(id) if ids.contains(&id) => failed.insert(id.to_owned()),
            Some("") => return Verdict::AllFailed("it named an empty `itemIdentifier`".to_owned()),
            Some(id) => return Verdict::AllFailed(format!("it named `{id}`, which is not in the batch")),
            None => return Verdict::AllFailed("it named a failure without `itemIdentifier`".to_owned()),
        };
    }
    if failed.is_empty() {
        Verdict::Done
    } else {
        Verdict::Failed(failed)
    }
}
