//! `cargo xtask`: everything a developer does with this repository, in one place.
//!
//! Each command is a module. What a check enforces is written at the top of its file, so that the
//! rule and its machine cannot drift apart.

// Clocks, processes and the environment are what this program is for.
#![allow(clippy::disallowed_methods)]

mod apply_local;
mod bench;
mod browser;
mod changelog;
mod codes;
mod cost;
mod deploy;
mod event;
mod files;
mod infra;
mod licenses;
mod new;
mod oidc;
mod openapi;
mod package;
mod rehearse;
mod repository;
mod routes;
mod sam;
mod shell;
mod terraform;
mod test;
mod tidy;
mod tokens;
mod up;
mod workflows;

use std::process::ExitCode;

use anyhow::Result;
use clap::{CommandFactory, Parser, Subcommand};

use repository::Repository;

/// Runs, checks and extends the shop.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Build every function and run the whole shop on this machine.
    #[command(disable_help_flag = true)]
    Up {
        /// Arguments of `cartwright up`, for example `--port 9000` or `--data .cartwright`.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Run every check and every test, in the order of their cost.
    Test {
        /// Arguments of `cargo test`: with them only the tests run, for example `orders_create`.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        filter: Vec<String>,
    },
    /// Check the rules of the house that no compiler knows.
    Tidy,
    /// Print every route and write the list that `api-answer-unknown` answers from.
    Routes {
        /// Change nothing; fail when the list is out of date.
        #[arg(long)]
        check: bool,
    },
    /// Write openapi.json, docs/postman.json and docs/errors.md from the functions.
    Openapi {
        /// Change nothing; fail when a file is out of date or an undeclared break is found.
        #[arg(long)]
        check: bool,
    },
    /// Run unmodified OpenID libraries from npm against the shop; skipped without Node.js.
    Oidc,
    /// Make a new function: folder, sample, test and manifest entry.
    New(new::Wish),
    /// Print a sample in the envelope in which AWS would deliver it, for `cargo lambda invoke`.
    Event {
        /// The function.
        function: String,
        /// The sample: `events/<function>/<case>.json`.
        case: String,
        /// The API key of a sample that is `as` staff.
        #[arg(long)]
        staff_key: Option<String>,
        /// The access token of a sample that is `as` customer.
        #[arg(long)]
        access_token: Option<String>,
        /// The cart token of a sample that is `as` guest.
        #[arg(long)]
        cart_token: Option<String>,
    },
    /// Measure what the shop costs, as ratios and counts beside their budgets.
    Bench(bench::Wish),
    /// Package, plan, show, apply, test; and go back when the shop does not answer.
    Deploy(deploy::Wish),
    /// Use passkeys in a headless Chromium against the shop.
    Browser(browser::Wish),
    /// Compute what the shop costs on AWS, and keep the README's table.
    Cost(cost::Wish),
    /// Check the Terraform in `infra/`, without an account and without a network; or apply it here.
    #[command(args_conflicts_with_subcommands = true)]
    Infra {
        #[command(flatten)]
        wish: infra::Wish,
        #[command(subcommand)]
        what: Option<InfraWhat>,
    },
    /// Build what is deployed: one zip per function, and a list of their hashes.
    Package(package::Wish),
}

#[derive(Debug, Subcommand)]
enum InfraWhat {
    /// Apply all of it with the real provider to an emulator, run the tour there, destroy it.
    ApplyLocal(apply_local::Wish),
    /// Deploy to an emulator again and again, with what can go wrong, and look at what is called.
    RehearseDeploy(rehearse::Wish),
    /// Plan functions and routes without an account, for `sam local`.
    SamPlan(sam::plan::Wish),
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether `cargo xtask` takes these words; why not.
fn takes(words: &[&str]) -> Result<(), String> {
    let words = std::iter::once("xtask").chain(words.iter().copied());
    let parsed = Arguments::command().try_get_matches_from(words);
    parsed.map(drop).map_err(|error| error.to_string())
}

fn run(arguments: Arguments) -> Result<()> {
    let repository = Repository::find()?;
    match arguments.command {
        Command::Up { arguments } => up::run(&repository, &arguments),
        Command::Test { filter } => test::run(&repository, &filter),
        Command::Tidy => tidy::run(&repository),
        Command::Routes { check } => routes::run(&repository, check),
        Command::Oidc => oidc::run(&repository),
        Command::Openapi { check } => openapi::run(&repository, check),
        Command::Event {
            function,
            case,
            staff_key,
            access_token,
            cart_token,
        } => event::run(
            &repository,
            &function,
            &case,
            &event::Credentials {
                staff_key,
                access_token,
                cart_token,
            },
        ),
        Command::New(wish) => new::run(&repository, &wish),
        Command::Bench(wish) => bench::run(&repository, &wish),
        Command::Browser(wish) => browser::run(&repository, &wish),
        Command::Deploy(wish) => deploy::run(&repository, &wish),
        Command::Cost(wish) => cost::run(&repository, &wish),
        Command::Infra { wish, what } => match what {
            Some(InfraWhat::ApplyLocal(wish)) => apply_local::run(&repository, &wish),
            Some(InfraWhat::RehearseDeploy(wish)) => rehearse::run(&repository, &wish),
            Some(InfraWhat::SamPlan(wish)) => infra::sam_plan(&repository, &wish),
            None => infra::run(&repository, &wish),
        },
        Command::Package(wish) => package::run(&repository, &wish).map(drop),
    }
}
