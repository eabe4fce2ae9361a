//! `tidy`: the rules of the house that no compiler knows. Each file here is a group of them.
//!
//! | file | holds |
//! |---|---|
//! | `sizes` | lengths of files, functions and mains |
//! | `words` | module docs, unfinished work, floats, serde in rules |
//! | `agreement` | manifest ↔ `functions/` ↔ `events/` ↔ `tests/it/` |
//! | `packages` | what each Cargo.toml inherits |
//! | `imports` | who may depend on whom |
//! | `refusals` | error codes have one meaning |

mod agreement;
mod imports;
mod packages;
mod refusals;
mod sizes;
mod tree;
mod words;

#[cfg(test)]
mod tests;

use std::fmt;

use anyhow::{Result, bail};

use crate::repository::Repository;
use tree::Tree;

/// One broken rule, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Problem {
    path: String,
    /// Counted from one; zero when the whole file is meant.
    line: usize,
    sentence: String,
}

impl Problem {
    fn new(path: impl Into<String>, line: usize, sentence: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            line,
            sentence: sentence.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(formatter, "{}: {}", self.path, self.sentence),
            line => write!(formatter, "{}:{line}: {}", self.path, self.sentence),
        }
    }
}

/// Prints the ten largest files and every broken rule.
pub(crate) fn run(repository: &Repository) -> Result<()> {
    let tree = Tree::read(repository)?;
    println!(
        "the ten largest files (at most {} lines, tests aside):",
        sizes::FILE_LINES_MAX
    );
    for (lines, path) in sizes::largest(&tree, 10) {
        println!("{lines:6}  {path}");
    }
    let problems = check(&tree);
    for problem in &problems {
        println!("{problem}");
    }
    match problems.len() {
        0 => {
            println!(
                "{} files and {} packages are tidy",
                tree.sources.len(),
                tree.packages.len()
            );
            Ok(())
        }
        1 => bail!("one rule of the house is broken"),
        many => bail!("{many} rules of the house are broken"),
    }
}

/// Every broken rule, sorted by place.
fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = tree.unreadable.clone();
    problems.extend(sizes::check(tree));
    problems.extend(words::check(tree));
    problems.extend(agreement::check(tree));
    problems.extend(packages::check(tree));
    problems.extend(imports::check(tree));
    problems.extend(refusals::check(tree));
    problems.sort();
    problems
}
