//! `sam local` over the Terraform in `infra/`: what it needs, and whether it comes as far as its
//! container.
//!
//! | file | |
//! |---|---|
//! | [`plan`] | the plan from which the SAM CLI's Terraform hook takes functions and routes |
//! | [`hook`] | the hook, run over that plan |
//! | here | `samconfig.toml`: the CLI would ignore a key that it does not know, in silence |

pub(crate) mod hook;
pub(crate) mod plan;

use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};

use crate::{repository::Repository, shell};

/// What to say where it is not.
pub(crate) const MISSING: &str = "the SAM CLI is not on this machine: `python3 -m venv ~/.cache/cartwright-sam` and \
                                  `~/.cache/cartwright-sam/bin/pip install aws-sam-cli`";

/// Holds keys and values against the CLI's own parameters.
const PARAMETERS: &str = include_str!("parameters.py");

/// The SAM CLI.
#[derive(Debug)]
pub(crate) struct Cli {
    program: PathBuf,
    /// The Python that it runs in; its bundled form has none.
    python: Option<PathBuf>,
}

impl Cli {
    /// It pins versions of common packages, so it lives in an environment of its own.
    pub(crate) fn find() -> Option<Self> {
        let program = shell::own_tool("cartwright-sam", "sam")?;
        let text = fs::read(&program).unwrap_or_default();
        let python = interpreter(&text);
        Some(Self { program, python })
    }

    /// `sam local …`, from where samconfig.toml is, in nobody's account.
    fn local(&self, repository: &Repository, words: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("local").args(words).current_dir(repository.root());
        command
            .env("SAM_CLI_TELEMETRY", "0")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env_remove("AWS_PROFILE")
            .env_remove("AWS_ACCESS_KEY_ID");
        command
    }
}

/// The program behind `#!`.
fn interpreter(script: &[u8]) -> Option<PathBuf> {
    let line = script.strip_prefix(b"#!")?.split(|byte| *byte == b'\n').next()?;
    let path = PathBuf::from(String::from_utf8(line.to_vec()).ok()?.trim());
    path.is_file().then_some(path)
}

/// Fails on a key or value of `samconfig.toml` that the CLI would not take; skipped, and said so,
/// where there is none.
pub(crate) fn run(repository: &Repository) -> Result<()> {
    let commands = commands(&repository.read("samconfig.toml")?)?;
    let Some(cli) = Cli::find() else {
        println!("   skipped: {MISSING}");
        return Ok(());
    };
    let Some(python) = &cli.python else {
        println!(
            "   skipped: `{}` does not say which Python it runs in",
            cli.program.display()
        );
        return Ok(());
    };
    let mut command = Command::new(python);
    command.arg("-c").arg(PARAMETERS);
    let told = String::from_utf8(fed(&mut command, &serde_json::to_vec(&commands)?)?)?;
    ensure!(told.is_empty(), "samconfig.toml: {}", told.trim());
    println!("   {} commands, every key and value is taken", commands.len());
    Ok(())
}

/// What a program prints that is given this to read.
fn fed(command: &mut Command, input: &[u8]) -> Result<Vec<u8>> {
    let started = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut child = started.context("the SAM CLI's Python cannot be started")?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input)?;
    }
    let output = child.wait_with_output()?;
    ensure!(
        output.status.success(),
        "the SAM CLI's parameters cannot be read: see above"
    );
    Ok(output.stdout)
}

/// The file's commands, each with its values; `global` is for all.
fn commands(text: &str) -> Result<BTreeMap<String, toml::Table>> {
    let config: toml::Table = text.parse().context("samconfig.toml is no TOML")?;
    let default = config.get("default").and_then(toml::Value::as_table);
    let default = default.context("samconfig.toml has no [default…]")?;
    let mut commands = BTreeMap::new();
    for (name, command) in default {
        let parameters = command.get("parameters").and_then(toml::Value::as_table);
        let parameters = parameters.with_context(|| format!("`{name}` has no parameters"))?;
        commands.insert(name.clone(), parameters.clone());
    }
    let global = commands.remove("global").unwrap_or_default();
    for values in commands.values_mut() {
        let mut all = global.clone();
        all.extend(std::mem::take(values));
        *values = all;
    }
    Ok(commands)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_for_all_commands_is_said_for_each() {
        let commands = commands(include_str!("../../../samconfig.toml")).expect("a file");
        let names: Vec<&str> = commands.keys().map(String::as_str).collect();
        assert_eq!(names, ["local_invoke", "local_start_api", "local_start_lambda"]);
        for values in commands.values() {
            assert_eq!(values["hook_name"].as_str(), Some("terraform"));
            assert_eq!(values["terraform_plan_file"].as_str(), Some(plan::PLAN));
        }
    }

    #[test]
    fn a_command_says_more_than_all_do() {
        let text = "[default.global.parameters]\nregion = \"a\"\nport = 1\n[default.local_invoke.parameters]\nport = 2\n";
        let commands = commands(text).expect("a file");
        assert_eq!(commands["local_invoke"]["port"].as_integer(), Some(2));
        assert_eq!(commands["local_invoke"]["region"].as_str(), Some("a"));
    }

    #[test]
    fn a_key_or_value_that_the_cli_does_not_take_is_named() {
        let Some(python) = Cli::find().and_then(|cli| cli.python) else {
            println!("skipped: {MISSING}");
            return;
        };
        let mistakes = r#"{ "local_invoke": { "hok_name": "terraform" }, "local_start_api": { "warm_containers": "LAZILY" } }"#;
        let told = fed(
            Command::new(python).arg("-c").arg(PARAMETERS),
            mistakes.as_bytes(),
        )
        .expect("an answer");
        let told = String::from_utf8(told).expect("text");
        let lines: Vec<&str> = told.lines().collect();
        assert_eq!(lines.len(), 2, "{told}");
        assert!(lines[0].contains("`hok_name`"), "{told}");
        assert!(lines[1].contains("LAZILY"), "{told}");
    }

    #[test]
    fn a_script_names_its_interpreter() {
        assert_eq!(interpreter(b"#!/bin/sh\necho"), Some(PathBuf::from("/bin/sh")));
        assert_eq!(interpreter(b"\x7fELF"), None);
    }
}
