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

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use clap::Args;
use manifest::{Manifest, Schedule, Trigger};

use crate::repository::Repository;
use environment::Environment;
use measured::Measured;
use prices::Prices;

const PRICES: &str = "infra/prices.yaml";
const BEGIN: &str = "<!-- cargo xtask cost: begin -->\n";
const END: &str = "<!-- cargo xtask cost: end -->";
/// Environments that are shown.
const SHOWN: [&str; 2] = ["dev", "prod"];
/// Of a month of 30 days.
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
        &notes(&manifest, &prices),
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
///
/// Metrics of our own cost nothing here: errors are counted by log filters, and a metric is paid for in
/// the hours in which it gets a value.
fn at_rest(manifest: &Manifest, environment: &Environment, prices: &Prices) -> Bill {
    let assumed = &prices.assumed;
    let mut bill = Bill::new();
    let bounded = if environment.is_on("queue_bounds_enabled", true) {
        bounded(manifest)
    } else {
        0.0
    };
    let queues = count(manifest.queues.len());
    bill.insert(
        "queues that are looked into",
        polls(queues - bounded, bounded, prices),
    );
    let secrets: BTreeSet<&String> = manifest
        .functions
        .values()
        .flat_map(|function| &function.secrets)
        .collect();
    bill.insert("secrets", count(secrets.len()) * prices.secrets.secret_month);
    let ticks = ticks(manifest);
    bill.insert("timers", timers(ticks, environment, prices));
    bill.insert(
        "tables",
        assumed.stored_gb * prices.dynamodb.recovery_gb_month
            + over(assumed.stored_gb, prices.dynamodb.storage_free_gb) * prices.dynamodb.storage_gb_month,
    );
    bill.insert("code", assumed.stored_code_gb * prices.buckets.stored_gb_month);
    if environment.is_on("customer_managed_keys", true) {
        let requests = ticks * assumed.key_requests_per_tick / 1e6;
        let requests = over(requests, prices.kms.requests_free_million) * prices.kms.requests_per_million;
        bill.insert("key", prices.kms.key_month + requests);
    }
    let metrics = count(alarm_metrics(manifest, environment));
    bill.insert(
        "alarms",
        over(metrics, prices.alarms.free) * prices.alarms.metric_month,
    );
    bill.retain(|_, dollars| *dollars >= 0.005);
    bill
}

/// What Lambda's looking into idle queues costs in a month.
fn polls(unbounded: f64, bounded: f64, prices: &Prices) -> f64 {
    let assumed = &prices.assumed;
    let a_minute = unbounded * assumed.idle_polls_per_minute + bounded * assumed.bounded_polls_per_minute;
    let polls = a_minute * MINUTES / 1e6;
    over(polls, prices.sqs.requests_free_million) * prices.sqs.requests_per_million
}

/// The listeners that declare a maximum concurrency.
fn bounded(manifest: &Manifest) -> f64 {
    let declares =
        |trigger: &Trigger| matches!(trigger, Trigger::Queue(queue) if queue.concurrency.is_some());
    let functions = manifest.functions.values();
    count(functions.filter(|function| declares(&function.trigger)).count())
}

/// What is above what is free.
fn over(amount: f64, free: f64) -> f64 {
    (amount - free).max(0.0)
}

/// Timers that find nothing to do.
fn timers(ticks: f64, environment: &Environment, prices: &Prices) -> f64 {
    let assumed = &prices.assumed;
    let traces = if environment.is_on("tracing_enabled", true) {
        over(ticks / 1e6, prices.traces.recorded_free_million) * prices.traces.recorded_per_million
    } else {
        0.0
    };
    over(ticks / 1e6, prices.scheduler.invocations_free_million) * prices.scheduler.invocations_per_million
        + invocations(ticks, assumed.calls_per_tick * assumed.ms_per_call, prices)
        + ticks * units(assumed.read_units_per_tick, 0.0, prices)
        + logs(ticks * assumed.log_kb_per_invocation, prices)
        + traces
}

/// How often the timers of the manifest run in a month.
fn ticks(manifest: &Manifest) -> f64 {
    let ticks = |trigger: &Trigger| match trigger {
        Trigger::Schedule(Schedule::Rate { seconds, .. }) => MINUTES * 60.0 / f64::from(*seconds),
        // Once a minute never says too little.
        Trigger::Schedule(Schedule::Cron { .. }) => MINUTES,
        Trigger::Http(_) | Trigger::Queue(_) | Trigger::Stream(_) | Trigger::Invoke => 0.0,
    };
    let functions = manifest.functions.values();
    functions.map(|function| ticks(&function.trigger)).sum()
}

fn alarm_metrics(manifest: &Manifest, environment: &Environment) -> usize {
    if !environment.is_on("alarms_enabled", true) {
        return 0;
    }
    let services: BTreeSet<&str> = manifest
        .functions
        .keys()
        .map(|name| name.split('-').next().unwrap_or_default())
        .collect();
    let errors = if environment.is_on("service_alarms", true) {
        services.len()
    } else {
        1
    };
    let names = manifest.queue_names();
    let parked = names.iter().filter(|name| name.ends_with("-parked")).count();
    let parked = if environment.is_on("parked_alarms", true) {
        parked
    } else {
        0
    };
    errors
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
    bill.insert(
        "traces",
        traces(
            orders * purchase.invocations * assumed.traced_share_of_orders,
            prices,
        ),
    );
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
    bill.insert("traces", traces(reads * assumed.traced_share_of_reads, prices));
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

/// Recorded; the timers use up what is free.
fn traces(number: f64, prices: &Prices) -> f64 {
    number / 1e6 * prices.traces.recorded_per_million
}

/// Taken in, and kept for a month.
fn logs(kb: f64, prices: &Prices) -> f64 {
    kb / 1e6 * (prices.logs.ingested_gb + prices.logs.stored_gb_month)
}

fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

fn table(columns: &[(&str, Bill)], orders: &Bill, reads: &Bill, notes: &str) -> String {
    let mut lines = vec!["| | dollars | mostly |".to_owned(), "|---|---|---|".to_owned()];
    for (name, bill) in columns {
        lines.push(line(&format!("a month at rest, `{name}`"), bill));
    }
    lines.push(line("1,000 orders", orders));
    lines.push(line("a million catalog reads", reads));
    lines.join("\n") + "\n\n" + notes + "\n"
}

/// What must be known to believe the table.
fn notes(manifest: &Manifest, prices: &Prices) -> String {
    let list = format!(
        "List prices of {}, {} ([prices.yaml](infra/prices.yaml)), without taxes. `prod` also has the firewall, ${:.0} \
         a month and ${:.2} a million requests. Computed by `cargo xtask cost` from the manifest and the measured \
         request units.",
        prices.region,
        prices.dated,
        prices.waf.acl_month + 5.0 * prices.waf.rule_month,
        prices.waf.requests_per_million
    );
    let queues = format!(
        "Lambda looks into idle queues with as few as two pollers, says AWS; if it kept to its five, queues would \
         cost {:.2}.",
        polls(0.0, count(manifest.queues.len()), prices)
    );
    let traces = "Without `tracing_enabled` there are no traces.";
    [list, queues, traces.to_owned()].join(" ")
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
