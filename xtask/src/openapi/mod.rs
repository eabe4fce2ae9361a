//! `openapi`: the contract, made of the manifest (routes, callers, limits) and of what every HTTP
//! function says of itself when started with `--describe` (bodies, queries, answers).
//!
//! | file | makes |
//! |---|---|
//! | `described` | one function's own words |
//! | `schemas` | `components/schemas`: types of all functions, each once |
//! | `operation` | one operation |
//! | `document` | openapi.json |
//! | `lint` | what a good contract has, and ours must |
//! | `breaking` | what a client of the committed contract would notice |
//! | `postman` | docs/postman.json |
//! | `errors_page` | docs/errors.md |

mod breaking;
mod described;
mod document;
mod errors_page;
mod lint;
mod operation;
mod postman;
mod schemas;

#[cfg(test)]
mod tests;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{changelog, repository::Repository, shell, up};

/// The contract.
const CONTRACT: &str = "openapi.json";
/// The collection.
const COLLECTION: &str = "docs/postman.json";
/// The codes.
const ERRORS: &str = "docs/errors.md";

/// Writes the three files, or with `check` fails when one would change.
pub(crate) fn run(repository: &Repository, check: bool) -> Result<()> {
    let manifest = repository.manifest()?;
    if !check {
        up::build(repository)?;
    }
    let described = described::all(repository, &manifest)?;
    let document = document::assemble(&manifest, &described)?;
    refuse(&lint::check(&document), "the contract is not good enough")?;

    let codes = errors_page::collect(repository)?;
    let mut breaks = match repository.read_if_there(CONTRACT)? {
        Some(old) => breaking::between(
            &serde_json::from_str(&old).context("openapi.json is no JSON")?,
            &document,
        ),
        None => Vec::new(),
    };
    let released = repository.read_if_there(ERRORS)?.unwrap_or_default();
    breaks.extend(errors_page::gone(&released, &codes));
    let declared =
        changelog::declares_a_break(&repository.read_if_there("CHANGELOG.md")?.unwrap_or_default());
    if !declared {
        refuse(
            &breaks,
            "a client would break; undo it, or mark it `**breaking**` under Unreleased in CHANGELOG.md",
        )?;
    }

    repository.generate(CONTRACT, &pretty(&document)?, check, "openapi")?;
    repository.generate(
        COLLECTION,
        &pretty(&postman::collection(&document))?,
        check,
        "openapi",
    )?;
    repository.generate(ERRORS, &errors_page::page(&codes), check, "openapi")?;
    if !check {
        // One function carries the contract inside.
        shell::run(
            shell::cargo(repository.root()).args(["build", "--quiet", "--package", "api-get-openapi"]),
            "see the compiler's words above",
        )?;
    }
    Ok(())
}

fn refuse(problems: &[String], sentence: &str) -> Result<()> {
    if problems.is_empty() {
        return Ok(());
    }
    for problem in problems {
        println!("{problem}");
    }
    bail!("{sentence} ({} found)", problems.len())
}

fn pretty(value: &Value) -> Result<String> {
    Ok(serde_json::to_string_pretty(value)? + "\n")
}
