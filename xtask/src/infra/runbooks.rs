//! The page behind each alarm.

use anyhow::{Context, Result};

use super::report::Verdict;
use crate::repository::Repository;

const ALARMS: &str = "infra/alarms.tf";

/// How a page says the threshold of its alarm: divided by this, with this word.
const UNITS: [(&str, f64, &str); 6] = [
    ("api-errors", 1.0, "%"),
    ("api-latency", 1_000.0, "seconds"),
    ("stream-age", 60_000.0, "minutes"),
    ("queue-age", 60.0, "minutes"),
    ("mail-bounces", 0.01, "%"),
    ("mail-complaints", 0.01, "%"),
];

/// Whether every alarm's page is there and says at what the alarm goes off.
pub(crate) fn check(repository: &Repository) -> Verdict {
    match misses(repository) {
        Err(error) => Verdict::Failed(format!("{error:#}")),
        Ok(misses) => misses.into(),
    }
}

fn misses(repository: &Repository) -> Result<Vec<String>> {
    let alarms = repository.read(ALARMS)?;
    let mut misses = Vec::new();
    for slug in slugs(&alarms)? {
        let path = format!("docs/runbooks/{slug}.md");
        if !repository.path(&path).is_file() {
            misses.push(format!("{ALARMS} names the runbook `{slug}`; {path} is missing"));
            continue;
        }
        let page = repository.read(&path)?;
        misses.extend(unsaid(&alarms, slug, &page)?.map(|told| format!("{path}: {told}")));
    }
    Ok(misses)
}

/// The sentence about the threshold that a page lacks.
#[expect(clippy::float_arithmetic, reason = "a number that people read")]
fn unsaid(alarms: &str, slug: &str, page: &str) -> Result<Option<String>> {
    let Some((_, unit, word)) = UNITS.iter().find(|(known, ..)| *known == slug) else {
        return Ok(None);
    };
    let threshold = threshold(alarms, slug)
        .with_context(|| format!("{ALARMS} has no threshold of `{slug}` that is a number"))?;
    // Thousandths of the unit are as fine as a page gets.
    let value = (threshold / unit * 1_000.0).round() / 1_000.0;
    let sentence = format!("Alarm `{slug}`, above {value} {word}.");
    let expected = format!("expected `{sentence}`, as {ALARMS} has it");
    Ok(Some(expected).filter(|_| !page.contains(&sentence)))
}

/// The number in an alarm's line of a map, or in its own block.
fn threshold(alarms: &str, slug: &str) -> Option<f64> {
    let number = |piece: &str| -> Option<f64> {
        let (_, rest) = piece.split_once("threshold")?;
        let rest = rest.trim_start().strip_prefix('=')?.trim_start();
        rest.split([' ', ',', '\n']).next()?.parse().ok()
    };
    let named = format!("{slug} ");
    let mut lines = alarms
        .lines()
        .filter(|line| line.trim_start().starts_with(&named));
    lines.find_map(number).or_else(|| {
        let (_, block) = alarms.split_once(&format!("alarm_texts[\"{slug}\"]"))?;
        number(block.split("\n}").next()?)
    })
}

/// The names in the block `runbooks`.
fn slugs(alarms: &str) -> Result<Vec<&str>> {
    let (_, block) = alarms
        .split_once("runbooks = {")
        .with_context(|| format!("{ALARMS} has no block `runbooks`"))?;
    let (block, _) = block.split_once('}').context("the block `runbooks` has no end")?;
    let lines = block.lines().filter_map(|line| line.split_once('='));
    Ok(lines.map(|(slug, _)| slug.trim()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOME: &str = r#"
    mail-complaints = { metric = "Reputation.ComplaintRate", threshold = 0.0008 }
    resource "aws_cloudwatch_metric_alarm" "queue_age" {
      alarm_description = local.alarm_texts["queue-age"]
      threshold         = 300
}
"#;

    #[test]
    fn a_page_says_at_what_its_alarm_goes_off() {
        for (slug, page) in [
            ("mail-complaints", "Alarm `mail-complaints`, above 0.08 %.\n"),
            ("queue-age", "Alarm `queue-age`, above 5 minutes.\n"),
            ("errors", "Alarm `errors`.\n"),
        ] {
            assert_eq!(unsaid(SOME, slug, page).unwrap(), None);
        }
        let told = unsaid(SOME, "queue-age", "Alarm `queue-age`, above 4 minutes.").unwrap();
        assert!(told.unwrap().contains("above 5 minutes"));
        assert!(unsaid("", "queue-age", "").is_err());
    }
}
