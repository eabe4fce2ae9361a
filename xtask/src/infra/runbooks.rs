//! The page behind each alarm.

use anyhow::{Context, Result};

use super::report::Verdict;
use crate::repository::Repository;

/// Whether every alarm's page is there, and every page is an alarm's.
pub(crate) fn check(repository: &Repository) -> Verdict {
    match slugs(repository) {
        Err(error) => Verdict::Failed(format!("{error:#}")),
        Ok(slugs) => {
            let missing = slugs
                .iter()
                .filter(|slug| !repository.path(format!("docs/runbooks/{slug}.md")).is_file());
            let missing: Vec<String> = missing
                .map(|slug| {
                    format!("infra/alarms.tf names the runbook `{slug}`; docs/runbooks/{slug}.md is missing")
                })
                .collect();
            missing.into()
        }
    }
}

/// The names in the block `runbooks` of infra/alarms.tf.
fn slugs(repository: &Repository) -> Result<Vec<String>> {
    let text = repository.read("infra/alarms.tf")?;
    let (_, block) = text
        .split_once("runbooks = {")
        .context("infra/alarms.tf has no block `runbooks`")?;
    let (block, _) = block.split_once('}').context("the block `runbooks` has no end")?;
    let lines = block.lines().filter_map(|line| line.split_once('='));
    Ok(lines.map(|(slug, _)| slug.trim().to_owned()).collect())
}
