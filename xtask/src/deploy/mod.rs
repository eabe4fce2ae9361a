//! `deploy`: package, plan, one screen of what would change, apply, move the aliases, smoke test; and
//! back to the versions before when the shop does not answer.
//!
//! | step | what |
//! |---|---|
//! | package | `cargo xtask package`: only what changed gets another hash, and only that is published |
//! | plan | into a file; the difference is shown and confirmed (`--yes` in a pipeline) |
//! | apply | exactly that file; it publishes versions and moves no alias |
//! | shift | each alias goes to the newest version; with canary a tenth of the traffic first, and alarms take it back |
//! | smoke | a few requests that touch the edge, tables and the guard |
//! | back | on failure each alias goes to the version it had |
//!
//! What was called before stands in the bucket of the zips ([`record`]), so that any machine can go
//! back, and a deployment that broke off is finished by the next one.
//!
//! State is where `infra/environments/<env>.s3.tfbackend` says. `--state FILE` keeps it in a file
//! instead: for a rehearsal against an emulator (`AWS_ENDPOINT_URL`).

mod aliases;
mod aws;
mod canary;
mod prune;
mod record;
mod shift;
mod shop;
mod smoke;

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow, bail, ensure};
use clap::Args;

use crate::{
    files,
    package::{self, List},
    repository::Repository,
    shell,
    terraform::Terraform,
};
use aliases::Aliases;
use record::{Record, State};
use shop::Shop;

/// What is planned, in the workshop.
const PLAN: &str = "deploy.plan";
/// Which provider deployments use, by version and hash. It is not Terraform's own name, for the checks
/// take whichever provider is at hand.
const LOCK: &str = "infra/environments/terraform.lock.hcl";
/// Where Terraform looks for it.
const TERRAFORMS_LOCK: &str = ".terraform.lock.hcl";

/// Where to, and how far.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[derive(Debug, Clone, Args)]
pub(crate) struct Wish {
    /// The environment: `infra/environments/<env>.tfvars`.
    #[arg(long)]
    env: String,
    /// Stops after showing what would change.
    #[arg(long)]
    plan: bool,
    /// Takes the zips as they are.
    #[arg(long)]
    no_package: bool,
    /// Where the zips are, or go.
    #[arg(long, default_value = "target/package")]
    zips: PathBuf,
    /// Does not ask.
    #[arg(long)]
    yes: bool,
    /// Only takes the aliases back to the versions before the last deployment.
    #[arg(long, conflicts_with = "plan")]
    back: bool,
    /// Deploys code that was taken back and has not changed since.
    #[arg(long)]
    again: bool,
    /// Moves all traffic at once where CodeDeploy would begin with a tenth: for a mend that must go
    /// past an alarm that is on.
    #[arg(long)]
    at_once: bool,
    /// Keeps the state in this file instead of S3, for a rehearsal.
    #[arg(long)]
    state: Option<PathBuf>,
}

