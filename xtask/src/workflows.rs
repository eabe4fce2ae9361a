//! `.github/workflows`: what runs with the shop's own rights, and is seen to fail only after a push.
//!
//! | by | says no to |
//! |---|---|
//! | ourselves | an action that is not pinned by the digest of its commit, with its version behind it; a `cargo xtask …` that this program would not take |
//! | check-jsonschema | what GitHub's schema does not know |
//! | zizmor | rights too wide, credentials that stay, expressions in scripts, what else is in its list |
//!
//! The last two are Python packages; where one is missing, this is said and counts as skipped.

use std::process::Command;

use anyhow::{Result, ensure};

use crate::{repository::Repository, shell};

const FOLDER: &str = ".github/workflows";
/// Where `.ci/run` puts both.
const ENVIRONMENT: &str = "cartwright-workflows";
/// Program and arguments.
const LINTERS: [(&str, &[&str]); 2] = [
    (
        "check-jsonschema",
        &["--quiet", "--builtin-schema", "vendor.github-workflows"],
    ),
    (
        "zizmor",
        &["--offline", "--persona=pedantic", "--no-progress", "--quiet"],
    ),
];

/// Fails when a workflow is wrong; `takes` says whether this program knows a command.
pub(crate) fn run(repository: &Repository, takes: impl Fn(&[&str]) -> Result<(), String>) -> Result<()> {
    let files = repository.files(FOLDER, ".yml")?;
    ensure!(!files.is_empty(), "{FOLDER} has no workflows");
    let mut complaints = Vec::new();
    for file in &files {
        let text = repository.read(file)?;
        complaints.extend(unpinned(&text).map(|line| format!("{file}: not pinned by a digest: {line}")));
        for words in commands(&text) {
            if let Err(reason) = takes(&words) {
                complaints.push(format!("{file}: `cargo xtask {}`: {reason}", words.join(" ")));
            }
        }
    }
    ensure!(complaints.is_empty(), "{}", complaints.join("\n"));
    for (program, arguments) in LINTERS {
        let Some(path) = shell::own_tool(ENVIRONMENT, program) else {
            println!(
                "   skipped: {program} is not on this machine: `python3 -m venv ~/.cache/{ENVIRONMENT}` and \
                 `~/.cache/{ENVIRONMENT}/bin/pip install {program}`"
            );
            continue;
        };
        let mut command = Command::new(path);
        command
            .current_dir(repository.root())
            .args(arguments)
            .args(&files);
        shell::run(
            &mut command,
            "see above; what is right as it is stands in .github/zizmor.yml",
        )?;
    }
    println!("   {} workflows", files.len());
    Ok(())
}

/// Lines that use an action of somebody else without saying which commit of it.
fn unpinned(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines().map(|line| line.trim().trim_start_matches("- "));
    lines.filter(|line| {
        line.strip_prefix("uses: ")
            .is_some_and(|action| !action.starts_with("./") && !is_pinned(action))
    })
}

/// `actions/checkout@<40 digits> # v7.0.1`.
fn is_pinned(action: &str) -> bool {
    let Some((reference, version)) = action.split_once(" # v") else {
        return false;
    };
    let digest = reference.split_once('@').map_or("", |(_, digest)| digest);
    digest.len() == 40
        && digest
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() && !byte.is_ascii_uppercase())
        && version.starts_with(|first: char| first.is_ascii_digit())
}

/// What follows each `cargo xtask`, as far as one command goes.
fn commands(text: &str) -> impl Iterator<Item = Vec<&str>> {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    let commands = lines.flat_map(|line| line.split("cargo xtask ").skip(1));
    commands.map(|rest| {
        let end = rest.find(['|', ';', '&', '>', ')']).unwrap_or(rest.len());
        let words = rest[..end].split_whitespace();
        words.map(|word| word.trim_matches(['"', '\''])).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_pinned_by_the_digest_of_its_commit() {
        let digest = "3d3c42e5aac5ba805825da76410c181273ba90b1";
        let pinned = format!(
            "      - uses: actions/checkout@{digest} # v7.0.1\n    uses: ./.github/workflows/a.yml\n"
        );
        assert_eq!(unpinned(&pinned).count(), 0);
        for wrong in [
            "@v7 # v7",
            "@3d3c42e # v7.0.1",
            &format!("@{digest}"),
            &format!("@{digest} # main"),
            "",
        ] {
            let text = format!("- uses: actions/checkout{wrong}");
            assert_eq!(unpinned(&text).count(), 1, "{text}");
        }
    }

    #[test]
    fn each_command_of_a_script_is_found() {
        let text = "# cargo xtask never\n- run: cargo xtask deploy --env \"$SHOP_ENV\" --yes | tee x\n- run: cargo xtask test\n";
        let found: Vec<Vec<&str>> = commands(text).collect();
        assert_eq!(
            found,
            [vec!["deploy", "--env", "$SHOP_ENV", "--yes"], vec!["test"]]
        );
    }

    #[test]
    fn the_workflows_are_pinned_and_call_what_there_is() {
        let repository = Repository::at(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
        let files = repository.files(FOLDER, ".yml").expect("a folder");
        let mut called = 0;
        for file in &files {
            let text = repository.read(file).expect("a file");
            assert_eq!(unpinned(&text).collect::<Vec<_>>(), Vec::<&str>::new(), "{file}");
            for words in commands(&text) {
                assert_eq!(crate::takes(&words), Ok(()), "{file}");
                called += 1;
            }
        }
        assert!(called >= 3, "{called} commands in {} workflows", files.len());
        assert!(crate::takes(&["deploy", "--env", "dev", "--no-such-flag"]).is_err());
        assert!(crate::takes(&["depoly"]).is_err());
    }
}
