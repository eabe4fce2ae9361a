//! The tables of a report, each with the budgets of docs/performance.md.

use std::{collections::BTreeMap, fs};

use anyhow::{Context, Result};

use super::{
    measure::{Cold, Instructions, Warm},
    process::{Costs, Program},
    purchase::Share,
    report::{
        Budget, Table, halves, hundredths, mebibytes, megabytes, micros, millions, milliseconds, percentile,
        ratio,
    },
    work::Work,
};

/// Spawn to first answer of a function with DynamoDB, of the yardstick's, over plain HTTP; hundredths.
const COLD_RATIO: Budget = Budget(160);
/// A function's memory, in KiB.
const MEMORY_KIB: Budget = Budget(16 * 1024);
/// A function's binary, in bytes.
const BINARY: Budget = Budget(6_000_000);
/// Instructions from the start of a process to the end of its first invocation.
const INSTRUCTIONS_COLD: Budget = Budget(7_000_000);
/// 1.2 times what one GetItem costs through the SDK (620,000).
const INSTRUCTIONS_WARM: Budget = Budget(744_000);
/// The stack's own process at rest, in KiB.
const STACK_KIB: Budget = Budget(120 * 1024);
/// From the start of the stack to its first answer, in microseconds.
const STACK_BOOT: Budget = Budget(2_000_000);

/// Processor time of one invocation, in microseconds.
fn cpu_budget(work: Work) -> Option<Budget> {
    match work {
        Work::GetProduct => Some(Budget(1_000)),
        Work::ListProducts => Some(Budget(1_500)),
        Work::AddLine => Some(Budget(3_000)),
        Work::Hello | Work::PlaceOrder | Work::LogIn | Work::LogInUnhashed => None,
    }
}

/// Spawn to first answer; and how much of its processor time a warm invocation does not take.
pub(super) fn cold(all: &BTreeMap<Work, Cold>, warm: &BTreeMap<Work, Warm>) -> Result<String> {
    let hello = all.get(&Work::Hello).context("nothing was started")?;
    let (wall, cpu) = (percentile(&hello.wall, 50), percentile(&hello.cpu, 50));
    let alone = |work: &Work, cold: &Cold| {
        let warm = warm.get(work).map(each).unwrap_or_default();
        micros(percentile(&cold.cpu, 50)).saturating_sub(warm)
    };
    let least = alone(&Work::Hello, hello);
    let mut table = Table::new(&[
        "function",
        "median",
        "ratio",
        "at most 1.60",
        "CPU",
        "ratio",
        "CPU that a warm one does not take",
        "ratio",
        "at most 1.60",
    ]);
    for (work, cold) in all {
        let (own_wall, own_cpu) = (percentile(&cold.wall, 50), percentile(&cold.cpu, 50));
        let times = ratio(micros(own_wall), micros(wall));
        let own = match alone(work, cold) {
            // The difference of two hashes, which says nothing of the rest.
            _ if *work == Work::LogIn => vec![String::new(); 3],
            own => vec![
                format!("{} ms", hundredths(own / 10)),
                hundredths(ratio(own, least)),
                verdict(*work, COLD_RATIO, ratio(own, least)),
            ],
        };
        let first = vec![
            work.label().to_owned(),
            milliseconds(own_wall),
            hundredths(times),
            verdict(*work, COLD_RATIO, times),
            milliseconds(own_cpu),
            hundredths(ratio(micros(own_cpu), micros(cpu))),
        ];
        table.row([first, own].concat());
    }
    let title = format!("Cold start: spawn to first answer, {} of each", hello.wall.len());
    Ok(table.markdown(&title))
}

/// Many invocations of one process.
pub(super) fn warm(all: &BTreeMap<Work, Warm>) -> Result<String> {
    let hello = all.get(&Work::Hello).context("nothing was invoked")?;
    let mut table = Table::new(&[
        "function",
        "median",
        "ratio",
        "p99",
        "ratio",
        "CPU",
        "ratio",
        "CPU at most",
        "",
    ]);
    for (work, warm) in all {
        let median = percentile(&warm.wall, 50);
        let p99 = percentile(&warm.wall, 99);
        let budget = cpu_budget(*work);
        table.row(vec![
            work.label().to_owned(),
            milliseconds(median),
            hundredths(ratio(micros(median), micros(percentile(&hello.wall, 50)))),
            milliseconds(p99),
            hundredths(ratio(micros(p99), micros(percentile(&hello.wall, 99)))),
            format!("{} ms", hundredths(each(warm) / 10)),
            hundredths(ratio(each(warm), each(hello))),
            budget.map_or_else(String::new, |Budget(most)| {
                format!("{} ms", hundredths(most / 10))
            }),
            budget.map_or_else(String::new, |budget| budget.verdict(each(warm))),
        ]);
    }
    Ok(table.markdown(&format!(
        "Warm: {} invocations of one process, one after the other",
        hello.wall.len()
    )))
}

