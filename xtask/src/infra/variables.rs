//! Terraform only warns of a variable that nobody declared; a misspelt protection would be off and
//! nobody the wiser. Here it is refused.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{Context, Result};

/// What the files of `environments` set and `variables.tf` does not declare.
pub(crate) fn strangers(infra: &Path) -> Result<Vec<String>> {
    let read = |path: &Path| {
        fs::read_to_string(path).with_context(|| format!("`{}` cannot be read", path.display()))
    };
    let text = read(&infra.join("variables.tf"))?;
    let declared: BTreeSet<&str> = text.lines().filter_map(declared).collect();
    let mut strangers = Vec::new();
    let mut files: Vec<_> = fs::read_dir(infra.join("environments"))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "tfvars"))
        .collect();
    files.sort();
    for path in files {
        let file = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let text = read(&path)?;
        let unknown = text
            .lines()
            .filter_map(set)
            .filter(|name| !declared.contains(name));
        strangers.extend(unknown.map(|name| {
            format!("infra/environments/{file} sets `{name}`, which infra/variables.tf does not declare")
        }));
    }
    Ok(strangers)
}

/// `variable "env" {`
fn declared(line: &str) -> Option<&str> {
    line.strip_prefix("variable \"")?.split('"').next()
}

/// `env = "prod"` at the beginning of a line.
fn set(line: &str) -> Option<&str> {
    let (name, _) = line.split_once('=')?;
    let name = name.trim_end();
    let plain = !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    plain.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_from_both_kinds_of_lines() {
        assert_eq!(declared("variable \"env\" {"), Some("env"));
        assert_eq!(set("waf_enabled             = true"), Some("waf_enabled"));
        assert_eq!(set("# mail_from = later"), None);
        assert_eq!(set("  nested = 1"), None);
    }
}
