//! `bench`: what the shop costs, as ratios and counts against the budgets of docs/performance.md.
//!
//! | file | has |
//! |---|---|
//! | `work` | what is measured, and the events for it |
//! | `measure` | cold starts, warm invocations, counted instructions |
//! | `process` | one process of a function, its memory, its time, its log lines |
//! | `runtime` | the Lambda Runtime API it asks |
//! | `player` | a DynamoDB that answers cold starts from memory |
//! | `stack` | the local stack that is its DynamoDB |
//! | `purchase` | a whole purchase in a running shop |
//! | `tables` | the figures beside their budgets |
//! | `report` | Markdown, ratios, percentiles |
//! | `http` | as much HTTP as that takes |
//!
//! Times depend on the machine and its other work, so every time is shown beside that of
//! `bench-hello`, the least a Lambda function can be, measured in turns with it. Counts depend on
//! nothing but the code.

mod http;
mod measure;
mod player;
mod process;
mod purchase;
mod report;
mod runtime;
mod stack;
mod tables;
mod work;

use std::{collections::BTreeMap, fs};

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};

use crate::{
    package::{self, Architecture},
    repository::Repository,
    shell,
};
use process::Program;
use stack::Stack;
use work::{PACKAGES, Shop, Work};

/// Where the measured shop lives; emptied before every run.
const FOLDER: &str = "target/bench-shop";

/// What is wished for.
#[derive(Debug, Clone, Args)]
pub(crate) struct Wish {
    /// How the measured functions are built.
    #[arg(long, value_enum, default_value_t = Profile::Lambda)]
    profile: Profile,
    /// Products in the shop.
    #[arg(long, default_value_t = 1_000)]
    products: usize,
    /// Cold starts of each function.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..))]
    spawns: u16,
    /// Warm invocations of each function.
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u16).range(1..))]
    invocations: u16,
    /// Build nothing, take what is there.
    #[arg(long)]
    no_build: bool,
}

/// One of Cargo.toml's profiles.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Profile {
    /// As tests run.
    Dev,
    /// As Cargo releases.
    Release,
    /// As deployed.
    Lambda,
}

impl Profile {
    fn name(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Release => "release",
            Self::Lambda => "lambda",
        }
    }

    fn folder(self) -> String {
        match self {
            Self::Dev => "target/debug".to_owned(),
            Self::Release => "target/release".to_owned(),
            Self::Lambda => format!("target/{}/lambda", Architecture::here().triple()),
        }
    }
}

/// Measures everything and prints a report in Markdown.
pub(crate) fn run(repository: &Repository, wish: &Wish) -> Result<()> {
    if !wish.no_build {
        build(repository, wish.profile)?;
    }
    let folder = repository.path(FOLDER);
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("`{FOLDER}` cannot be emptied"))?;
    }
    let (data, nothing) = (folder.join("data"), folder.join("no-functions"));
    fs::create_dir_all(&nothing)?;

    eprintln!("a shop with {} products is made", wish.products);
    let stack = Stack::start(repository, &data, &repository.path("target/debug"))?;
    stack.seed(repository, wish.products)?;
    let shares = purchase::run(&stack, &repository.manifest()?)?;
    let (boot, memory_kib) = (stack.boot, stack.memory_kib()?);
    stack.stop()?;

    // The same tables once more, without functions: nothing works in the background while we measure.
    let stack = Stack::start(repository, &data, &nothing)?;
    let report = functions(repository, wish, &stack)?;
    stack.stop()?;
    let whole = [report, tables::purchase(&shares), tables::stack(boot, memory_kib)];
    println!("{}", whole.concat());
    Ok(())
}

/// Everything about single functions.
fn functions(repository: &Repository, wish: &Wish, stack: &Stack) -> Result<String> {
    let mut shop = Shop::of(repository, stack)?;
    let folder = repository.path(wish.profile.folder());
    let programs: BTreeMap<Work, Program> = Work::ALL.map(|work| (work, work.program(&shop, &folder))).into();

    eprintln!("{} cold starts of each function", wish.spawns);
    let cold = measure::cold(&mut shop, &programs, wish.spawns.into())?;
    eprintln!("{} warm invocations of each function", wish.invocations);
    let warm = measure::warm(&mut shop, &programs, wish.invocations.into())?;
    let (pages, deepest) = measure::deepest_page(&mut shop, &programs[&Work::ListProducts])?;
    Ok([
        format!(
            "## `cargo xtask bench --profile {}`, {} products\n",
            wish.profile.name(),
            wish.products
        ),
        tables::cold(&cold, &warm)?,
        tables::warm(&warm)?,
        tables::weight(&warm, &programs)?,
        instructions(repository, &mut shop, &programs)?,
        tables::costs(&warm, pages, deepest, wish.products),
    ]
    .concat())
}

fn instructions(
    repository: &Repository,
    shop: &mut Shop<'_>,
    programs: &BTreeMap<Work, Program>,
) -> Result<String> {
    if !shell::is_there("valgrind", &["--version"]) {
        return Ok("\nInstructions were not counted: valgrind is not installed.\n".to_owned());
    }
    eprintln!("instructions under callgrind");
    let folder = repository.path(FOLDER);
    let mut counted = BTreeMap::new();
    for work in [Work::Hello, Work::GetProduct, Work::LogInUnhashed] {
        counted.insert(
            work,
            measure::instructions(shop, work, &programs[&work], &folder)?,
        );
    }
    tables::instructions(&counted)
}

/// The debug build makes and serves the shop; only what is measured is built as wished.
fn build(repository: &Repository, profile: Profile) -> Result<()> {
    let advice = "see the compiler's words above";
    let mut command = shell::cargo(repository.root());
    // The same packages and features as `cargo xtask up`, so that nothing is built twice.
    command.args(["build", "--workspace", "--bins"]);
    shell::run(&mut command, advice)?;
    let mut command = shell::cargo(repository.root());
    command.args(["build", "--profile", profile.name()]);
    for package in PACKAGES {
        command.args(["--package", package]);
    }
    if matches!(profile, Profile::Lambda) {
        // As `cargo xtask package` builds, but for this machine.
        let triple = Architecture::here().triple();
        command
            .args(["--target", triple])
            .env("RUSTFLAGS", package::flags(repository));
    }
    shell::run(&mut command, advice)
}
