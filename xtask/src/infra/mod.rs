//! `infra`: whether the Terraform in `infra/` is right, without an account and without a network.
//!
//! | step | says no to |
//! |---|---|
//! | fmt | files that `terraform fmt` would change |
//! | manifest | what the manifest's strict reader refuses |
//! | variables | a tfvars file that sets what `variables.tf` does not declare; Terraform would only warn |
//! | runbooks | an alarm without its page in docs/runbooks |
//! | validate | what either provider does not know or allow: the real one and the stand-in |
//! | sam | functions and routes that the SAM CLI does not find in a plan, up to the container it would start |
//! | test | `terraform test` over a mock of AWS, of the real provider where it is there |
//! | environments | an environment whose plan fails |
//! | apply | a fake apply of everything, after which a second plan must be empty |
//! | agreement | environments, rights, queues, tables and triggers that differ from what `local/manifest` computes |
//! | controls | what the list of controls asks for and no other tool looks at |
//! | policies | IAM actions that do not exist or do not fit their resource |
//! | checkov | findings without a reason in infra/checkov.yaml |
//!
//! A step whose tool is not on the machine says so and counts as skipped, never as passed. All
//! Terraform runs in copies below `target/infra`, so that nothing is written into `infra/`.

mod agreement;
mod checkov;
mod controls;
mod mistakes;
mod plan;
mod policies;
mod report;
mod runbooks;
mod sources;
mod tools;
mod variables;
mod workshop;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use manifest::Manifest;

use crate::{repository::Repository, sam};
use plan::Plan;
use report::{Report, Verdict};
use sources::Sources;
use tools::Tools;
use workshop::Workshop;

/// What is wished for.
#[derive(Debug, Clone, Args)]
pub(crate) struct Wish {
    /// Only what takes seconds: no test, apply or scan of the whole.
    #[arg(long)]
    quick: bool,
    /// Instead make some thirty wrong edits, one after the other, and see that each is refused.
    #[arg(long)]
    mistakes: bool,
}

impl Wish {
    /// What takes seconds.
    pub(crate) fn quick() -> Self {
        Self {
            quick: true,
            mistakes: false,
        }
    }
}

/// The environment whose plan is looked at: everything is on there.
const WHOLE: &str = "prod";
const OTHERS: [&str; 2] = ["dev", "staging"];
/// What a whole shop with a domain adds to `WHOLE`. The stand-in knows no DKIM tokens before apply.
const DOMAIN: [&str; 3] = [
    "-var=domain=shop.example.com",
    "-var=hosted_zone_id=Z123",
    "-var=mail_enabled=false",
];

/// What an environment's variables name and the small shop lacks.
const NOTHING_WATCHED: [&str; 2] = ["-var=watched_queues=[]", "-var=watched_functions=[]"];

/// A new account may send mail to addresses that confirmed themselves, and to no other.
const SANDBOX: [&str; 1] = ["-var=mail_sandbox_recipients=[\"you@example.com\"]"];

/// Runs the steps, says what came out of each, and fails when one did not pass.
pub(crate) fn run(repository: &Repository, wish: &Wish) -> Result<()> {
    let tools = Tools::find(repository);
    let mut report = Report::default();
    if wish.mistakes {
        mistakes::run(repository, &tools, &mut report)?;
    } else {
        checks(repository, &tools, wish.quick, &mut report)?;
    }
    println!("{}", report.summary());
    ensure!(report.passed(), "{}", report.failures());
    Ok(())
}

/// Terraform's own configuration in which the real provider is taken from this machine.
pub(crate) fn provider(repository: &Repository) -> Result<PathBuf> {
    let mirror = Tools::find(repository).real.context(
        "hashicorp/aws is in no plug-in folder of this machine; `terraform providers mirror` makes one, \
         and TF_PLUGINS names it",
    )?;
    mirror.configuration()
}

fn checks(repository: &Repository, tools: &Tools, quick: bool, report: &mut Report) -> Result<()> {
    report.step("manifest", || {
        Verdict::of(repository.manifest().map(|_| String::new()))
    });
    report.step("variables", || {
        match variables::strangers(&repository.path("infra")) {
            Ok(strangers) => strangers.into(),
            Err(error) => Verdict::Failed(format!("{error:#}")),
        }
    });
    report.step("runbooks", || runbooks::check(repository));
    if tools.terraform {
        report.step("fmt", || workshop::fmt(repository));
        let tested = real(repository, tools, quick, report)?;
        standing_in(repository, tools, quick, tested, report)?;
    } else {
        report.skip("everything else", "terraform is not on this machine");
    }
    Ok(())
}

