//! A small shop: the same Terraform over a manifest of a few functions, so that a deployment takes
//! half a minute. What the smoke test asks is among them.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{Context, Result};
use serde_json::{Map, Value};

use crate::{files, repository::Repository};

/// The functions that stay.
pub(super) const FUNCTIONS: [&str; 6] = [
    "api-answer-unknown",
    "api-get-openapi",
    "catalog-get-product",
    "catalog-list-products",
    "orders-list",
    "pricing-list-regions",
];

/// What no deployment is about. The emulator does not tell all of an alarm or a mail identity again, so
/// a second plan would want to set it once more.
const OFF: &str =
    "\nalarms_enabled = false\nmail_enabled = false\ndashboard_enabled = false\nmedia_enabled = false\n";
const VALUES: &str = "infra/environments/local.tfvars";

/// Makes a checkout that has nothing but `infra/`, and of the manifest only these functions and what
/// they reach.
pub(super) fn shop(repository: &Repository, checkout: &Path) -> Result<()> {
    if checkout.exists() {
        fs::remove_dir_all(checkout)
            .with_context(|| format!("`{}` cannot be removed", checkout.display()))?;
    }
    let infra = checkout.join("infra");
    files::copy(&repository.path("infra"), &infra)?;
    let manifest = infra.join("manifest");
    for name in repository.list("infra/manifest")? {
        let text = repository.read(&format!("infra/manifest/{name}"))?;
        let document = serde_saphyr::from_str(&text).with_context(|| format!("infra/manifest/{name}"))?;
        let path = manifest.join(&name);
        match reduced(document, &reached(repository)?) {
            // JSON is YAML too.
            Some(document) => fs::write(&path, document.to_string())?,
            None => fs::remove_file(&path)?,
        }
    }
    let values = repository.read(VALUES)? + OFF;
    fs::write(checkout.join(VALUES), values)?;
    Ok(())
}

/// What the functions' rights name.
fn reached(repository: &Repository) -> Result<BTreeSet<String>> {
    let manifest = repository.manifest()?;
    let functions = FUNCTIONS.iter().filter_map(|name| manifest.functions.get(*name));
    Ok(functions
        .flat_map(|function| function.access.keys().cloned())
        .collect())
}

/// One document with only these functions and tables, and without streams, which nobody would read;
/// none when nothing is left.
fn reduced(document: Value, reached: &BTreeSet<String>) -> Option<Value> {
    let Value::Object(mut document) = document else {
        return None;
    };
    document.remove("queues");
    keep(&mut document, "functions", |name| FUNCTIONS.contains(&name));
    keep(&mut document, "tables", |name| reached.contains(name));
    let tables = document.get_mut("tables").and_then(Value::as_object_mut);
    for table in tables.into_iter().flat_map(Map::values_mut) {
        if let Some(table) = table.as_object_mut() {
            table.remove("stream");
        }
    }
    (!document.is_empty()).then_some(Value::Object(document))
}

fn keep(document: &mut Map<String, Value>, part: &str, wanted: impl Fn(&str) -> bool) {
    if let Some(entries) = document.get_mut(part).and_then(Value::as_object_mut) {
        entries.retain(|name, _| wanted(name));
        if entries.is_empty() {
            document.remove(part);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_small_shop_is_a_shop() {
        let repository = Repository::find().expect("the checkout");
        let folder = tempfile::tempdir().expect("a folder");
        shop(&repository, folder.path()).expect("made");
        let small = Repository::at(folder.path()).manifest().expect("a manifest");
        let names: Vec<&str> = small.functions.keys().map(String::as_str).collect();
        assert_eq!(names, FUNCTIONS);
        assert!(small.queues.is_empty() && small.tables.contains_key("catalog"));
    }
}
