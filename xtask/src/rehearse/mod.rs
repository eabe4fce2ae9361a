//! `infra rehearse-deploy`: deployments that go well and deployments that do not, each by the command
//! line as a person would give it, of a small shop in an emulator of AWS.
//!
//! | deployment | what must come of it |
//! |---|---|
//! | the first | serves; there is nothing to go back to, and `--back` says so |
//! | a changed function | its alias calls version 2, the others still 1; its code is the new one, although it lies elsewhere |
//! | one whose zip is missing | the apply breaks off, no alias moves |
//! | a function that does not start | the smoke test sees it, the alias goes back to version 2 |
//! | the same once more | is refused |
//! | a mended one | serves; the way back is version 2 |
//! | the same once more, its zips elsewhere | says that there is nothing to deploy |
//! | `--back` | goes to version 2, from the record in the bucket |
//! | the mended one, `--again` | moves the alias although Terraform has nothing to do |
//! | the same without it | says that there is nothing to deploy |

mod small;
mod zips;

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;

use crate::{apply_local::emulator::Emulator, infra, package::List, repository::Repository, shell};
use zips::Zips;

/// Where it all happens.
const FOLDER: &str = "target/rehearse";
/// The one that changes, and what it is called on AWS.
const CHANGED: &str = "catalog-list-products";
const CHANGED_THERE: &str = "cartwright-local-catalog-list-products";
/// One that does not.
const UNCHANGED_THERE: &str = "cartwright-local-catalog-get-product";

/// How it is to be done.
#[derive(Debug, Clone, Args)]
pub(crate) struct Wish {
    /// Takes the functions of `target/rehearse/zips` as they are.
    #[arg(long)]
    no_package: bool,
}

/// Deploys again and again, and looks at what is called.
pub(crate) fn run(repository: &Repository, wish: &Wish) -> Result<()> {
    let folder = repository.path(FOLDER);
    let zips = Zips::of(repository, &folder.join("zips"), wish.no_package)?;
    let checkout = folder.join("checkout");
    small::shop(repository, &checkout)?;
    let stage = Stage {
        checkout,
        configuration: infra::provider(repository)?,
        emulator: Emulator::start(&folder)?,
    };
    shell::step("the first deployment", || {
        stage.well(&zips.first, &[], "is deployed")?;
        stage.badly_back("there is no version before")?;
        stage.calls(CHANGED_THERE, "1", &zips.first)
    })?;
    shell::step("a changed function", || {
        stage.well(&zips.changed, &[], "1 → 2")?;
        stage.calls(UNCHANGED_THERE, "1", &zips.first)?;
        stage.calls(CHANGED_THERE, "2", &zips.changed)
    })?;
    shell::step("a zip is missing", || {
        stage.badly(&zips.missing, "no alias was moved")?;
        stage.calls(CHANGED_THERE, "2", &zips.changed)
    })?;
    shell::step("a function that does not start", || {
        stage.badly(&zips.broken, "the versions before serve again")?;
        stage.calls(CHANGED_THERE, "2", &zips.changed)?;
        stage.badly(&zips.broken, "--again")
    })?;
    shell::step("a mended one", || {
        stage.well(&zips.mended, &[], "is deployed")?;
        stage.calls(UNCHANGED_THERE, "1", &zips.first)?;
        stage.serves(CHANGED_THERE, &zips.mended)
    })?;
    shell::step("the same from elsewhere", || {
        stage.well(&zips.elsewhere, &[], "nothing to deploy")
    })?;
    shell::step("back", || {
        stage.back("call the version before")?;
        stage.calls(CHANGED_THERE, "2", &zips.changed)?;
        stage.badly(&zips.mended, "--again")
    })?;
    shell::step("again", || {
        stage.well(&zips.mended, &["--again"], "nothing changes")?;
        stage.serves(CHANGED_THERE, &zips.mended)
    })?;
    shell::step("nothing to deploy", || {
        stage.well(&zips.mended, &[], "nothing to deploy")
    })
}

/// The small shop's checkout, and the emulator that it is deployed to.
struct Stage {
    checkout: PathBuf,
    configuration: PathBuf,
    emulator: Emulator,
}

impl Stage {
    /// Deploys these zips; what was printed, and whether it went well.
    fn deploy(&self, words: &[&str]) -> Result<(bool, String)> {
        let output = Command::new(env::current_exe()?)
            .args(["deploy", "--env", "local", "--state", "state.json", "--yes"])
            .args(words)
            .current_dir(&self.checkout)
            .envs(self.emulator.environment())
            // The shop is in its own region, wherever whoever deploys it is at home.
            .env("AWS_REGION", "eu-west-1")
            .env("AWS_DEFAULT_REGION", "eu-west-1")
            .env("TF_CLI_CONFIG_FILE", &self.configuration)
            .env("TF_CLI_ARGS_apply", "-parallelism=30")
            .output()
            .context("the deployment cannot be started")?;
        let told = [output.stdout, output.stderr].concat();
        let told = String::from_utf8_lossy(&told).into_owned();
        for line in told.lines() {
            println!("   │ {line}");
        }
        Ok((output.status.success(), told))
    }

    fn zips(&self, zips: &Path, more: &[&str]) -> Result<(bool, String)> {
        let zips = zips.display().to_string();
        self.deploy(&[&["--no-package", "--zips", &zips], more].concat())
    }

    fn well(&self, zips: &Path, more: &[&str], words: &str) -> Result<()> {
        judged(self.zips(zips, more)?, true, words)
    }

    fn badly(&self, zips: &Path, words: &str) -> Result<()> {
        judged(self.zips(zips, &[])?, false, words)
    }

    fn back(&self, words: &str) -> Result<()> {
        judged(self.deploy(&["--back"])?, true, words)
    }

    fn badly_back(&self, words: &str) -> Result<()> {
        judged(self.deploy(&["--back"])?, false, words)
    }

    /// The version that is called, and that its code is what was packed there.
    fn calls(&self, function: &str, version: &str, zips: &Path) -> Result<()> {
        let words = [
            "lambda",
            "get-alias",
            "--function-name",
            function,
            "--name",
            "live",
        ];
        let alias = self.emulator.aws(&words)?;
        ensure!(
            alias["FunctionVersion"] == version,
            "{function} calls version {}, not {version}",
            alias["FunctionVersion"]
        );
        self.serves(function, zips)
    }

    fn serves(&self, function: &str, zips: &Path) -> Result<()> {
        let words = [
            "lambda",
            "get-function-configuration",
            "--qualifier",
            "live",
            "--function-name",
            function,
        ];
        let code = &self.emulator.aws(&words)?["CodeSha256"];
        let list = List::read(zips)?.context("there is no list of zips")?;
        let name = function.trim_start_matches("cartwright-local-");
        let packed = list.functions.get(name).context("it was not packed")?;
        ensure!(
            *code == packed.base64.as_str(),
            "{function} runs {code}, and {} was packed",
            packed.base64
        );
        Ok(())
    }
}

fn judged((well, told): (bool, String), expected: bool, words: &str) -> Result<()> {
    if well != expected {
        bail!("the deployment {}", if well { "went well" } else { "failed" });
    }
    ensure!(told.contains(words), "the deployment did not say `{words}`");
    Ok(())
}
