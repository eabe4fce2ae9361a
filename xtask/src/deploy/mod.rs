//! `deploy`: package, plan, one screen of what would change, apply, smoke test; and back to the
//! versions before when the shop does not answer.
//!
//! | step | what |
//! |---|---|
//! | package | `cargo xtask package`: only what changed gets another hash, and only that is published |
//! | plan | into a file; the difference is shown and confirmed (`--yes` in a pipeline) |
//! | apply | exactly that file; without canary the aliases follow at once |
//! | shift | with canary CodeDeploy moves each alias, a tenth first; alarms take it back |
//! | smoke | a few requests that touch the edge, tables and the guard |
//! | back | on failure each alias goes to the version it had |
//!
//! State is where `infra/environments/<env>.s3.tfbackend` says. `--state FILE` keeps it in a file
//! instead: for a rehearsal against an emulator (`AWS_ENDPOINT_URL`).

mod aliases;
mod shift;
mod smoke;

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;

use crate::{
    files,
    package::{self, List},
    repository::Repository,
    shell,
    terraform::Terraform,
};
use aliases::Aliases;

/// What is planned, in the workshop.
const PLAN: &str = "deploy.plan";

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
    let kept = folder.join("before.json");
    if wish.back {
        return back(&Aliases::read(&kept)?);
    }
    let list = packed(repository, wish)?;
    list.covers(repository.manifest()?.functions.keys())?;
    let terraform = prepared(repository, wish, &folder, &list)?;
    let before = Aliases::of_state(&terraform.state()?);
    let difference = terraform.plan(PLAN)?;
    print!("{}", difference.told());
    if wish.plan || difference.is_empty() {
        return Ok(());
    }
    if !wish.yes && !confirmed(&wish.env)? {
        bail!("nothing was changed");
    }
    before.write(&kept)?;
    shell::step("apply", || terraform.apply_plan(PLAN))?;
    let outcome = shell::step("shift", || shift::run(&terraform, &before, &wish.env))
        .and_then(|()| shell::step("smoke test", || smoke::run(&terraform.text("shop_url")?)));
    if let Err(error) = outcome {
        println!("{error:#}\ngoing back");
        back(&before)?;
        return Err(error.context("the versions before serve again"));
    }
    println!(
        "deployed; `cargo xtask deploy --env {} --back` goes back",
        wish.env
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
fn prepared(repository: &Repository, wish: &Wish, folder: &Path, list: &List) -> Result<Terraform> {
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
    let zips = repository.path(&wish.zips);
    let terraform = Terraform::at(&work)?
        .file(&work.join(&values))
        .variable("artifacts_dir", &zips.display().to_string())
        .variable("architecture", &list.architecture.to_string());
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
    shell::step("init", || terraform.init(&backend))?;
    Ok(terraform)
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

fn back(before: &Aliases) -> Result<()> {
    shell::step("back", || before.restore())
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
}
