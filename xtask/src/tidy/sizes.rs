//! Sizes: a file fits in a head, a function on a screen, a deployed function's main on half of one.

use super::{Problem, tree::Tree};
use crate::tokens;

/// The longest file that is no test.
pub(super) const FILE_LINES_MAX: usize = 500;
/// The longest function that is no test.
const FUNCTION_LINES_MAX: usize = 70;
/// The longest `main.rs` in `functions/`.
const MAIN_LINES_MAX: usize = 60;

/// What is too long.
pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for source in tree.sources.iter().filter(|source| !source.is_test()) {
        let lines = source.text.lines().count();
        if lines > FILE_LINES_MAX {
            let sentence = format!("{lines} lines; a file has at most {FILE_LINES_MAX}");
            problems.push(Problem::new(&source.path, 0, sentence));
        }
        let is_main = source.path.starts_with("functions/") && source.path.ends_with("/src/main.rs");
        if is_main && lines > MAIN_LINES_MAX {
            let sentence = format!("{lines} lines; the main of a function has at most {MAIN_LINES_MAX}");
            problems.push(Problem::new(&source.path, 0, sentence));
        }
        for function in tokens::functions(&source.tokens) {
            if function.lines > FUNCTION_LINES_MAX {
                let (name, lines) = (function.name, function.lines);
                let sentence =
                    format!("`{name}` has {lines} lines; a function has at most {FUNCTION_LINES_MAX}");
                problems.push(Problem::new(&source.path, function.line, sentence));
            }
        }
    }
    problems
}

/// The largest files that are no tests, so that growth is seen before it hurts.
pub(super) fn largest(tree: &Tree, count: usize) -> Vec<(usize, &str)> {
    let sources = tree.sources.iter().filter(|source| !source.is_test());
    let mut sizes: Vec<_> = sources
        .map(|source| (source.text.lines().count(), source.path.as_str()))
        .collect();
    sizes.sort_by(|one, other| other.cmp(one));
    sizes.truncate(count);
    sizes
}
