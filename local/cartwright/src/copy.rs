//! Everything out into files, and in again: copies for keeping, and the rehearsal of a restore.
//!
//! | file | holds |
//! |---|---|
//! | `copy.json` | when, and of each table the number of rows and a hash |
//! | `tables/<table>.jsonl` | one row a line, as DynamoDB writes it, sorted |
//! | `book.json` | keys and secrets; only of a folder, on AWS they stay in Secrets Manager |
//!
//! A copy is taken of a shop at rest: what is on its way in a queue is in no table. Rows that come in
//! again are not told to anybody: the streams are read up to their end before the shop opens.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, anyhow, ensure};
use embedded_aws::Dynamo;
use manifest::{Manifest, Physical, Trigger};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{data::Data, moment, provision, random, remote::Remote, sources, stack};

const SCAN: &str = "DynamoDB_20120810.Scan";
const WRITE: &str = "DynamoDB_20120810.BatchWriteItem";
/// Rows of one write: DynamoDB takes no more.
const BATCH: usize = 25;

/// What a copy says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// When it was taken.
    pub taken_at: String,
    /// By table.
    pub tables: BTreeMap<String, Content>,
}

/// One table of a copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// Rows.
    pub rows: usize,
    /// SHA-256 of the file.
    pub sha256: String,
}

/// Copies the folder of a stopped stack.
pub fn export(data: &Path, manifest: &Path, to: &Path) -> anyhow::Result<Label> {
    let exists = data.join("dynamo.sqlite").is_file();
    ensure!(exists, "there is no shop in `{}`", data.display());
    let manifest = read(manifest)?;
    let kept = Data::open(Some(data), [])?;
    let physical = physical();
    let (dynamo, sqs) = kept.engines(&physical.shop_url)?;
    let rests = sources::at_rest(&manifest, &physical, (&dynamo, &sqs), |function| {
        kept.checkpoint(function)
    })?;
    ensure!(
        rests,
        "work is under way in `{}`, and what is on its way would be in no copy: start the stack, wait for \
         `/_cartwright/quiet`, stop it",
        data.display()
    );
    let mut copy = Copy::begin(to)?;
    for table in manifest.tables.keys() {
        copy.table(table, scan(&dynamo, &physical, table)?)?;
    }
    fs::copy(data.join("book.json"), to.join("book.json")).context("`book.json` could not be copied")?;
    copy.finish()
}

/// Copies the tables of a shop on AWS. Secrets stay where they are.
pub async fn export_remote(remote: &Remote, to: &Path) -> anyhow::Result<Label> {
    let mut copy = Copy::begin(to)?;
    for table in remote.tables() {
        let items = remote
            .items(&table)
            .await
            .with_context(|| format!("table `{table}`"))?;
        copy.table(&table, items)?;
    }
    copy.finish()
}

/// Makes a shop of a copy, in a folder that has none.
pub fn import(from: &Path, manifest: &Path, data: &Path) -> anyhow::Result<Label> {
    let exists = data.join("dynamo.sqlite").exists();
    ensure!(
        !exists,
        "there is a shop in `{}` already; take another folder",
        data.display()
    );
    let label = fs::read(from.join("copy.json"))
        .with_context(|| format!("there is no copy in `{}`", from.display()))?;
    let label: Label = serde_json::from_slice(&label).context("`copy.json` is damaged")?;
    let manifest = read(manifest)?;
    let mut tables = BTreeMap::new();
    for (table, content) in &label.tables {
        ensure!(
            manifest.tables.contains_key(table),
            "the manifest has no table `{table}`"
        );
        tables.insert(table, checked(from, table, content)?);
    }
    fs::create_dir_all(data)?;
    let book = from.join("book.json");
    if book.exists() {
        fs::copy(&book, data.join("book.json")).context("`book.json` could not be copied")?;
    }
    let kept = Data::open(Some(data), [])?;
    let physical = physical();
    let (dynamo, _) = kept.engines(&physical.shop_url)?;
    provision::tables(&dynamo, &manifest, &physical)?;
    for (table, rows) in tables {
        for rows in rows.chunks(BATCH) {
            write(&dynamo, &physical.name(table), rows).with_context(|| format!("table `{table}`"))?;
        }
    }
    for function in manifest.functions.values() {
        if let Trigger::Stream(trigger) = &function.trigger {
            pass(&dynamo, &physical.name(&trigger.table), |end| {
                kept.keep_checkpoint(&function.name, end)
            })?;
        }
    }
    Ok(label)
}

/// A copy in the making.
struct Copy {
    folder: PathBuf,
    label: Label,
}

