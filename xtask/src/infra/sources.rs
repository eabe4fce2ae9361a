//! Which file of `infra/` a planned resource is written in, so that a complaint can name it.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result};

/// Files by the resource's module, kind and name.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    files: BTreeMap<(String, String, String), String>,
}

impl Sources {
    /// Reads the root's files and those of each module.
    pub(crate) fn read(infra: &Path) -> Result<Self> {
        let mut sources = Self::default();
        sources.folder(infra, "", "infra")?;
        for entry in fs::read_dir(infra.join("modules")).context("infra/modules cannot be read")? {
            let path = entry?.path();
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            sources.folder(&path, &name, &format!("infra/modules/{name}"))?;
        }
        Ok(sources)
    }

    fn folder(&mut self, folder: &Path, module: &str, shown: &str) -> Result<()> {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let source = path.is_file() && path.extension().is_some_and(|extension| extension == "tf");
            if !source || name.ends_with("_override.tf") {
                continue;
            }
            for line in fs::read_to_string(&path)?.lines() {
                if let Some((kind, resource)) = declared(line) {
                    let key = (module.to_owned(), kind.to_owned(), resource.to_owned());
                    self.files.insert(key, format!("{shown}/{name}"));
                }
            }
        }
        Ok(())
    }

    /// The file behind `module.queue["orders"].module.parked.aws_sqs_queue.this`; a module is called
    /// as its folder is.
    pub(crate) fn of(&self, address: &str) -> &str {
        let (module, kind, name) = parts(address);
        let key = (module.to_owned(), kind.to_owned(), name.to_owned());
        self.files.get(&key).map_or("infra", String::as_str)
    }
}

/// Kind and name of the resource that begins on this line.
fn declared(line: &str) -> Option<(&str, &str)> {
    let mut words = line.strip_prefix("resource ")?.split('"');
    let kind = words.nth(1)?;
    let name = words.nth(1)?;
    Some((kind, name))
}

/// Module, kind and name in an address.
fn parts(address: &str) -> (&str, &str, &str) {
    let outside = address
        .rsplit_once("module.")
        .map_or(("", address), |(_, inner)| {
            let name = inner.split(['.', '[']).next().unwrap_or_default();
            let rest = match inner.strip_prefix(name).unwrap_or_default().split_once("].") {
                Some((key, rest)) if key.starts_with('[') => rest,
                _ => inner.split_once('.').map_or("", |(_, rest)| rest),
            };
            (name, rest)
        });
    let (module, resource) = outside;
    let mut words = resource.split(['.', '[']);
    (
        module,
        words.next().unwrap_or_default(),
        words.next().unwrap_or_default(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_apart() {
        let nested = "module.queue[\"a-b\"].module.parked.aws_sqs_queue.this";
        assert_eq!(parts(nested), ("parked", "aws_sqs_queue", "this"));
        assert_eq!(
            parts("module.table[\"a.b\"].aws_dynamodb_table.this"),
            ("table", "aws_dynamodb_table", "this")
        );
        assert_eq!(parts("aws_kms_key.this[0]"), ("", "aws_kms_key", "this"));
    }

    #[test]
    fn a_resource_begins_with_its_kind_and_name() {
        assert_eq!(
            declared("resource \"aws_kms_key\" \"this\" {"),
            Some(("aws_kms_key", "this"))
        );
        assert_eq!(declared("  kms_key_arn = 1"), None);
    }
}
