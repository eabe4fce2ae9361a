//! Error codes: `snake_case`, and one meaning in the whole product.
//!
//! That none of the released ones disappears is checked by `openapi`, which writes docs/errors.md.

use std::collections::BTreeMap;

use super::{Problem, tree::Tree};
use crate::codes;

/// Codes that two contexts give away, and codes that are no code.
pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut owners: BTreeMap<String, &str> = BTreeMap::new();
    for source in tree.sources.iter().filter(|source| !source.is_test()) {
        let Some(owner) = owner(&source.path) else {
            continue;
        };
        for found in codes::given(&source.tokens) {
            if !is_code(&found.code) {
                let sentence = format!("`{}` is no error code; expected `snake_case`", found.code);
                problems.push(Problem::new(&source.path, found.line, sentence));
            }
            let first = *owners.entry(found.code.clone()).or_insert(owner);
            if first != owner {
                let sentence = format!(
                    "`{}` is a code of `{first}` already; a code has one meaning",
                    found.code
                );
                problems.push(Problem::new(&source.path, found.line, sentence));
            }
        }
    }
    problems
}

/// The crate in `shared/` that a code belongs to. The kernel's words for faults and the platform's
/// list of what HTTP makes of them are one.
fn owner(path: &str) -> Option<&str> {
    match path.strip_prefix("shared/")?.split('/').next()? {
        "testing" => None,
        "kernel" => Some("platform"),
        other => Some(other),
    }
}

fn is_code(code: &str) -> bool {
    code.starts_with(|first: char| first.is_ascii_lowercase())
        && code
            .chars()
            .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
}