impl Copy {
    fn begin(folder: &Path) -> anyhow::Result<Self> {
        ensure!(
            !folder.join("copy.json").exists(),
            "there is a copy in `{}` already",
            folder.display()
        );
        fs::create_dir_all(folder.join("tables"))
            .with_context(|| format!("`{}` could not be made", folder.display()))?;
        Ok(Self {
            folder: folder.to_owned(),
            label: Label {
                taken_at: moment::now_text(),
                tables: BTreeMap::new(),
            },
        })
    }

    fn table(&mut self, table: &str, rows: Vec<Value>) -> anyhow::Result<()> {
        let count = rows.len();
        let mut lines: Vec<String> = rows
            .into_iter()
            .map(|row| sorted(row).to_string() + "\n")
            .collect();
        lines.sort();
        let text = lines.concat();
        private(&file(&self.folder, table), &text)?;
        let content = Content {
            rows: count,
            sha256: random::sha256_hex(&text),
        };
        self.label.tables.insert(table.to_owned(), content);
        Ok(())
    }

    /// The label comes last: a copy without it is none.
    fn finish(self) -> anyhow::Result<Label> {
        private(
            &self.folder.join("copy.json"),
            &serde_json::to_string_pretty(&self.label)?,
        )?;
        Ok(self.label)
    }
}

fn file(folder: &Path, table: &str) -> PathBuf {
    folder.join("tables").join(format!("{table}.jsonl"))
}

/// Persons are in it: for its owner only.
fn private(path: &Path, text: &str) -> anyhow::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let write = || -> std::io::Result<()> {
        let mut options = fs::OpenOptions::new();
        let mut file = options
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(path)?;
        file.write_all(text.as_bytes())
    };
    write().with_context(|| format!("`{}` could not be written", path.display()))
}

/// The same row is the same line, whoever wrote it.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members: BTreeMap<String, Value> = members
                .into_iter()
                .map(|(name, value)| (name, sorted(value)))
                .collect();
            json!(members)
        }
        Value::Array(values) => values.into_iter().map(sorted).collect(),
        other => other,
    }
}

fn checked(from: &Path, table: &str, content: &Content) -> anyhow::Result<Vec<Value>> {
    let path = file(from, table);
    let text =
        fs::read_to_string(&path).with_context(|| format!("`{}` could not be read", path.display()))?;
    ensure!(
        random::sha256_hex(&text) == content.sha256,
        "`{}` is not what was written: its hash differs",
        path.display()
    );
    let rows = text
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<Vec<Value>, _>>();
    rows.with_context(|| format!("`{}` is damaged", path.display()))
}

fn read(manifest: &Path) -> anyhow::Result<Manifest> {
    Manifest::read(manifest).map_err(|error| anyhow!("the manifest is wrong\n{error}"))
}

fn physical() -> Physical {
    stack::physical("http://127.0.0.1", None, BTreeMap::new())
}

fn scan(dynamo: &Dynamo, physical: &Physical, table: &str) -> anyhow::Result<Vec<Value>> {
    let mut rows = Vec::new();
    let mut ask = json!({ "TableName": physical.name(table), "ConsistentRead": true });
    loop {
        let mut page = call(dynamo, SCAN, &ask).with_context(|| format!("table `{table}`"))?;
        if let Value::Array(items) = page["Items"].take() {
            rows.extend(items);
        }
        match page.get("LastEvaluatedKey") {
            Some(last) => ask["ExclusiveStartKey"] = last.clone(),
            None => return Ok(rows),
        }
    }
}

fn write(dynamo: &Dynamo, table: &str, rows: &[Value]) -> anyhow::Result<()> {
    let puts: Vec<Value> = rows
        .iter()
        .map(|row| json!({ "PutRequest": { "Item": row } }))
        .collect();
    let answer = call(dynamo, WRITE, &json!({ "RequestItems": { table: puts } }))?;
    let left = answer["UnprocessedItems"]
        .as_object()
        .is_some_and(|left| !left.is_empty());
    ensure!(!left, "not every row was taken");
    Ok(())
}

fn call(dynamo: &Dynamo, target: &str, ask: &Value) -> anyhow::Result<Value> {
    let answer = dynamo.handle(target, ask.to_string().as_bytes());
    let told = String::from_utf8_lossy(&answer.body);
    ensure!(answer.status == 200, "{target} was refused: {told}");
    Ok(serde_json::from_slice(&answer.body)?)
}

/// Reads a stream to its end without telling anybody.
fn pass(dynamo: &Dynamo, table: &str, keep: impl FnOnce(&str) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let mut checkpoint = None;
    loop {
        let batch = dynamo.records_after(table, checkpoint.as_deref(), 1_000)?;
        if batch.records.is_empty() {
            break;
        }
        checkpoint = batch.checkpoint;
    }
    match checkpoint {
        Some(end) => keep(&end),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
