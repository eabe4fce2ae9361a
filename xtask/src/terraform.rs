//! Terraform over `infra/`, in a folder of its own: state, lock file and plans never lie in the
//! checkout.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::shell;

/// Terraform with its folder, its environment and the arguments of every plan.
#[derive(Debug, Clone)]
pub(crate) struct Terraform {
    folder: PathBuf,
    environment: BTreeMap<String, OsString>,
    variables: Vec<OsString>,
}

/// What a plan would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Difference {
    /// Addresses by what happens to them: `create`, `update`, `replace`, `delete`.
    pub(crate) changes: BTreeMap<&'static str, Vec<String>>,
}

impl Terraform {
    /// Terraform in this folder.
    pub(crate) fn at(folder: impl Into<PathBuf>) -> Result<Self> {
        ensure!(
            shell::is_there("terraform", &["version"]),
            "terraform is not installed: see https://developer.hashicorp.com/terraform/install (1.11 or later)"
        );
        Ok(Self {
            folder: folder.into(),
            environment: BTreeMap::new(),
            variables: Vec::new(),
        })
    }

    /// One more variable of its environment.
    pub(crate) fn env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.environment.insert(name.to_owned(), value.into());
        self
    }

    /// Values from a file of variables.
    pub(crate) fn file(mut self, path: &Path) -> Self {
        self.variables.push("-var-file".into());
        self.variables.push(path.into());
        self
    }

    /// One more value.
    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push("-var".into());
        self.variables.push(format!("{name}={value}").into());
        self
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new("terraform");
        command
            .current_dir(&self.folder)
            .args(words)
            .envs(&self.environment)
            .env("TF_IN_AUTOMATION", "1")
            .env("CHECKPOINT_DISABLE", "1");
        command
    }

    pub(crate) fn init(&self, arguments: &[&str]) -> Result<()> {
        let mut command = self.command(&["init", "-input=false", "-no-color"]);
        command.args(arguments).stdout(Stdio::null());
        shell::run(&mut command, "see Terraform's words above")
    }

    /// Applies everything, quietly; Terraform's words are in `apply.log` of its folder.
    pub(crate) fn apply(&self) -> Result<()> {
        self.logged("apply.log", &["apply", "-auto-approve"])
    }

    /// Takes everything away.
    pub(crate) fn destroy(&self) -> Result<()> {
        self.logged("destroy.log", &["destroy", "-auto-approve"])
    }

    fn logged(&self, log: &str, words: &[&str]) -> Result<()> {
        let path = self.folder.join(log);
        let file = fs::File::create(&path).with_context(|| format!("`{}` cannot be made", path.display()))?;
        let mut command = self.command(words);
        command
            .args(["-input=false", "-no-color", "-compact-warnings"])
            .args(&self.variables)
            .stdout(file);
        shell::run(&mut command, &format!("see above, and `{}`", path.display()))
    }

    /// Only what is at this address, and what that needs.
    pub(crate) fn target(mut self, address: &str) -> Self {
        self.variables.push(format!("-target={address}").into());
        self
    }

    /// Plans into a file and says what would change.
    pub(crate) fn plan(&self, file: &str) -> Result<Difference> {
        Ok(Difference::of(&self.planned(file)?))
    }

    /// Plans into a file; the whole plan in JSON.
    pub(crate) fn planned(&self, file: &str) -> Result<Value> {
        let mut command = self.command(&[
            "plan",
            "-input=false",
            "-no-color",
            "-compact-warnings",
            "-out",
            file,
        ]);
        command.args(&self.variables).stdout(Stdio::null());
        shell::run(&mut command, "see Terraform's words above")?;
        let printed = shell::capture(
            &mut self.command(&["show", "-json", "-no-color", file]),
            "see Terraform's words above",
        )?;
        serde_json::from_slice(&printed).context("Terraform printed no JSON")
    }

    /// Does what was planned.
    pub(crate) fn apply_plan(&self, file: &str) -> Result<()> {
        let mut command = self.command(&["apply", "-input=false", "-no-color", "-compact-warnings", file]);
        command.stdout(Stdio::null());
        shell::run(&mut command, "see Terraform's words above")
    }

    /// The outputs' values by name.
    pub(crate) fn outputs(&self) -> Result<Value> {
        let printed = shell::capture(
            &mut self.command(&["output", "-json", "-no-color"]),
            "see Terraform's words above",
        )?;
        let outputs: Value = serde_json::from_slice(&printed).context("Terraform printed no JSON")?;
        let outputs = outputs.as_object().into_iter().flatten();
        Ok(outputs
            .map(|(name, output)| (name.clone(), output["value"].clone()))
            .collect())
    }

    /// An output that is a text.
    pub(crate) fn text(&self, name: &str) -> Result<String> {
        match &self.outputs()?[name] {
            Value::String(text) => Ok(text.clone()),
            _ => bail!("infra/ has no output `{name}` that is a text"),
        }
    }

    /// How many things it knows of.
    pub(crate) fn managed(&self) -> Result<usize> {
        let printed = shell::capture(
            &mut self.command(&["state", "list"]),
            "see Terraform's words above",
        )?;
        Ok(String::from_utf8_lossy(&printed).lines().count())
    }
}

