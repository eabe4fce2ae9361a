//! `package`: what is deployed. One zip per function with a `bootstrap` for `provided.al2023` on
//! arm64, and a list of content hashes, so that only what changed is published.

use std::fs;

use anyhow::{Context, Result, bail, ensure};
use sha2::{Digest, Sha256};

use crate::{repository::Repository, shell};

/// Where the zips and the list go.
const FOLDER: &str = "target/lambda";

/// Builds these functions, or all, and lists their hashes.
pub(crate) fn run(repository: &Repository, functions: &[String]) -> Result<()> {
    let manifest = repository.manifest()?;
    if let Some(unknown) = functions
        .iter()
        .find(|name| !manifest.functions.contains_key(*name))
    {
        bail!("the manifest has no function `{unknown}`");
    }
    ensure!(
        shell::is_there("cargo", &["lambda", "--version"]),
        "cargo-lambda is not installed: `pip install cargo-lambda`, or see https://www.cargo-lambda.info"
    );
    let names: Vec<&String> = match functions {
        [] => manifest.functions.keys().collect(),
        some => some.iter().collect(),
    };
    let mut command = shell::cargo(repository.root());
    command.args([
        "lambda",
        "build",
        "--profile",
        "lambda",
        "--arm64",
        "--output-format",
        "zip",
    ]);
    for name in &names {
        command.args(["--package", name]);
    }
    println!(
        "building {} functions; fat LTO takes minutes for each",
        names.len()
    );
    shell::run(&mut command, "see the words of cargo-lambda above")?;

    let mut list = Vec::new();
    for name in names {
        let path = format!("{FOLDER}/{name}/bootstrap.zip");
        let bytes = fs::read(repository.path(&path)).with_context(|| format!("`{path}` was not made"))?;
        list.push(format!("{}  {name}  {} KiB\n", hash(&bytes), bytes.len() / 1024));
    }
    let list = list.concat();
    repository.write(&format!("{FOLDER}/hashes.txt"), &list)?;
    print!("{list}");
    Ok(())
}

/// SHA-256 in hex.
fn hash(bytes: &[u8]) -> String {
    let bytes: Vec<String> = Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    bytes.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_sha_256_in_hex() {
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hash(b"abc"), expected);
    }
}
