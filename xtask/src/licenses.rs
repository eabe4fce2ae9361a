//! Licenses and sources of everything that is built in, against deny.toml.
//!
//! `cargo deny` says more and says it better, but is not everywhere; this much is checked always.

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{repository::Repository, shell};

/// The one registry.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Fails on a package whose license deny.toml does not allow, or that is from elsewhere.
pub(crate) fn run(repository: &Repository) -> Result<()> {
    let config: toml::Table = repository
        .read("deny.toml")?
        .parse()
        .context("deny.toml is no TOML")?;
    let allowed = config
        .get("licenses")
        .and_then(|licenses| licenses.get("allow"))
        .and_then(toml::Value::as_array);
    let allowed: Vec<&str> = allowed
        .into_iter()
        .flatten()
        .filter_map(toml::Value::as_str)
        .collect();
    let mut command = shell::cargo(repository.root());
    command.args(["metadata", "--format-version", "1", "--locked"]);
    let printed = shell::capture(&mut command, "is Cargo.lock up to date?")?;
    let metadata: Value = serde_json::from_slice(&printed).context("cargo metadata printed no JSON")?;
    let problems = problems(&metadata, &allowed);
    for problem in &problems {
        println!("{problem}");
    }
    if !problems.is_empty() {
        bail!(
            "{} packages may not be built in; deny.toml says what may",
            problems.len()
        );
    }
    Ok(())
}

fn problems(metadata: &Value, allowed: &[&str]) -> Vec<String> {
    let mut problems = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        // Our own have no source.
        let Some(source) = package["source"].as_str() else {
            continue;
        };
        let name = format!(
            "{} {}",
            package["name"].as_str().unwrap_or_default(),
            package["version"].as_str().unwrap_or_default()
        );
        if source != REGISTRY {
            problems.push(format!("{name} comes from {source}"));
        }
        let license = package["license"].as_str().unwrap_or_default();
        if !Expression::new(license).permits(allowed) {
            problems.push(format!("{name} has the license `{license}`"));
        }
    }
    problems
}

/// An SPDX expression: names joined by `WITH`, `AND`, `OR` and parentheses; `/` is an old `OR`.
struct Expression<'a> {
    words: Vec<&'a str>,
    at: usize,
}

impl<'a> Expression<'a> {
    fn new(text: &'a str) -> Self {
        let mut words = Vec::new();
        for part in text.split_whitespace() {
            let mut rest = part;
            while let Some(at) = rest.find(['(', ')', '/']) {
                let (word, after) = rest.split_at(at);
                words.extend((!word.is_empty()).then_some(word));
                words.push(&after[..1]);
                rest = &after[1..];
            }
            words.extend((!rest.is_empty()).then_some(rest));
        }
        Self { words, at: 0 }
    }

    /// Whether the names that are allowed are enough. What cannot be read is not allowed.
    fn permits(mut self, allowed: &[&str]) -> bool {
        let any = self.any(allowed);
        any && self.at == self.words.len()
    }

    fn any(&mut self, allowed: &[&str]) -> bool {
        let mut result = self.all(allowed);
        while self.take("OR") || self.take("/") {
            result |= self.all(allowed);
        }
        result
    }

    fn all(&mut self, allowed: &[&str]) -> bool {
        let mut result = self.one(allowed);
        while self.take("AND") {
            result &= self.one(allowed);
        }
        result
    }

    fn one(&mut self, allowed: &[&str]) -> bool {
        if self.take("(") {
            let inside = self.any(allowed);
            return self.take(")") && inside;
        }
        let Some(name) = self.words.get(self.at).copied() else {
            return false;
        };
        self.at += 1;
        if self.take("WITH") {
            let exception = self.words.get(self.at).copied().unwrap_or_default();
            self.at += 1;
            return allowed.contains(&format!("{name} WITH {exception}").as_str());
        }
        allowed.contains(&name)
    }

    fn take(&mut self, word: &str) -> bool {
        let is_next = self.words.get(self.at) == Some(&word);
        self.at += usize::from(is_next);
        is_next
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn is_allowed(expression: &str) -> bool {
        Expression::new(expression).permits(&["MIT", "Apache-2.0 WITH LLVM-exception", "Unicode-3.0"])
    }

    #[test]
    fn one_allowed_choice_is_enough_and_every_demand_must_be() {
        assert!(is_allowed("MIT"));
        assert!(is_allowed("GPL-3.0 OR MIT"));
        assert!(is_allowed("GPL-3.0/MIT"));
        assert!(is_allowed("(MIT OR Apache-2.0) AND Unicode-3.0"));
        assert!(is_allowed("Apache-2.0 WITH LLVM-exception OR Apache-2.0"));
        assert!(!is_allowed("Apache-2.0"), "only with its exception");
        assert!(!is_allowed("MIT AND GPL-3.0"));
        assert!(!is_allowed("(MIT OR GPL-3.0) AND GPL-3.0"));
    }

    #[test]
    fn what_cannot_be_read_is_not_allowed() {
        for expression in ["", "(MIT", "MIT MIT", "MIT)", "OR MIT", "MIT AND"] {
            assert!(!is_allowed(expression), "{expression}");
        }
    }

    #[test]
    fn a_package_from_elsewhere_is_named_and_our_own_are_not() {
        let metadata = json!({ "packages": [
            { "name": "ours", "version": "0.1.0", "license": "none", "source": null },
            { "name": "good", "version": "1.0.0", "license": "MIT", "source": REGISTRY },
            { "name": "fork", "version": "1.0.0", "license": "MIT", "source": "git+https://example.com/fork" },
            { "name": "viral", "version": "2.0.0", "license": "GPL-3.0", "source": REGISTRY },
        ] });
        let problems = problems(&metadata, &["MIT"]);
        assert_eq!(
            problems,
            [
                "fork 1.0.0 comes from git+https://example.com/fork",
                "viral 2.0.0 has the license `GPL-3.0`"
            ]
        );
    }
}