/// Deploys, or goes back.
pub(crate) fn run(repository: &Repository, wish: &Wish) -> Result<()> {
    ensure!(
        shell::is_there("aws", &["--version"]),
        "the AWS command line is not installed: \
         https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html"
    );
    let folder = repository.path("target/deploy").join(&wish.env);
    fs::create_dir_all(&folder)?;
    if wish.back {
        return taken_back(&prepared(repository, wish, &folder)?, &folder);
    }
    let zipped = packed(repository, wish)?;
    zipped.covers(repository.manifest()?.functions.keys())?;
    let zips = repository.path(&wish.zips);
    let terraform = prepared(repository, wish, &folder)?
        .variable("artifacts_dir", &zips.display().to_string())
        .variable("architecture", &zipped.architecture.to_string());
    let difference = terraform.plan(PLAN)?;
    print!("{}", difference.told());

    let known = Shop::find(&terraform)?;
    let live = match &known {
        Some(shop) => Aliases::live(&shop.aws(), &shop.names())?,
        None => Aliases::default(),
    };
    let waiting = known.as_ref().map(|shop| shop.moves(&live)).unwrap_or_default();
    if !waiting.is_empty() {
        println!(
            "functions that do not call their newest version:\n{}",
            shift::told(&waiting)
        );
    }
    // Whoever only looks need not be able to read the record.
    if wish.plan {
        return Ok(());
    }
    let last = match &known {
        Some(shop) => Record::read(shop, &folder)?,
        None => None,
    };
    let half_done = last
        .as_ref()
        .is_some_and(|last| matches!(last.state, State::Begun | State::Unproven));
    if difference.is_empty() && waiting.is_empty() && !half_done {
        println!("nothing to deploy: {} serves this code", wish.env);
        return Ok(());
    }
    let begun = Record::begin(last.as_ref(), &record::code(&zipped), live, wish.again)?;
    if !wish.yes && !confirmed(&wish.env)? {
        bail!("nothing was changed");
    }
    if let Some(shop) = &known {
        begun.write(shop, &folder)?;
    }
    shell::step("apply", || terraform.apply_plan(PLAN))
        .context("no alias was moved, the versions before serve; deploy again when the cause is mended")?;
    finished(&Shop::read(&terraform)?, wish, &folder, begun, last)
}

/// What comes after the apply: the aliases, the questions, and the record of how it ended.
fn finished(shop: &Shop, wish: &Wish, folder: &Path, begun: Record, last: Option<Record>) -> Result<()> {
    begun.write(shop, folder)?;
    let mut shifted = None;
    let outcome = shell::step("shift", || {
        shifted = Some(shift::run(shop, wish.at_once)?);
        Ok(())
    })
    .and_then(|()| shell::step("smoke test", || smoke::run(&shop.shop_url)));
    // One that broke off may have moved them before.
    let resumed = last.as_ref().is_some_and(|last| last.state == State::Begun);
    let moved = resumed || shifted.as_ref().is_none_or(|moves| !moves.is_empty());
    if let Err(error) = outcome {
        if !moved {
            begun.ended(State::Unproven, last, moved).write(shop, folder)?;
            return Err(error.context("no alias was moved, so none goes back"));
        }
        println!("{error:#}\ngoing back");
        return Err(match back(shop, folder, begun) {
            Ok(()) => error.context("the versions before serve again"),
            Err(again) => anyhow!("{error:#}; and going back failed: {again:#}"),
        });
    }
    let shifted = shifted.unwrap_or_default();
    let before = begun.before.clone();
    begun.ended(State::Done, last, moved).write(shop, folder)?;
    prune::run(&shop.aws(), &shifted, &before);
    println!(
        "{} is deployed; `cargo xtask deploy --env {} --back` goes back",
        shop.shop_url, wish.env
    );
    Ok(())
}

fn packed(repository: &Repository, wish: &Wish) -> Result<List> {
    if wish.no_package {
        let zips = repository.path(&wish.zips);
        return List::read(&zips)?.with_context(|| format!("`{}` has no manifest.json", zips.display()));
    }
    package::run(repository, &package::Wish::to_deploy(wish.zips.clone()))
}

