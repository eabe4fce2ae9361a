//! What an HTTP function says of itself.

use std::process::Command;

use anyhow::{Context, Result, ensure};
use manifest::{Http, Manifest, Route, Trigger};
use serde_json::Value;

use crate::{repository::Repository, shell};

/// One function: its manifest entry, its first lines and what `--describe` printed.
#[derive(Debug, Clone)]
pub(super) struct Described {
    /// The operation id.
    pub(super) name: String,
    /// Its context: the manifest file it stands in.
    pub(super) context: String,
    pub(super) http: Http,
    pub(super) method: String,
    pub(super) path: String,
    /// What it does, in one sentence.
    pub(super) summary: String,
    /// What else the module doc of its main says.
    pub(super) description: String,
    pub(super) told: Value,
}

/// Every HTTP function but the default route, sorted by name.
pub(super) fn all(repository: &Repository, manifest: &Manifest) -> Result<Vec<Described>> {
    let mut all = Vec::new();
    for function in manifest.functions.values() {
        let Trigger::Http(http) = &function.trigger else {
            continue;
        };
        let Route::Path { method, path } = &http.route else {
            continue;
        };
        let name = &function.name;
        let (summary, description) = words(&repository.read(&format!("functions/{name}/src/main.rs"))?);
        all.push(Described {
            name: name.clone(),
            context: function.place.file.trim_end_matches(".yaml").to_owned(),
            http: http.clone(),
            method: method.to_lowercase(),
            path: path.clone(),
            summary,
            description,
            told: ask(repository, name)?,
        });
    }
    Ok(all)
}

/// The sentence behind the route in the first line, and the rest of the module doc.
pub(super) fn words(main: &str) -> (String, String) {
    let mut lines = main
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .map(str::trim);
    let first = lines.next().unwrap_or_default();
    let sentence = first.split_once("`: ").map_or(first, |(_, sentence)| sentence);
    let rest: Vec<&str> = lines.collect();
    // The sentence may go on in the lines below, up to the first empty one.
    let (more, description) = match rest.iter().position(|line| line.is_empty()) {
        Some(at) => (&rest[..at], rest[at + 1..].join("\n")),
        None => (&rest[..], String::new()),
    };
    let sentence = std::iter::once(sentence)
        .chain(more.iter().copied())
        .collect::<Vec<_>>()
        .join(" ");
    (capitalized(sentence.trim_end_matches('.')), description)
}

fn capitalized(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

fn ask(repository: &Repository, name: &str) -> Result<Value> {
    let binary = repository.path(format!("target/debug/{name}"));
    ensure!(
        binary.exists(),
        "`target/debug/{name}` is missing: run `cargo build --workspace --bins`"
    );
    let printed = shell::capture(
        Command::new(&binary).arg("--describe"),
        "does its main call `http::serve`?",
    )?;
    serde_json::from_slice(&printed).with_context(|| format!("`{name} --describe` printed no JSON"))
}
