//! Which version of each function is called: the alias `live`, as AWS has it.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use serde::{Deserialize, Serialize};

use super::aws::{Aws, side_by_side};

/// The alias that everything calls.
pub(super) const LIVE: &str = "live";
/// What Lambda says when there is no such function, version or alias.
const ABSENT: &str = "ResourceNotFoundException";

/// Versions by the functions' physical names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Aliases(pub(super) BTreeMap<String, String>);

impl Aliases {
    /// Asks for each; a function that has no alias has no version.
    pub(super) fn live(aws: &Aws, functions: &[&str]) -> Result<Self> {
        let versions = side_by_side(functions, |name| live(aws, name));
        let mut found = BTreeMap::new();
        for (name, version) in functions.iter().zip(versions) {
            if let Some(version) = version? {
                found.insert((*name).to_owned(), version);
            }
        }
        Ok(Self(found))
    }

    /// Has every alias call the version that is written here, all of its traffic. Functions that are
    /// gone since are left out, and said.
    pub(super) fn restore(&self, aws: &Aws) -> Result<()> {
        let wanted: Vec<(&String, &String)> = self.0.iter().collect();
        let outcomes = side_by_side(&wanted, |(name, version)| {
            if point(aws, name, version)? {
                return Ok(true);
            }
            ensure!(
                live(aws, name)?.is_none(),
                "{name} has no version {version} any more"
            );
            Ok(false)
        });
        let (mut failed, mut gone) = (Vec::new(), Vec::new());
        for ((name, _), outcome) in wanted.iter().zip(outcomes) {
            match outcome {
                Ok(true) => {}
                Ok(false) => gone.push(name.as_str()),
                Err(error) => failed.push(format!("{name}: {error:#}")),
            }
        }
        ensure!(failed.is_empty(), "these did not go back: {}", failed.join("; "));
        println!(
            "   {} functions call the version before",
            wanted.len() - gone.len()
        );
        if !gone.is_empty() {
            println!("   gone since, and left out: {}", gone.join(", "));
        }
        Ok(())
    }
}

fn live(aws: &Aws, function: &str) -> Result<Option<String>> {
    let words = ["lambda", "get-alias", "--name", LIVE, "--function-name", function];
    let alias = aws.find(&words, ABSENT)?;
    Ok(alias.and_then(|alias| alias["FunctionVersion"].as_str().map(str::to_owned)))
}

/// Points an alias at a version, all of its traffic; false when function, alias or version is not there.
pub(super) fn point(aws: &Aws, function: &str, version: &str) -> Result<bool> {
    let words = [
        "lambda",
        "update-alias",
        "--name",
        LIVE,
        "--function-name",
        function,
        "--function-version",
        version,
        "--routing-config",
        "AdditionalVersionWeights={}",
    ];
    Ok(aws.find(&words, ABSENT)?.is_some())
}
