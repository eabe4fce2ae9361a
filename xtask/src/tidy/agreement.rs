//! The manifest, the folders, the samples and the tests speak of the same functions.

use std::collections::BTreeSet;

use manifest::{Function, Trigger};

use super::{Problem, tree::Tree};

/// What one of them knows and another does not.
pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for function in tree.manifest.functions.values() {
        folder(tree, function, &mut problems);
        samples(tree, function, &mut problems);
        test(tree, function, &mut problems);
    }
    strangers(tree, &mut problems);
    listed(tree, &mut problems);
    problems
}

fn place(function: &Function) -> String {
    format!("infra/manifest/{}", function.place.file)
}

fn line(function: &Function) -> usize {
    usize::try_from(function.place.line).unwrap_or_default()
}

/// `functions/<name>` with a package of that name, whose first line is the route.
fn folder(tree: &Tree, function: &Function, problems: &mut Vec<Problem>) {
    let name = &function.name;
    let folder = format!("functions/{name}");
    let path = format!("{folder}/src/main.rs");
    let package = tree.packages.iter().find(|package| package.folder == folder);
    let (Some(package), Some(main)) = (package, tree.source(&path)) else {
        let sentence = format!("`{name}` has no package: `{folder}` with Cargo.toml and src/main.rs");
        problems.push(Problem::new(place(function), line(function), sentence));
        return;
    };
    if package.name() != name {
        let sentence = format!(
            "the package is called `{}`; expected `{name}`, as its folder",
            package.name()
        );
        problems.push(Problem::new(package.path(), 0, sentence));
    }
    if let Trigger::Http(http) = &function.trigger {
        let expected = format!("//! `{}`: ", http.route);
        let first = main.text.lines().next().unwrap_or_default();
        if !first.starts_with(&expected) {
            problems.push(Problem::new(
                path,
                1,
                format!("the file must begin with `{expected}…`, as the manifest says"),
            ));
        }
    }
}

/// `events/<name>/<case>.json`: at least one, and JSON.
fn samples(tree: &Tree, function: &Function, problems: &mut Vec<Problem>) {
    let prefix = format!("events/{}/", function.name);
    let mut own = tree
        .samples
        .iter()
        .filter(|(path, _)| path.starts_with(&prefix))
        .peekable();
    if own.peek().is_none() {
        let sentence = format!("`{}` has no sample: add `{prefix}<case>.json`", function.name);
        problems.push(Problem::new(place(function), line(function), sentence));
    }
    for (path, text) in own {
        if path.strip_suffix(".json").is_none() {
            problems.push(Problem::new(path, 0, "a sample is called `<case>.json`"));
        } else if let Err(error) = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text) {
            problems.push(Problem::new(
                path,
                error.line(),
                format!("this is no JSON object: {error}"),
            ));
        }
    }
}

/// `tests/it/<name>.rs`, with underscores.
fn test(tree: &Tree, function: &Function, problems: &mut Vec<Problem>) {
    let path = format!("tests/it/{}.rs", function.name.replace('-', "_"));
    if tree.source(&path).is_none() {
        let sentence = format!("`{}` has no test: add `{path}`", function.name);
        problems.push(Problem::new(place(function), line(function), sentence));
    }
}

/// Folders of functions that the manifest does not know.
fn strangers(tree: &Tree, problems: &mut Vec<Problem>) {
    let packages = tree.packages.iter().map(|package| package.folder.clone());
    let samples = tree
        .samples
        .iter()
        .filter_map(|(path, _)| path.rsplit_once('/'))
        .map(|(folder, _)| folder.to_owned());
    let folders: BTreeSet<String> = packages.chain(samples).collect();
    for folder in folders {
        let name = folder
            .strip_prefix("functions/")
            .or_else(|| folder.strip_prefix("events/"));
        // Every version of every fact keeps its sample in `events/facts`.
        let is_facts = folder == "events/facts" || folder.starts_with("events/facts/");
        if let Some(name) = name
            && !is_facts
            && !tree.manifest.functions.contains_key(name)
        {
            problems.push(Problem::new(
                &folder,
                0,
                format!("the manifest has no function `{name}`"),
            ));
        }
    }
}

/// A test file that `main.rs` does not list would never run, and nobody would notice.
fn listed(tree: &Tree, problems: &mut Vec<Problem>) {
    let Some(main) = tree.source("tests/it/main.rs") else {
        return;
    };
    let modules: BTreeSet<&str> = main
        .tokens
        .windows(2)
        .filter(|pair| pair[0].text == "mod")
        .map(|pair| pair[1].text.as_str())
        .collect();
    for source in &tree.sources {
        let Some(inside) = source.path.strip_prefix("tests/it/") else {
            continue;
        };
        let module = inside
            .split('/')
            .next()
            .unwrap_or_default()
            .trim_end_matches(".rs");
        if module != "main" && !modules.contains(module) {
            problems.push(Problem::new(
                &source.path,
                0,
                format!("tests/it/main.rs does not list `mod {module};`"),
            ));
        }
    }
}
