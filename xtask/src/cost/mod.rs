//! `cost`: dollars a month at rest, for 1,000 orders, and for a million catalog reads.
//!
//! Computed from three files: what there is from the manifest and the environment's tfvars, what an
//! operation takes from the measured tables in docs/performance.md, what AWS asks from
//! `infra/prices.yaml`. The table in README.md is kept up to date by it.

#![allow(
    clippy::float_arithmetic,
    reason = "an estimate for people; no money is moved by it"
)]

mod environment;
mod measured;
mod prices;

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use clap::Args;
use manifest::{Manifest, Trigger};

use crate::repository::Repository;
use environment::Environment;
use measured::Measured;
use prices::Prices;

const PRICES: &str = "infra/prices.yaml";
const BEGIN: &str = "<!-- cargo xtask cost: begin -->\n";
const END: &str = "<!-- cargo xtask cost: end -->";
/// Environments that are shown.
const SHOWN: [&str; 2] = ["dev", "prod"];
/// The schedules of a month of 30 days run so often, for each minute of their rate.
const MINUTES: f64 = 30.0 * 24.0 * 60.0;
/// API errors (two metrics), API latency, three of the account, two of mail.
const COMMON_ALARM_METRICS: usize = 8;

/// What to do with the table.
#[derive(Debug, Clone, Args)]
pub(crate) struct Wish {
    /// Change nothing; fail when README.md is out of date.
    #[arg(long)]
    check: bool,
}

impl Wish {
    /// As the tests ask.
    pub(crate) fn to_check() -> Self {
        Self { check: true }
    }
}

/// Prints what it costs and keeps the README's table.
pub(crate) fn run(repository: &Repository, wish: &Wish) -> Result<()> {
    let prices = Prices::read(&repository.read(PRICES)?)?;
    let manifest = repository.manifest()?;
    let measured = Measured::read(&repository.read("docs/performance.md")?)?;
    let mut columns = Vec::new();
    for name in SHOWN {
        let text = repository.read(&format!("infra/environments/{name}.tfvars"))?;
        columns.push((name, at_rest(&manifest, &Environment::read(&text), &prices)));
    }
    let table = table(
        &columns,
        &orders(&measured, &prices),
        &reads(&measured, &prices),
        &prices,
    );
    if !wish.check {
        print!("{table}");
    }
    let readme = repository.read("README.md")?;
    let (before, rest) = readme
        .split_once(BEGIN)
        .context("README.md has no place for the costs")?;
    let (_, after) = rest.split_once(END).context("README.md's costs have no end")?;
    let wanted = format!("{before}{BEGIN}{table}{END}{after}");
    repository.generate("README.md", &wanted, wish.check, "cost")
}

/// Dollars by what they are for.
type Bill = BTreeMap<&'static str, f64>;

fn sum(bill: &Bill) -> f64 {
    bill.values().sum()
}

/// A month in which nobody comes.
fn at_rest(manifest: &Manifest, environment: &Environment, prices: &Prices) -> Bill {
    let assumed = &prices.assumed;
    let queues = count(manifest.queues.len());
    let polls = queues * assumed.idle_polls_per_minute * MINUTES / 1e6;
    let secrets: std::collections::BTreeSet<&String> = manifest
        .functions
        .values()
        .flat_map(|function| &function.secrets)
        .collect();
    let ticks = ticks(manifest);
    let tick_ms = assumed.ms_per_call;
    let mut bill = Bill::new();
    bill.insert(
        "queues that are looked into",
        (polls - prices.sqs.requests_free_million).max(0.0) * prices.sqs.requests_per_million,
    );
    bill.insert("secrets", count(secrets.len()) * prices.secrets.secret_month);
    bill.insert(
        "timers",
        (ticks / 1e6 - prices.scheduler.invocations_free_million).max(0.0)
            * prices.scheduler.invocations_per_million
            + invocations(ticks, tick_ms, prices)
            + logs(ticks * assumed.log_kb_per_invocation, prices),
    );
    bill.insert(
        "tables",
        assumed.stored_gb * prices.dynamodb.recovery_gb_month + over(assumed.stored_gb, prices),
    );
    if environment.is_on("customer_managed_keys", true) {
        bill.insert("key", prices.kms.key_month);
    }
    let metrics = alarm_metrics(manifest, environment);
    bill.insert(
        "alarms",
        (count(metrics) - prices.alarms.free).max(0.0) * prices.alarms.metric_month,
    );
    bill.retain(|_, dollars| *dollars >= 0.005);
    bill
}

fn over(stored_gb: f64, prices: &Prices) -> f64 {
    (stored_gb - prices.dynamodb.storage_free_gb).max(0.0) * prices.dynamodb.storage_gb_month
}

/// How often the timers of the manifest run in a month.
fn ticks(manifest: &Manifest) -> f64 {
    let timers = manifest
        .functions
        .values()
        .filter(|function| matches!(function.trigger, Trigger::Schedule(_)));
    // Most run every minute or five; counting each as once a minute never says too little.
    count(timers.count()) * MINUTES
}

