//! The measuring itself: many cold starts, many warm invocations, a few counted ones.

use std::{collections::BTreeMap, fs, path::Path, time::Duration};

use anyhow::{Context, Result};
use serde_json::Value;

use super::{
    player::{Player, Recorder, Tape},
    process::{Costs, DATABASE, Process, Program},
    work::{Shop, Work},
};

/// Warm invocations under callgrind; the counts of one more process with a single one are subtracted.
const COUNTED: u32 = 20;

/// Of the starts of one function: sorted times.
#[derive(Debug, Default)]
pub(super) struct Cold {
    pub(super) wall: Vec<Duration>,
    pub(super) cpu: Vec<Duration>,
}

/// Of many invocations of one process.
#[derive(Debug, Default)]
pub(super) struct Warm {
    /// Sorted.
    pub(super) wall: Vec<Duration>,
    /// Of all together.
    pub(super) cpu: Duration,
    pub(super) memory_kib: u64,
    /// The dearest.
    pub(super) costs: Costs,
}

/// Instructions.
#[derive(Debug, Clone, Copy)]
pub(super) struct Instructions {
    /// From the start of the process to its end, with one invocation.
    pub(super) cold: u64,
    /// Of one invocation more.
    pub(super) warm: u64,
}

/// Starts every function so many times, in turns, so that a bad moment hits all alike. The database
/// answers from memory what it answered when each was started once before.
pub(super) fn cold(
    shop: &mut Shop<'_>,
    programs: &BTreeMap<Work, Program>,
    spawns: usize,
) -> Result<BTreeMap<Work, Cold>> {
    let mut all: BTreeMap<Work, Cold> = BTreeMap::new();
    let mut recorded = BTreeMap::new();
    for (work, program) in programs {
        let event = work.event(shop)?;
        let tape = record(program, &event).with_context(|| work.label())?;
        recorded.insert(*work, (event, tape));
    }
    for _ in 0..spawns {
        for (work, program) in programs {
            let (event, tape) = &recorded[work];
            let player = Player::open(tape)?;
            let process = Process::start(&program.with_database(player.url()), event)?;
            let (took, _) = process.first().with_context(|| work.label())?;
            let cold = all.entry(*work).or_default();
            cold.wall.push(took);
            cold.cpu.push(process.cpu()?);
        }
    }
    for cold in all.values_mut() {
        cold.wall.sort();
        cold.cpu.sort();
    }
    Ok(all)
}

/// What the database answers to one cold start.
fn record(program: &Program, event: &Value) -> Result<Tape> {
    let Some(database) = program.environment.get(DATABASE) else {
        return Ok(Tape::new());
    };
    let recorder = Recorder::open(database)?;
    let process = Process::start(&program.with_database(recorder.url()), event)?;
    process.first()?;
    process.end()?;
    Ok(recorder.tape())
}

/// Invokes one process of every function so many times, in turns.
pub(super) fn warm(
    shop: &mut Shop<'_>,
    programs: &BTreeMap<Work, Program>,
    invocations: usize,
) -> Result<BTreeMap<Work, Warm>> {
    let mut all: BTreeMap<Work, (Process, Warm)> = BTreeMap::new();
    for (work, program) in programs {
        let process = Process::start(program, &work.event(shop)?)?;
        process.first().with_context(|| work.label())?;
        if *work != Work::Hello {
            process.line()?;
        }
        let warm = Warm {
            // Set to what is more than this at the end.
            cpu: process.cpu()?,
            ..Warm::default()
        };
        all.insert(*work, (process, warm));
    }
    for _ in 0..invocations {
        for (work, (process, warm)) in &mut all {
            let event = work.event(shop)?;
            let (took, _) = process.invoke(&event).with_context(|| work.label())?;
            warm.wall.push(took);
            if *work != Work::Hello {
                warm.costs = warm.costs.max(process.line()?);
            }
        }
    }
    let finish = |(work, (process, mut warm)): (Work, (Process, Warm))| {
        warm.wall.sort();
        warm.cpu = process.cpu()?.saturating_sub(warm.cpu);
        warm.memory_kib = process.memory_peak_kib()?;
        Ok((work, warm))
    };
    all.into_iter().map(finish).collect()
}

/// The dearest page of all pages of products but the last, which is not full; and how many there are.
pub(super) fn deepest_page(shop: &mut Shop<'_>, program: &Program) -> Result<(usize, Costs)> {
    let process = Process::start(program, &shop.page(None)?)?;
    let (mut page, mut costs, mut dearest) = (process.first()?.1, process.line()?, Costs::default());
    let mut pages = 1;
    while let Some(cursor) = page["next_cursor"].as_str() {
        dearest = dearest.max(costs);
        page = process.invoke(&shop.page(Some(cursor))?)?.1;
        costs = process.line()?;
        pages += 1;
    }
    Ok((pages, dearest))
}

/// Counts one function's instructions; callgrind's files go into the folder.
pub(super) fn instructions(
    shop: &mut Shop<'_>,
    work: Work,
    program: &Program,
    folder: &Path,
) -> Result<Instructions> {
    let log = |name: &str| folder.join(format!("callgrind.{}.{name}.log", work.function()));
    let once = counted(shop, work, program, (&log("once"), 0))?;
    let often = counted(shop, work, program, (&log("often"), COUNTED))?;
    Ok(Instructions {
        cold: once,
        warm: often.saturating_sub(once) / u64::from(COUNTED),
    })
}

fn counted(shop: &mut Shop<'_>, work: Work, program: &Program, (log, more): (&Path, u32)) -> Result<u64> {
    let event: Value = work.event(shop)?;
    let process = Process::start_counted(program, &event, log)?;
    process.first()?;
    for _ in 0..more {
        process.invoke(&work.event(shop)?)?;
    }
    process.end()?;
    let text = fs::read_to_string(log).context("callgrind wrote nothing")?;
    let count = text
        .lines()
        .find_map(|line| line.split_once("Collected :"))
        .and_then(|(_, count)| count.trim().parse().ok());
    count.with_context(|| format!("callgrind wrote no count: {text}"))
}
