//! Which version of each function is called: the alias `live`, before a deployment and after.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::shell;

/// The alias that everything calls.
pub(super) const LIVE: &str = "live";

/// Versions by the functions' physical names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Aliases(pub(super) BTreeMap<String, String>);

impl Aliases {
    /// As Terraform's state has them (`terraform show -json`).
    pub(super) fn of_state(state: &Value) -> Self {
        let mut found = BTreeMap::new();
        collect(&state["values"]["root_module"], &mut found);
        Self(found)
    }

    pub(super) fn read(path: &Path) -> Result<Self> {
        let text = fs::read(path)
            .with_context(|| format!("nothing was deployed from here: `{}` is missing", path.display()))?;
        serde_json::from_slice(&text).with_context(|| format!("`{}` is damaged", path.display()))
    }

    pub(super) fn write(&self, path: &Path) -> Result<()> {
        fs::write(path, serde_json::to_string_pretty(self)?)
            .with_context(|| format!("`{}` cannot be written", path.display()))
    }

    /// Those that call another version than before; new functions have no before.
    pub(super) fn moved<'a>(&self, newest: &'a BTreeMap<String, String>) -> Vec<(&'a str, &'a str)> {
        let moved = newest
            .iter()
            .filter(|(name, version)| self.0.get(*name).is_some_and(|before| before != *version));
        moved
            .map(|(name, version)| (name.as_str(), version.as_str()))
            .collect()
    }

    /// Has every alias call the version that is written here, all of its traffic.
    pub(super) fn restore(&self) -> Result<()> {
        let mut failed = Vec::new();
        for (name, version) in &self.0 {
            let mut command = Command::new("aws");
            command.args(["lambda", "update-alias", "--name", LIVE, "--function-name", name]);
            command.args(["--function-version", version]);
            command.args([
                "--routing-config",
                "AdditionalVersionWeights={}",
                "--output",
                "json",
            ]);
            if shell::capture(&mut command, "see above").is_err() {
                failed.push(name.as_str());
            }
        }
        ensure!(failed.is_empty(), "these did not go back: {}", failed.join(", "));
        println!("   {} functions call the version before", self.0.len());
        Ok(())
    }
}

fn collect(module: &Value, found: &mut BTreeMap<String, String>) {
    for resource in module["resources"].as_array().into_iter().flatten() {
        let values = &resource["values"];
        let is_live = resource["type"] == "aws_lambda_alias" && values["name"] == LIVE;
        let names = values["function_name"]
            .as_str()
            .zip(values["function_version"].as_str());
        if let Some((name, version)) = names.filter(|_| is_live) {
            found.insert(name.to_owned(), version.to_owned());
        }
    }
    for child in module["child_modules"].as_array().into_iter().flatten() {
        collect(child, found);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn versions_are_read_from_the_state_and_compared() {
        let alias = |name: &str, version: &str| json!({ "type": "aws_lambda_alias", "values": { "name": "live", "function_name": name, "function_version": version } });
        let state = json!({ "values": { "root_module": { "child_modules": [
            { "resources": [alias("shop-dev-orders-get", "3"), { "type": "aws_iam_role", "values": {} }] },
            { "resources": [alias("shop-dev-orders-list", "7")] },
        ]}}});
        let before = Aliases::of_state(&state);
        assert_eq!(before.0.len(), 2);
        let newest = BTreeMap::from([
            ("shop-dev-orders-get".to_owned(), "4".to_owned()),
            ("shop-dev-orders-list".to_owned(), "7".to_owned()),
            ("shop-dev-orders-new".to_owned(), "1".to_owned()),
        ]);
        assert_eq!(before.moved(&newest), [("shop-dev-orders-get", "4")]);
        assert_eq!(Aliases::of_state(&json!({})), Aliases::default());
    }

    #[test]
    fn what_was_before_survives_in_its_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("before.json");
        assert!(Aliases::read(&path).is_err());
        let before = Aliases(BTreeMap::from([("a".to_owned(), "1".to_owned())]));
        before.write(&path).expect("written");
        assert_eq!(Aliases::read(&path).expect("read"), before);
    }
}