fn alarm_metrics(manifest: &Manifest, environment: &Environment) -> usize {
    if !environment.is_on("alarms_enabled", true) {
        return 0;
    }
    let services: std::collections::BTreeSet<&str> = manifest
        .functions
        .keys()
        .map(|name| name.split('-').next().unwrap_or_default())
        .collect();
    let parked = manifest
        .queue_names()
        .iter()
        .filter(|name| name.ends_with("-parked"))
        .count();
    let parked = if environment.is_on("parked_alarms", true) {
        parked
    } else {
        0
    };
    services.len()
        + COMMON_ALARM_METRICS
        + parked
        + environment.length("watched_queues")
        + environment.length("watched_functions")
}

/// 1,000 orders, from the empty cart to the mail.
fn orders(measured: &Measured, prices: &Prices) -> Bill {
    let (orders, assumed) = (1_000.0, &prices.assumed);
    let purchase = &measured.purchase;
    let mut bill = Bill::new();
    bill.insert(
        "mail",
        orders * assumed.mails_per_order / 1_000.0 * prices.mail.thousand,
    );
    bill.insert(
        "tables",
        orders * units(purchase.read_units, purchase.write_units, prices),
    );
    bill.insert(
        "queues",
        orders * purchase.messages * assumed.requests_per_message / 1e6 * prices.sqs.requests_per_million,
    );
    bill.insert(
        "API",
        orders * purchase.requests / 1e6 * prices.api.requests_per_million,
    );
    let ms = assumed.ms_per_call * purchase.calls / purchase.invocations.max(1.0);
    bill.insert(
        "functions",
        invocations(orders * purchase.invocations, ms, prices),
    );
    let kb =
        purchase.invocations * assumed.log_kb_per_invocation + purchase.requests * assumed.log_kb_per_request;
    bill.insert("logs", logs(orders * kb, prices));
    bill
}

/// A million times one product, past every cache.
fn reads(measured: &Measured, prices: &Prices) -> Bill {
    let (reads, assumed) = (1e6, &prices.assumed);
    let mut bill = Bill::new();
    bill.insert("API", prices.api.requests_per_million);
    bill.insert(
        "functions",
        invocations(reads, assumed.ms_per_call * measured.product_calls, prices),
    );
    bill.insert("tables", reads * units(measured.product_read_units, 0.0, prices));
    bill.insert(
        "logs",
        logs(
            reads * (assumed.log_kb_per_invocation + assumed.log_kb_per_request),
            prices,
        ),
    );
    bill.insert("data out", reads * assumed.answer_kb / 1e6 * prices.egress.gb);
    bill
}

fn units(read: f64, write: f64, prices: &Prices) -> f64 {
    (read * prices.dynamodb.read_units_per_million + write * prices.dynamodb.write_units_per_million) / 1e6
}

/// Invocations of 256 MiB, so many milliseconds each.
fn invocations(number: f64, ms: f64, prices: &Prices) -> f64 {
    let gb_seconds = number * ms / 1_000.0 * 0.25;
    number / 1e6 * prices.lambda.requests_per_million
        + gb_seconds / 1e6 * prices.lambda.gb_seconds_per_million
}

/// Taken in, and kept for a month.
fn logs(kb: f64, prices: &Prices) -> f64 {
    kb / 1e6 * (prices.logs.ingested_gb + prices.logs.stored_gb_month)
}

fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

fn table(columns: &[(&str, Bill)], orders: &Bill, reads: &Bill, prices: &Prices) -> String {
    let mut lines = vec!["| | dollars | mostly |".to_owned(), "|---|---|---|".to_owned()];
    for (name, bill) in columns {
        lines.push(line(&format!("a month at rest, `{name}`"), bill));
    }
    lines.push(line("1,000 orders", orders));
    lines.push(line("a million catalog reads", reads));
    lines.push(format!(
        "\nList prices of {}, {} ([prices.yaml](infra/prices.yaml)), without taxes{}. Computed by `cargo xtask cost` \
         from the manifest and the measured request units.",
        prices.region,
        prices.dated,
        format_args!(
            "; `prod` also has the firewall, ${:.0} a month and ${:.2} a million requests",
            prices.waf.acl_month + 5.0 * prices.waf.rule_month,
            prices.waf.requests_per_million
        )
    ));
    lines.join("\n") + "\n"
}

fn line(what: &str, bill: &Bill) -> String {
    let mut parts: Vec<(&&str, &f64)> = bill.iter().collect();
    parts.sort_by(|one, other| other.1.total_cmp(one.1));
    let parts: Vec<String> = parts
        .iter()
        .take(4)
        .map(|(name, dollars)| format!("{name} {dollars:.2}"))
        .collect();
    format!("| {what} | {:.2} | {} |", sum(bill), parts.join(", "))
}

#[cfg(test)]
mod tests;
