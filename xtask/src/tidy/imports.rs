//! Who may depend on whom: `functions → contexts → kernel`, the platform beside them, AWS behind it.

use super::{
    Problem,
    tree::{Package, Tree, context_of},
};

/// Which context may ask which: its façade only, and never in a circle (Cargo sees to that).
const QUESTIONS: [(&str, &[&str]); 8] = [
    ("carts", &["catalog", "pricing", "inventory"]),
    (
        "customers",
        &["authority", "identity", "carts", "orders", "trail"],
    ),
    ("factors", &["authority", "identity"]),
    ("federation", &["authority", "identity"]),
    ("identity", &["authority"]),
    ("notifications", &["authority"]),
    ("oauth", &["authority", "identity", "factors"]),
    (
        "orders",
        &["carts", "catalog", "pricing", "inventory", "payments"],
    ),
];
/// Contexts of functions that are not called after one.
const NAMESAKES: [(&str, &str); 1] = [("sandbox", "payments")];
/// Packages that may name AWS's crates: the platform, the fault cloud below the SDK, and the empty
/// function that the bench compares with.
const AWS_READERS: [&str; 3] = ["shared/platform", "shared/testing", "local/bench-hello"];

/// Dependencies that cross a border.
pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for package in &tree.packages {
        for kind in ["dependencies", "dev-dependencies"] {
            for (name, _) in package.dependencies(kind) {
                if let Some(sentence) = refuse(tree, package, name, kind == "dev-dependencies") {
                    problems.push(Problem::new(package.path(), 0, sentence));
                }
            }
        }
    }
    problems
}

/// Why this package may not use that one.
fn refuse(tree: &Tree, package: &Package, name: &str, for_tests: bool) -> Option<String> {
    let folder = package.folder.as_str();
    if is_aws(name) {
        let allowed = AWS_READERS.contains(&folder);
        return (!allowed).then(|| format!("`{name}`: only shared/platform knows AWS and Lambda"));
    }
    let used = tree
        .packages
        .iter()
        .find(|other| other.name() == name)?
        .folder
        .as_str();
    // The embedded AWS and the fault cloud are what tests of stores and use cases run on.
    if for_tests
        && matches!(
            used,
            "local/audit"
                | "local/authenticator"
                | "local/embedded-aws"
                | "local/manifest"
                | "shared/testing"
        )
    {
        return None;
    }
    let allowed = match folder {
        "shared/kernel" => false,
        "shared/platform" => used == "shared/kernel",
        "shared/testing" => used.starts_with("shared/") || used.starts_with("local/"),
        "tests" | "xtask" => used.starts_with("local/"),
        _ => match (context_of(folder), folder.strip_prefix("functions/")) {
            (Some(context), _) => {
                is_base(used) || context_of(used).is_some_and(|other| may_ask(context, other))
            }
            (None, Some(function)) => {
                is_base(used)
                    || context_of(used)
                        .is_some_and(|other| other == "authority" || other == own_context(function))
            }
            // The local stack: the shop is reached as on AWS, not through its crates.
            (None, None) => used.starts_with("local/") || used == "shared/kernel",
        },
    };
    (!allowed).then(|| format!("`{name}`: {folder} may not depend on {used}"))
}

fn is_aws(name: &str) -> bool {
    ["aws-", "aws_", "lambda_", "lambda-"]
        .iter()
        .any(|prefix| name.starts_with(prefix))
}

fn is_base(folder: &str) -> bool {
    matches!(folder, "shared/kernel" | "shared/platform")
}

fn may_ask(context: &str, other: &str) -> bool {
    QUESTIONS
        .iter()
        .any(|(asker, asked)| *asker == context && asked.contains(&other))
}

/// The context whose façade a function holds.
fn own_context(function: &str) -> &str {
    let first = function.split('-').next().unwrap_or(function);
    NAMESAKES
        .iter()
        .find(|(name, _)| *name == first)
        .map_or(first, |(_, context)| context)
}