/// A copy of `infra/`, initialized for the environment.
fn prepared(repository: &Repository, wish: &Wish, folder: &Path) -> Result<Terraform> {
    let values = format!("environments/{}.tfvars", wish.env);
    ensure!(
        repository.path("infra").join(&values).is_file(),
        "there is no environment `{}`: infra/{values} is missing",
        wish.env
    );
    let work = folder.join("infra");
    if work.exists() {
        fs::remove_dir_all(&work).with_context(|| format!("`{}` cannot be removed", work.display()))?;
    }
    files::copy(&repository.path("infra"), &work)?;
    let terraform = Terraform::at(&work)?.file(&work.join(&values));
    let mut backend = Vec::new();
    if let Some(path) = &wish.state {
        fs::write(
            work.join("state_override.tf"),
            local_state(&std::path::absolute(path)?),
        )?;
    } else {
        let place = format!("environments/{}.s3.tfbackend", wish.env);
        ensure!(
            work.join(&place).is_file(),
            "infra/{place} is missing: it says in which bucket the state is (docs/deploy.md)"
        );
        backend.push(format!("-backend-config={place}"));
    }
    let backend: Vec<&str> = backend.iter().map(String::as_str).collect();
    let lock = repository.path(LOCK);
    let is_real = wish.state.is_none();
    if is_real && lock.is_file() {
        fs::copy(&lock, work.join(TERRAFORMS_LOCK))?;
    }
    shell::step("init", || terraform.init(&backend))?;
    if is_real && kept_lock(&work.join(TERRAFORMS_LOCK), &lock)? {
        println!("{LOCK} says which provider this is: commit it, and every deployment takes the same");
    }
    Ok(terraform)
}

/// Keeps which provider Terraform has taken; whether that is news.
fn kept_lock(taken: &Path, lock: &Path) -> Result<bool> {
    let taken = fs::read(taken).context("Terraform has locked no provider")?;
    if fs::read(lock).is_ok_and(|known| known == taken) {
        return Ok(false);
    }
    fs::write(lock, taken).with_context(|| format!("`{}` cannot be written", lock.display()))?;
    Ok(true)
}

/// The state in a file, and a provider that takes an emulator for AWS.
fn local_state(path: &Path) -> String {
    let emulator = "  s3_use_path_style           = true\n  skip_credentials_validation = true\n  \
                    skip_metadata_api_check     = true\n";
    format!(
        "terraform {{\n  backend \"local\" {{\n    path = \"{}\"\n  }}\n}}\nprovider \"aws\" {{\n{emulator}}}\n\
         provider \"aws\" {{\n  alias                       = \"edge\"\n{emulator}}}\n",
        path.display()
    )
}

fn confirmed(env: &str) -> Result<bool> {
    print!("apply this to {env}? Type its name: ");
    std::io::stdout().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(answer.trim() == env)
}

/// `--back`, from whatever machine.
fn taken_back(terraform: &Terraform, folder: &Path) -> Result<()> {
    let shop = Shop::find(terraform)?.context("nothing is deployed")?;
    let last =
        Record::read(&shop, folder)?.context("no deployment has ended here: there is no version before")?;
    if last.state == State::Back {
        println!("the last deployment was taken back before");
    }
    back(&shop, folder, last)
}

/// Takes the aliases to the versions before, and writes down that it was so.
fn back(shop: &Shop, folder: &Path, record: Record) -> Result<()> {
    ensure!(
        !record.before.0.is_empty(),
        "there is no version before: this was the first deployment"
    );
    shell::step("back", || {
        if shop.canary {
            canary::stop(&shop.aws())?;
        }
        record.before.restore(&shop.aws())
    })?;
    record.back().write(shop, folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rehearsal_has_its_state_in_a_file_and_both_providers_take_an_emulator() {
        let text = local_state(Path::new("/tmp/state"));
        assert!(text.contains("path = \"/tmp/state\""), "{text}");
        assert_eq!(text.matches("skip_credentials_validation = true").count(), 2);
    }

    #[test]
    fn the_provider_is_news_once_and_when_it_changes() {
        let folder = tempfile::tempdir().expect("a folder");
        let (taken, lock) = (folder.path().join("taken"), folder.path().join("lock"));
        assert!(kept_lock(&taken, &lock).is_err());
        for text in ["5.100.0", "6.20.0"] {
            fs::write(&taken, text).expect("written");
            assert!(kept_lock(&taken, &lock).expect("kept"), "{text}");
            assert!(!kept_lock(&taken, &lock).expect("known"), "{text}");
            assert_eq!(fs::read_to_string(&lock).expect("the lock"), text);
        }
    }
}
