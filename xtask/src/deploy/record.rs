//! What is known of the last deployment: `deployments/last.json` in the bucket of the zips, where
//! every machine that may deploy finds it. The bucket keeps its older versions.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{aliases::Aliases, shop::Shop};
use crate::package::List;

const KEY: &str = "deployments/last.json";

/// How a deployment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    /// It has begun, and nobody has said yet that it ended.
    Begun,
    /// It serves.
    Done,
    /// It moved no alias, and the shop did not answer as it should: what failed is not a function's code.
    Unproven,
    /// It was taken back: the versions before serve.
    Back,
}

/// The last deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) state: State,
    /// One hash over all that was packed.
    pub(super) code: String,
    /// What was called before it.
    pub(super) before: Aliases,
}

impl Record {
    /// The record with which a deployment of this code begins.
    ///
    /// What a deployment left half done is not a version to go back to: then `before` stays what it
    /// was. Code that was taken back is refused unless it is wished for `again`.
    pub(super) fn begin(last: Option<&Self>, code: &str, live: Aliases, again: bool) -> Result<Self> {
        let refused = last.is_some_and(|last| last.state == State::Back && last.code == code);
        ensure!(
            !refused || again,
            "this code was deployed and taken back, and nothing of it has changed since; deploy a mended one \
             or the one before, or say `--again`"
        );
        let before = match last {
            Some(last) if last.state == State::Begun => last.before.clone(),
            _ => live,
        };
        Ok(Self {
            state: State::Begun,
            code: code.to_owned(),
            before,
        })
    }

    /// The record with which it ends, in this state. When no function moved, the way back is still the
    /// last one's.
    pub(super) fn ended(self, state: State, last: Option<Self>, moved: bool) -> Self {
        match last {
            Some(last) if !moved && matches!(last.state, State::Done | State::Unproven) => {
                Self { state, ..last }
            }
            _ => Self { state, ..self },
        }
    }

    /// The record of one that was taken back.
    pub(super) fn back(self) -> Self {
        Self {
            state: State::Back,
            ..self
        }
    }

    /// The last deployment, if there was one.
    pub(super) fn read(shop: &Shop, folder: &Path) -> Result<Option<Self>> {
        let path = folder.join("last.json");
        let file = path.display().to_string();
        let words = [
            "s3api",
            "get-object",
            "--bucket",
            &shop.artifacts_bucket,
            "--key",
            KEY,
            &file,
        ];
        if shop.aws().find(&words, "NoSuchKey")?.is_none() {
            return Ok(None);
        }
        let text = fs::read(&path).with_context(|| format!("`{file}` cannot be read"))?;
        let record = serde_json::from_slice(&text);
        record.map(Some).with_context(|| format!("{KEY} is damaged"))
    }

    pub(super) fn write(&self, shop: &Shop, folder: &Path) -> Result<()> {
        let path = folder.join("last.json");
        let file = path.display().to_string();
        fs::write(&path, serde_json::to_string_pretty(self)?)
            .with_context(|| format!("`{file}` cannot be written"))?;
        let words = [
            "s3api",
            "put-object",
            "--bucket",
            &shop.artifacts_bucket,
            "--key",
            KEY,
            "--body",
            &file,
            "--content-type",
            "application/json",
        ];
        shop.aws().ask(&words).map(drop)
    }
}

/// One hash over everything that was packed: the same when the same is deployed.
pub(super) fn code(list: &List) -> String {
    let mut hash = Sha256::new();
    hash.update(list.architecture.to_string());
    for (name, packed) in &list.functions {
        hash.update(format!("\n{name} {}", packed.sha256));
    }
    let digits: Vec<String> = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    digits.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn versions(version: &str) -> Aliases {
        Aliases([("orders-get".to_owned(), version.to_owned())].into())
    }

    fn last(state: State, code: &str) -> Record {
        Record {
            state,
            code: code.to_owned(),
            before: versions("1"),
        }
    }

    #[test]
    fn the_way_back_is_what_was_called_and_nothing_at_first() {
        let first = Record::begin(None, "a", Aliases::default(), false).expect("begun");
        assert_eq!(first.before, Aliases::default());
        let second = Record::begin(Some(&last(State::Done, "a")), "b", versions("2"), false).expect("begun");
        assert_eq!((second.state, second.before), (State::Begun, versions("2")));
    }

    #[test]
    fn a_retry_keeps_the_way_back_of_what_was_left_half_done() {
        let half = last(State::Begun, "a");
        let retry = Record::begin(Some(&half), "b", versions("2"), false).expect("begun");
        assert_eq!(retry.before, versions("1"));
    }

    #[test]
    fn code_that_was_taken_back_is_refused_until_it_is_wished_for_again() {
        let back = last(State::Back, "a");
        let error = Record::begin(Some(&back), "a", versions("1"), false).expect_err("refused");
        assert!(error.to_string().contains("--again"), "{error}");
        assert!(Record::begin(Some(&back), "a", versions("1"), true).is_ok());
        assert!(Record::begin(Some(&back), "b", versions("1"), false).is_ok());
    }

    #[test]
    fn a_deployment_that_moves_nothing_leaves_the_way_back_open() {
        let before = last(State::Done, "a");
        let begun = Record::begin(Some(&before), "a", versions("2"), false).expect("begun");
        let unmoved = begun.clone().ended(State::Done, Some(before.clone()), false);
        assert_eq!(unmoved, before);
        let unproven = begun.clone().ended(State::Unproven, Some(before.clone()), false);
        assert_eq!(
            (unproven.state, &unproven.before),
            (State::Unproven, &versions("1"))
        );
        let proven = begun.clone().ended(State::Done, Some(unproven), false);
        assert_eq!(proven, before);
        let moved = begun.clone().ended(State::Done, Some(before), true);
        assert_eq!((moved.state, moved.before), (State::Done, versions("2")));
        let unmoved_after_back = begun.ended(State::Done, Some(last(State::Back, "b")), false);
        assert_eq!(unmoved_after_back.before, versions("2"));
    }

    #[test]
    fn a_record_survives_its_file() {
        let record = last(State::Back, "a");
        let text = serde_json::to_string(&record).expect("JSON");
        assert!(
            text.contains(r#""state":"back""#) && text.contains(r#""before":{"orders-get":"1"}"#),
            "{text}"
        );
        assert_eq!(serde_json::from_str::<Record>(&text).expect("a record"), record);
    }
}
