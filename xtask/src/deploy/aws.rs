//! The AWS command line: which region, how long it may take, how often it tries again.

use std::{
    process::Command,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// Programs at once: each is a Python of its own, and Lambda's control plane answers 15 questions a second.
const AT_ONCE: usize = 8;

/// AWS, in one region.
#[derive(Debug, Clone)]
pub(super) struct Aws {
    region: String,
}

impl Aws {
    pub(super) fn of(region: &str) -> Self {
        Self {
            region: region.to_owned(),
        }
    }

    /// The answer; what AWS refuses is the error.
    pub(super) fn ask(&self, words: &[&str]) -> Result<Value> {
        match self.call(words)? {
            Ok(answer) => Ok(answer),
            Err(complaint) => bail!("`aws {}`: {complaint}", shown(words)),
        }
    }

    /// The same, but none when AWS refuses with this code: what was asked for is not there.
    pub(super) fn find(&self, words: &[&str], absent: &str) -> Result<Option<Value>> {
        match self.call(words)? {
            Ok(answer) => Ok(Some(answer)),
            Err(complaint) if complaint.contains(&format!("({absent})")) => Ok(None),
            Err(complaint) => bail!("`aws {}`: {complaint}", shown(words)),
        }
    }

    fn call(&self, words: &[&str]) -> Result<std::result::Result<Value, String>> {
        let output = Command::new("aws")
            .args(words)
            .args(["--region", &self.region, "--output", "json"])
            .args(["--cli-connect-timeout", "10", "--cli-read-timeout", "60"])
            .env("AWS_PAGER", "")
            .env("AWS_RETRY_MODE", "adaptive")
            .env("AWS_MAX_ATTEMPTS", "10")
            .output()
            .context("`aws` cannot be started")?;
        if !output.status.success() {
            return Ok(Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
        }
        if output.stdout.trim_ascii().is_empty() {
            return Ok(Ok(Value::Null));
        }
        let answer = serde_json::from_slice(&output.stdout);
        answer
            .map(Ok)
            .with_context(|| format!("`aws {}` printed no JSON", shown(words)))
    }
}

/// Service and verb; the rest may be long.
fn shown(words: &[&str]) -> String {
    let front: Vec<&str> = words.iter().copied().take(6).collect();
    front.join(" ")
}

/// Does the work for each, a few at a time; the outcomes in the order of the things.
pub(super) fn side_by_side<T: Sync, R: Send>(things: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(things.len()));
    thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(things.len()) {
            scope.spawn(|| {
                while let Some((at, thing)) = nth(things, next.fetch_add(1, Ordering::Relaxed)) {
                    let outcome = work(thing);
                    if let Ok(mut done) = done.lock() {
                        done.push((at, outcome));
                    }
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_default();
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, outcome)| outcome).collect()
}

fn nth<T>(things: &[T], at: usize) -> Option<(usize, &T)> {
    things.get(at).map(|thing| (at, thing))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_done_side_by_side_and_told_in_order() {
        let things: Vec<usize> = (0..100).collect();
        let running = AtomicUsize::new(0);
        let most = AtomicUsize::new(0);
        let doubled = side_by_side(&things, |thing| {
            most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            thread::yield_now();
            running.fetch_sub(1, Ordering::SeqCst);
            thing * 2
        });
        assert_eq!(doubled, things.iter().map(|thing| thing * 2).collect::<Vec<_>>());
        assert!(most.into_inner() <= AT_ONCE);
        assert!(side_by_side(&[0_u8; 0], |thing| *thing).is_empty());
    }
}
