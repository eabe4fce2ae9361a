//! Whole tables, for the audit and for copies.

use std::collections::BTreeMap;

use anyhow::Context;
use audit::{Moment, Report};
use serde_json::Value;

use super::{Remote, aws, of_each};
use crate::auditor;

impl Remote {
    /// Every row of a table, as DynamoDB writes them. It reads the whole table, and that is paid for.
    pub async fn items(&self, table: &str) -> anyhow::Result<Vec<Value>> {
        let name = self.name(table);
        let mut found = aws(&["dynamodb", "scan", "--table-name", &name, "--consistent-read"]).await?;
        match found["Items"].take() {
            Value::Array(items) => Ok(items),
            _ => Ok(Vec::new()),
        }
    }

    /// The tables of the manifest.
    pub fn tables(&self) -> Vec<String> {
        self.manifest.tables.keys().cloned().collect()
    }

    /// Compares the shop's rows with each other. While a message waits or is under way, only what holds
    /// at every moment can be checked, and the moment says so.
    pub async fn audit(&self, wanted: Moment) -> anyhow::Result<(Moment, Report)> {
        let rests = wanted == Moment::AtRest && self.waiting().await? == 0;
        let moment = if rests { Moment::AtRest } else { Moment::Busy };
        let mut tables = BTreeMap::new();
        for table in auditor::TABLES {
            let items = self
                .items(table)
                .await
                .with_context(|| format!("table `{table}`"))?;
            tables.insert(table.to_owned(), items.iter().map(audit::plain_item).collect());
        }
        Ok((moment, audit::audit(&tables, moment)?))
    }

    /// Messages that wait or are under way, parked ones not counted.
    async fn waiting(&self) -> anyhow::Result<u64> {
        let queues: Vec<String> = self.manifest.queues.keys().cloned().collect();
        let mut sum = 0;
        for depth in of_each(queues, |queue| depth(self.name(&queue))).await? {
            sum += depth?;
        }
        Ok(sum)
    }
}

/// Messages of a queue, by its physical name: waiting, delayed and under way.
pub(super) async fn depth(queue: String) -> anyhow::Result<u64> {
    let url = queue_url(&queue).await?;
    let told = aws(&[
        "sqs",
        "get-queue-attributes",
        "--queue-url",
        &url,
        "--attribute-names",
        "All",
    ])
    .await?;
    let count = |name: &str| {
        told["Attributes"][name]
            .as_str()
            .and_then(|text| text.parse::<u64>().ok())
    };
    let names = [
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesNotVisible",
        "ApproximateNumberOfMessagesDelayed",
    ];
    Ok(names.into_iter().filter_map(count).sum())
}

/// The URL of a queue, by its physical name.
pub(super) async fn queue_url(queue: &str) -> anyhow::Result<String> {
    let told = aws(&["sqs", "get-queue-url", "--queue-name", queue]).await?;
    let url = told["QueueUrl"].as_str().map(str::to_owned);
    url.with_context(|| format!("there is no queue `{queue}`"))
}
