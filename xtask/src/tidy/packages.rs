//! Every package inherits the workspace: one edition, one set of lints, every version once.

use super::{
    Problem,
    tree::{Package, Tree},
};

/// What `[package]` takes from the workspace.
const INHERITED: [&str; 5] = ["version", "edition", "rust-version", "license", "publish"];
/// Where dependencies are listed.
const KINDS: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

/// What a package says for itself that the workspace says for all.
pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    tree.packages.iter().flat_map(check_one).collect()
}

fn check_one(package: &Package) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut expect = |holds: bool, sentence: String| {
        if !holds {
            problems.push(Problem::new(package.path(), 0, sentence));
        }
    };
    let from_workspace = |path: &[&str]| {
        let value = package.get(path).and_then(|value| value.get("workspace"));
        value.and_then(toml::Value::as_bool) == Some(true)
    };
    for key in INHERITED {
        expect(
            from_workspace(&["package", key]),
            format!("expected `{key}.workspace = true`"),
        );
    }
    let lints = package
        .get(&["lints", "workspace"])
        .and_then(toml::Value::as_bool);
    expect(
        lints == Some(true),
        "expected `[lints]` with `workspace = true`".to_owned(),
    );
    for kind in KINDS {
        for (name, _) in package.dependencies(kind) {
            let sentence = format!("`{name}` names its own version: write `{name}.workspace = true`");
            expect(from_workspace(&[kind, name]), sentence);
        }
    }
    problems
}