/// Processor time of one invocation, in microseconds.
fn each(warm: &Warm) -> u64 {
    micros(warm.cpu) / u64::try_from(warm.wall.len()).unwrap_or(1).max(1)
}

/// What a process and its file weigh.
pub(super) fn weight(warm: &BTreeMap<Work, Warm>, programs: &BTreeMap<Work, Program>) -> Result<String> {
    let mut table = Table::new(&[
        "function",
        "peak memory",
        "at most 16 MiB",
        "binary",
        "at most 6 MB",
    ]);
    for (work, program) in programs {
        let binary = fs::metadata(&program.binary)?.len();
        let memory = warm.get(work).context("a function was not invoked")?.memory_kib;
        table.row(vec![
            work.label().to_owned(),
            mebibytes(memory),
            verdict(*work, MEMORY_KIB, memory),
            megabytes(binary),
            verdict(*work, BINARY, binary),
        ]);
    }
    Ok(table.markdown("Weight, after the warm run"))
}

/// What callgrind counted.
pub(super) fn instructions(all: &BTreeMap<Work, Instructions>) -> Result<String> {
    let hello = all.get(&Work::Hello).context("nothing was counted")?;
    let mut table = Table::new(&[
        "function",
        "cold",
        "ratio",
        "at most 7 M",
        "warm",
        "ratio",
        "at most 0.74 M",
    ]);
    for (work, counted) in all {
        table.row(vec![
            work.label().to_owned(),
            millions(counted.cold),
            hundredths(ratio(counted.cold, hello.cold)),
            verdict(*work, INSTRUCTIONS_COLD, counted.cold),
            millions(counted.warm),
            hundredths(ratio(counted.warm, hello.warm)),
            verdict(*work, INSTRUCTIONS_WARM, counted.warm),
        ]);
    }
    Ok(table.markdown("Instructions, counted by callgrind"))
}

/// Calls and request units of single operations.
pub(super) fn costs(all: &BTreeMap<Work, Warm>, pages: usize, deepest: Costs, products: usize) -> String {
    let mut table = Table::new(&["operation", "calls", "read units", "write units", "at most", ""]);
    let mut row = |what: String, costs: Costs, budget: &str, is_within: Option<bool>| {
        table.row(vec![
            what,
            costs.calls.to_string(),
            halves(costs.read_halves),
            halves(costs.write_halves),
            budget.to_owned(),
            is_within.map_or_else(String::new, |is_within| Budget(0).verdict(u64::from(!is_within))),
        ]);
    };
    let of = |work: Work| all.get(&work).map(|warm| warm.costs).unwrap_or_default();
    let (get, list, add) = (of(Work::GetProduct), of(Work::ListProducts), of(Work::AddLine));
    row("product".to_owned(), get, "1 call", Some(get.calls <= 1));
    let is_within = list.calls <= 1 && list.read_halves <= 6;
    let what = format!("24 of {products} products");
    row(what, list, "1 call, 3 read units", Some(is_within));
    if pages > 2 {
        let what = format!("24 of {products} products, dearest of {} pages", pages - 1);
        row(what, deepest, "the first page", Some(deepest <= list));
    }
    row(
        "add to a new cart".to_owned(),
        add,
        "3 calls",
        Some(add.calls <= 3),
    );
    row("place an order".to_owned(), of(Work::PlaceOrder), "", None);
    row("log in, in vain".to_owned(), of(Work::LogIn), "", None);
    table.markdown("Calls and request units of an operation")
}

/// Who took part in a purchase.
pub(super) fn purchase(shares: &BTreeMap<String, Share>) -> String {
    let mut table = Table::new(&["function", "invocations", "calls", "read units", "write units"]);
    let mut all = Share::default();
    let mut row = |name: &str, share: Share| {
        table.row(vec![
            name.to_owned(),
            share.invocations.to_string(),
            share.costs.calls.to_string(),
            halves(share.costs.read_halves),
            halves(share.costs.write_halves),
        ]);
    };
    for (function, share) in shares {
        row(function, *share);
        all.invocations += share.invocations;
        all.costs = all.costs.plus(share.costs);
    }
    row("**all**", all);
    table.markdown("A whole purchase: six requests and what follows from them until all is at rest")
}

/// The local stack.
pub(super) fn stack(boot: std::time::Duration, memory_kib: u64) -> String {
    let mut table = Table::new(&["local stack", "figure", "at most", ""]);
    table.row(vec![
        "start to first answer".to_owned(),
        milliseconds(boot),
        "2000 ms".to_owned(),
        STACK_BOOT.verdict(micros(boot)),
    ]);
    table.row(vec![
        "memory of its own process, after the purchase".to_owned(),
        mebibytes(memory_kib),
        "120 MiB".to_owned(),
        STACK_KIB.verdict(memory_kib),
    ]);
    table.markdown("The local stack, debug build")
}

/// The yardstick has no budget.
fn verdict(work: Work, budget: Budget, figure: u64) -> String {
    match work {
        Work::Hello => String::new(),
        _ => budget.verdict(figure),
    }
}
