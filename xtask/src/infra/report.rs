//! What came out of each step: one line for each, one for all.

use std::time::Instant;

use anyhow::Result;

/// What came out of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It passed; with what is worth saying, or nothing.
    Ok(String),
    /// It did not, for this reason.
    Failed(String),
    /// It did not run, for this reason.
    Skipped(String),
}

impl Verdict {
    pub(crate) fn of(result: Result<String>) -> Self {
        match result {
            Ok(note) => Self::Ok(note),
            Err(error) => Self::Failed(format!("{error:#}")),
        }
    }
}

/// No complaint is a pass.
impl From<Vec<String>> for Verdict {
    fn from(complaints: Vec<String>) -> Self {
        if complaints.is_empty() {
            Self::Ok(String::new())
        } else {
            Self::Failed(complaints.join("\n"))
        }
    }
}

/// All that was run.
#[derive(Debug, Default)]
pub(crate) struct Report {
    lines: Vec<(String, Verdict)>,
}

impl Report {
    /// Runs a step, prints its line, and says whether it passed.
    pub(crate) fn step(&mut self, name: &str, work: impl FnOnce() -> Verdict) -> bool {
        let started = Instant::now();
        let verdict = work();
        let seconds = started.elapsed().as_secs_f64();
        match &verdict {
            Verdict::Ok(note) if note.is_empty() => println!("ok       {name} ({seconds:.1} s)"),
            Verdict::Ok(note) => println!("ok       {name}: {note} ({seconds:.1} s)"),
            Verdict::Failed(cause) => println!("failed   {name}: {}", indented(cause)),
            Verdict::Skipped(reason) => println!("skipped  {name}: {reason}"),
        }
        let passed = matches!(verdict, Verdict::Ok(_));
        self.lines.push((name.to_owned(), verdict));
        passed
    }

    /// Notes a step that cannot run.
    pub(crate) fn skip(&mut self, name: &str, reason: &str) {
        self.step(name, || Verdict::Skipped(reason.to_owned()));
    }

    /// `infra: 12 passed, 0 failed, 1 skipped`.
    pub(crate) fn summary(&self) -> String {
        let count =
            |which: fn(&Verdict) -> bool| self.lines.iter().filter(|(_, verdict)| which(verdict)).count();
        format!(
            "infra: {} passed, {} failed, {} skipped",
            count(|verdict| matches!(verdict, Verdict::Ok(_))),
            count(|verdict| matches!(verdict, Verdict::Failed(_))),
            count(|verdict| matches!(verdict, Verdict::Skipped(_))),
        )
    }

    /// Whether nothing failed.
    pub(crate) fn passed(&self) -> bool {
        !self
            .lines
            .iter()
            .any(|(_, verdict)| matches!(verdict, Verdict::Failed(_)))
    }

    /// The names of what failed.
    pub(crate) fn failures(&self) -> String {
        let failed = self
            .lines
            .iter()
            .filter(|(_, verdict)| matches!(verdict, Verdict::Failed(_)));
        let names: Vec<&str> = failed.map(|(name, _)| name.as_str()).collect();
        format!("not in order: {}", names.join(", "))
    }
}

fn indented(text: &str) -> String {
    text.trim().replace('\n', "\n         ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_skipped_step_is_not_a_passed_one() {
        let mut report = Report::default();
        assert!(report.step("one", || Verdict::Ok(String::new())));
        report.skip("two", "its tool is missing");
        assert_eq!(report.summary(), "infra: 1 passed, 0 failed, 1 skipped");
        assert!(report.passed());
    }

    #[test]
    fn one_complaint_fails_the_whole() {
        let mut report = Report::default();
        assert!(!report.step("one", || vec!["a queue has no twin".to_owned()].into()));
        assert!(!report.passed());
        assert_eq!(report.failures(), "not in order: one");
    }
}
