//! checkov over the plan, with the skips of infra/checkov.yaml, each of which must have a reason.

use std::{path::Path, process::Command};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::{report::Verdict, tools::Tools};
use crate::repository::Repository;

/// Where the skips are.
const FILE: &str = "infra/checkov.yaml";

/// Whether everything that checkov finds is either mended or has a reason.
pub(crate) fn check(repository: &Repository, tools: &Tools, plan: &Path) -> Verdict {
    let Some(program) = &tools.checkov else {
        return Verdict::Skipped(
            "checkov is not on this machine: `python3 -m venv ~/.cache/cartwright-checkov` and \
             `~/.cache/cartwright-checkov/bin/pip install checkov`"
                .to_owned(),
        );
    };
    let skips = match repository.read(FILE).and_then(|text| skips(&text)) {
        Ok(skips) => skips,
        Err(error) => return Verdict::Failed(format!("{error:#}")),
    };
    let mut command = Command::new(program);
    command.args([
        "--skip-download",
        "--quiet",
        "--compact",
        "--framework",
        "terraform_plan",
        "--output",
        "json",
    ]);
    command
        .arg("--file")
        .arg(plan)
        .arg("--skip-check")
        .arg(skips.join(","));
    match command.output() {
        Err(error) => Verdict::Skipped(format!("checkov cannot be started: {error}")),
        Ok(output) => verdict(&output.stdout, &String::from_utf8_lossy(&output.stderr)),
    }
}

/// The ids under `skip-check`; a line without a reason behind it is an error.
fn skips(text: &str) -> Result<Vec<String>> {
    let (_, list) = text
        .split_once("skip-check:")
        .context("infra/checkov.yaml has no `skip-check`")?;
    let lines = list.lines().filter_map(|line| line.trim().strip_prefix("- "));
    let skips = lines.map(|line| {
        let (id, reason) = line.split_once('#').unwrap_or((line, ""));
        ensure!(
            reason.trim().len() > 10,
            "{FILE} skips {} without a reason behind it",
            id.trim()
        );
        Ok(id.trim().to_owned())
    });
    skips.collect()
}

fn verdict(printed: &[u8], complaint: &str) -> Verdict {
    let Ok(answer) = serde_json::from_slice::<Value>(printed) else {
        return Verdict::Failed(format!("checkov printed no JSON: {}", complaint.trim()));
    };
    let summary = &answer["summary"];
    let findings = answer["results"]["failed_checks"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let findings: Vec<String> = findings
        .iter()
        .map(|finding| {
            format!(
                "{} {}: {}",
                text(&finding["check_id"]),
                text(&finding["resource"]),
                text(&finding["check_name"])
            )
        })
        .collect();
    match (summary["passed"].as_u64(), findings.is_empty()) {
        (Some(passed), true) if passed > 0 => Verdict::Ok(format!("{passed} passed")),
        (_, true) => Verdict::Failed("checkov looked at nothing".to_owned()),
        (_, false) => Verdict::Failed(findings.join("\n")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_skip_has_a_reason() {
        let text = "skip-check:\n  - CKV_AWS_117 # functions need no network of ours\n";
        assert_eq!(skips(text).unwrap(), ["CKV_AWS_117"]);
        assert!(
            skips("skip-check:\n  - CKV_AWS_117\n")
                .unwrap_err()
                .to_string()
                .contains("without a reason")
        );
    }
}
