//! The auditor: fetches a shop's rows, from a running stack or from the folder of a stopped one, and
//! has the crate `audit` compare them.

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context, anyhow, ensure};
use audit::{Moment, Report};
use axum::http::Method;
use bytes::Bytes;
use embedded_aws::Dynamo;
use manifest::{Manifest, Physical};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{client, data::Data, sources, stack};

pub(crate) const TABLES: [&str; 7] = [
    "inventory",
    "orders",
    "carts",
    "payments",
    "sandbox",
    // Links before entries: whatever is bound was there before.
    "trail-chain",
    "trail",
];
const SCAN: &str = "DynamoDB_20120810.Scan";
/// How long a shop may take to come to rest: longer than the longest backoff of a message.
const QUIET_S: u64 = 120;

#[derive(Deserialize)]
struct Session {
    operator_key: String,
}

/// Audits a running stack, as its operator. At rest means after waiting until nothing is under way;
/// that this does not come about is an error.
pub async fn running(url: &str, moment: Moment) -> anyhow::Result<Report> {
    if moment == Moment::AtRest {
        let path = format!("{url}/_cartwright/quiet?timeout_s={QUIET_S}");
        let quiet: anyhow::Result<Value> = client::send(Method::GET, &path, &[], Bytes::new()).await?.json();
        quiet.context("the shop does not come to rest")?;
    }
    let path = format!("{url}/_cartwright/session");
    let session: Session = client::send(Method::GET, &path, &[], Bytes::new())
        .await?
        .json()?;
    // The stack looks at the access key only: any signature will do.
    let key = session.operator_key;
    let credential = format!(
        "AWS4-HMAC-SHA256 Credential={key}/20260131/local/dynamodb/aws4_request, SignedHeaders=host, Signature=0"
    );
    let headers = [("x-amz-target", SCAN), ("authorization", credential.as_str())];
    let mut tables = BTreeMap::new();
    for table in TABLES {
        let mut pages = Pages::of(&stack::physical(url, None, BTreeMap::new()), table);
        while let Some(ask) = pages.next_ask() {
            let answer = client::send(Method::POST, url, &headers, ask.into()).await?;
            pages.take(&answer.json().with_context(|| format!("table `{table}`"))?);
        }
        tables.insert(table.to_owned(), pages.rows);
    }
    Ok(audit::audit(&tables, moment)?)
}

/// Audits the folder of a stopped stack. A shop that was stopped with work under way cannot come to
/// rest: it is audited as a busy one, and the moment says so.
pub fn stopped(folder: &Path, manifest: &Path, moment: Moment) -> anyhow::Result<(Moment, Report)> {
    let exists = folder.join("dynamo.sqlite").is_file();
    ensure!(exists, "there is no shop in `{}`", folder.display());
    let manifest = Manifest::read(manifest).map_err(|error| anyhow!("the manifest is wrong\n{error}"))?;
    let data = Data::open(Some(folder), [])?;
    let physical = stack::physical("http://127.0.0.1", None, BTreeMap::new());
    let (dynamo, sqs) = data.engines(&physical.shop_url)?;
    let rests = sources::at_rest(&manifest, &physical, (&dynamo, &sqs), |function| {
        data.checkpoint(function)
    })?;
    let moment = if rests { moment } else { Moment::Busy };
    let mut tables = BTreeMap::new();
    for table in TABLES {
        tables.insert(table.to_owned(), scan(&dynamo, &physical, table)?);
    }
    Ok((moment, audit::audit(&tables, moment)?))
}

fn scan(dynamo: &Dynamo, physical: &Physical, table: &str) -> anyhow::Result<Vec<Value>> {
    let mut pages = Pages::of(physical, table);
    while let Some(ask) = pages.next_ask() {
        let answer = dynamo.handle(SCAN, ask.as_bytes());
        let told = String::from_utf8_lossy(&answer.body);
        ensure!(answer.status == 200, "table `{table}` could not be read: {told}");
        pages.take(&serde_json::from_slice(&answer.body)?);
    }
    Ok(pages.rows)
}

/// The pages of a table: what to ask next, and the rows so far.
struct Pages {
    ask: Option<Value>,
    rows: Vec<Value>,
}

impl Pages {
    fn of(physical: &Physical, table: &str) -> Self {
        Self {
            ask: Some(json!({ "TableName": physical.name(table), "ConsistentRead": true })),
            rows: Vec::new(),
        }
    }

    /// The next request; none after the last page.
    fn next_ask(&self) -> Option<String> {
        self.ask.as_ref().map(Value::to_string)
    }

    fn take(&mut self, page: &Value) {
        let items = page["Items"].as_array().into_iter().flatten();
        self.rows.extend(items.map(audit::plain_item));
        self.ask = page.get("LastEvaluatedKey").and_then(|last| {
            let mut ask = self.ask.take()?;
            ask["ExclusiveStartKey"] = last.clone();
            Some(ask)
        });
    }
}
