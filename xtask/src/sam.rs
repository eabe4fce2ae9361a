//! `samconfig.toml`: a key that the SAM CLI does not know would be ignored in silence, so each is
//! looked for among the options that its command prints.

use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::{repository::Repository, shell};

/// Fails on a key that is no option; skipped, and said so, where there is no SAM CLI.
pub(crate) fn run(repository: &Repository) -> Result<()> {
    let commands = commands(&repository.read("samconfig.toml")?)?;
    if !shell::is_there("sam", &["--version"]) {
        println!("   skipped: the SAM CLI is not installed (`pip install aws-sam-cli`)");
        return Ok(());
    }
    for (words, keys) in &commands {
        let mut command = Command::new("sam");
        command.args(words).arg("--help").env("SAM_CLI_TELEMETRY", "0");
        let help = String::from_utf8(shell::capture(&mut command, "see above")?)?;
        let unknown = unknown(keys, &help);
        ensure!(
            unknown.is_empty(),
            "samconfig.toml: `sam {}` knows no {}",
            words.join(" "),
            unknown.join(", ")
        );
    }
    println!("   {} commands, every key is an option", commands.len());
    Ok(())
}

/// Each command of the file in words, with its keys. `global` is for all.
fn commands(text: &str) -> Result<Vec<(Vec<String>, Vec<String>)>> {
    let config: toml::Table = text.parse().context("samconfig.toml is no TOML")?;
    let default = config.get("default").and_then(toml::Value::as_table);
    let default = default.context("samconfig.toml has no [default…]")?;
    let mut commands = Vec::new();
    for (name, command) in default {
        let parameters = command.get("parameters").and_then(toml::Value::as_table);
        let parameters = parameters.with_context(|| format!("`{name}` has no parameters"))?;
        if name == "global" {
            continue;
        }
        // `local_start_api` is `sam local start-api`.
        let words = match name.split_once('_') {
            Some(("local", rest)) => vec!["local".to_owned(), rest.replace('_', "-")],
            _ => vec![name.replace('_', "-")],
        };
        commands.push((words, parameters.keys().cloned().collect()));
    }
    Ok(commands)
}

fn unknown<'a>(keys: &'a [String], help: &str) -> Vec<&'a str> {
    let known = |key: &String| {
        let option = format!("--{}", key.replace('_', "-"));
        help.match_indices(&option).any(|(at, _)| {
            let next = help[at + option.len()..].chars().next();
            next.is_none_or(|next| next != '-' && !next.is_alphanumeric())
        })
    };
    keys.iter()
        .filter(|key| !known(key))
        .map(String::as_str)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_and_keys_are_read_from_the_file() {
        let commands = commands(include_str!("../../samconfig.toml")).expect("a file");
        let invoke = commands.iter().find(|(words, _)| words == &["local", "invoke"]);
        assert!(invoke.is_some_and(|(_, keys)| keys.iter().any(|key| key == "hook_name")));
        assert!(commands.iter().any(|(words, _)| words == &["local", "start-api"]));
    }

    #[test]
    fn a_key_that_is_no_option_is_found() {
        let help = "  --hook-name TEXT  …\n  --warm-containers [EAGER|LAZY]\n";
        let keys = [
            "hook_name".to_owned(),
            "warm_container".to_owned(),
            "port".to_owned(),
        ];
        assert_eq!(unknown(&keys, help), ["warm_container", "port"]);
    }
}