impl Difference {
    /// What a plan in JSON would do.
    pub(crate) fn of(plan: &Value) -> Self {
        let mut changes: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
        for change in plan["resource_changes"].as_array().into_iter().flatten() {
            let actions = change["change"]["actions"].as_array();
            let actions: Vec<&str> = actions.into_iter().flatten().filter_map(Value::as_str).collect();
            let what = match actions.as_slice() {
                ["create"] => "create",
                ["update"] => "update",
                ["delete"] => "delete",
                [_, _] => "replace",
                _ => continue,
            };
            let address = change["address"].as_str().unwrap_or_default();
            changes.entry(what).or_default().push(address.to_owned());
        }
        Self { changes }
    }

    /// Without the updates of these types, such as `aws_sqs_queue`.
    pub(crate) fn without_updates_of(mut self, types: &[&str]) -> Self {
        if let Some(updates) = self.changes.get_mut("update") {
            updates.retain(|address| {
                let kind = kind(address);
                !types.iter().any(|wanted| kind.split('.').next() == Some(*wanted))
            });
        }
        self.changes.retain(|_, addresses| !addresses.is_empty());
        self
    }

    /// Whether nothing would change.
    pub(crate) fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// One screen: what is lost or replaced by name, the rest by kind. A zip that gives way to another
    /// is no loss.
    pub(crate) fn told(&self) -> String {
        if self.is_empty() {
            return "nothing changes\n".to_owned();
        }
        let mut lines = Vec::new();
        for (what, addresses) in &self.changes {
            lines.push(format!("{what}: {}", addresses.len()));
            let lost = matches!(*what, "delete" | "replace");
            let mut kinds: BTreeMap<String, Vec<&str>> = BTreeMap::new();
            for address in addresses {
                let kind = kind(address);
                if lost && !kind.starts_with("aws_s3_object.") {
                    lines.push(format!("  ! {address}"));
                } else {
                    kinds.entry(kind).or_default().push(address);
                }
            }
            for (kind, addresses) in kinds {
                lines.push(match addresses.as_slice() {
                    [one] => format!("    {one}"),
                    many => format!("    {kind} × {}", many.len()),
                });
            }
        }
        lines.join("\n") + "\n"
    }
}

/// `module.function["orders-get"].aws_lambda_function.this` is an `aws_lambda_function.this`.
fn kind(address: &str) -> String {
    let mut plain = String::new();
    let mut depth = 0_u32;
    for letter in address.chars() {
        match letter {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ if depth == 0 => plain.push(letter),
            _ => {}
        }
    }
    let words: Vec<&str> = plain.split('.').collect();
    let skip = words.len().saturating_sub(2);
    words[skip..].join(".")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_difference_names_what_is_lost_and_counts_the_rest() {
        let change =
            |address: &str, actions: &[&str]| json!({ "address": address, "change": { "actions": actions } });
        let plan = json!({ "resource_changes": [
            change("aws_s3_bucket.media[0]", &["no-op"]),
            change("module.function[\"orders-get\"].aws_lambda_function.this", &["update"]),
            change("module.function[\"orders-list\"].aws_lambda_function.this", &["update"]),
            change("module.function[\"orders-get\"].aws_s3_object.code", &["create", "delete"]),
            change("module.function[\"orders-list\"].aws_s3_object.code", &["create", "delete"]),
            change("module.table[\"carts\"].aws_dynamodb_table.this", &["delete", "create"]),
            change("aws_sqs_queue.old", &["delete"]),
        ]});
        let difference = Difference::of(&plan);
        assert_eq!(
            difference.told(),
            "delete: 1\n  ! aws_sqs_queue.old\n\
             replace: 3\n  ! module.table[\"carts\"].aws_dynamodb_table.this\n    aws_s3_object.code × 2\n\
             update: 2\n    aws_lambda_function.this × 2\n"
        );
        assert!(Difference::of(&json!({})).is_empty());
        let rest = difference.without_updates_of(&["aws_lambda_function", "aws_sqs_queue"]);
        assert_eq!(
            rest.changes.keys().copied().collect::<Vec<_>>(),
            ["delete", "replace"]
        );
    }
}