/// What only the real provider says; whether the tests were run with it.
fn real(repository: &Repository, tools: &Tools, quick: bool, report: &mut Report) -> Result<bool> {
    let configuration = match &tools.real {
        Some(mirror) => mirror.configuration()?,
        None => tools::fetching(repository)?,
    };
    let workshop = Workshop::open(repository, "real", &configuration)?;
    // What no folder has may be fetched, which is not done where seconds matter.
    let fetched = || !quick && matches!(workshop.init(), Verdict::Ok(_));
    if tools.real.is_none() && !fetched() {
        for step in ["validate (real provider)", "sam"] {
            report.skip(
                step,
                "hashicorp/aws is in no plug-in folder of this machine and was not fetched; TF_PLUGINS may name one",
            );
        }
        return Ok(false);
    }
    report.step("init (real provider)", || workshop.init());
    report.step("validate (real provider)", || workshop.validate());
    if !quick {
        report.step("test", || workshop.test(&[]));
        report.step("sam", || match sam::Cli::find() {
            None => Verdict::Skipped(sam::MISSING.to_owned()),
            Some(cli) => Verdict::of(sam::hook::check(repository, &cli, configuration)),
        });
    }
    Ok(!quick)
}

/// Makes the plan that `sam local` reads, and says what to do with it.
pub(crate) fn sam_plan(repository: &Repository, wish: &sam::plan::Wish) -> Result<()> {
    let mirror = Tools::find(repository).real;
    let configuration = mirror.map(|mirror| mirror.configuration()).transpose()?;
    let names = sam::plan::make(repository, wish, configuration)?;
    let count = names.len();
    println!("{} has {count} functions; now, for example:", sam::plan::PLAN);
    if let Some(name) = names.values().next() {
        println!("  sam local invoke {name} --event event.json\n  sam local start-api");
    }
    Ok(())
}

/// What the stand-in says, and what is found in the plan that it makes.
fn standing_in(
    repository: &Repository,
    tools: &Tools,
    quick: bool,
    tested: bool,
    report: &mut Report,
) -> Result<()> {
    let Some(stand_in) = &tools.stand_in else {
        let reason = "the stand-in provider is not on this machine; TERRAFORM_OFFLINE may name its folder";
        if !tested {
            report.skip("test", reason);
        }
        for step in [
            "validate (stand-in)",
            "environments",
            "apply",
            "agreement",
            "controls",
            "policies",
            "checkov",
        ] {
            report.skip(step, reason);
        }
        return Ok(());
    };
    let folder = match stand_in.prepare(repository) {
        Ok(folder) => folder,
        Err(error) => {
            report.skip(
                "the stand-in and all that needs it",
                &format!("it cannot be built: {error:#}"),
            );
            return Ok(());
        }
    };
    let workshop = Workshop::open(repository, "stand-in", &folder.join("terraformrc"))?;
    if !report.step("init (stand-in)", || workshop.init()) {
        return Ok(());
    }
    report.step("validate (stand-in)", || workshop.validate());
    report.step("environments", || Verdict::of(environments(repository, &folder)));
    if quick {
        report.step("the small shop", || {
            Verdict::of(mistakes::none(repository, &folder))
        });
        return Ok(());
    }
    if !tested {
        report.step("test", || workshop.test(&[]));
    }
    whole(repository, tools, &workshop, &folder, report)
}

/// The whole shop, applied to nothing real, and what is found in its plan.
fn whole(
    repository: &Repository,
    tools: &Tools,
    workshop: &Workshop,
    folder: &Path,
    report: &mut Report,
) -> Result<()> {
    let mut applied = None;
    report.step("apply", || workshop.apply_twice(WHOLE, &SANDBOX, &mut applied));
    let Some(path) = applied else {
        return Ok(());
    };
    let plan = Plan::read(&path, &Sources::read(workshop.folder())?)?;
    // The copy's manifest, which is the plan's: the checkout's may have changed since.
    report.step("agreement", || {
        match Manifest::read(&workshop.folder().join("manifest")) {
            Ok(manifest) => agreement::differences(&manifest, &plan).into(),
            Err(error) => Verdict::Failed(format!("{error:#}")),
        }
    });
    report.step("controls", || controls::misses(&plan).into());
    report.step("policies", || {
        policies::check(folder, tools.stand_in.as_ref(), &path)
    });
    report.step("checkov", || checkov::check(repository, tools, &path));
    Ok(())
}

/// The variables of each environment, with the small shop: its plan is a matter of seconds.
fn environments(repository: &Repository, folder: &Path) -> Result<String> {
    let workshop = Workshop::open(repository, "environments", &folder.join("terraformrc"))?;
    mistakes::small_shop(repository, &workshop)?;
    if let Verdict::Failed(cause) = workshop.init() {
        bail!("init: {cause}");
    }
    for environment in OTHERS {
        if let Verdict::Failed(cause) = workshop.plan_of(environment, &NOTHING_WATCHED) {
            bail!("infra/environments/{environment}.tfvars: {cause}");
        }
    }
    let domain = [&NOTHING_WATCHED[..], &DOMAIN].concat();
    if let Verdict::Failed(cause) = workshop.plan_of(WHOLE, &domain) {
        bail!("{WHOLE} with a domain: {cause}");
    }
    Ok(format!("{}, and {WHOLE} with a domain", OTHERS.join(", ")))
}
