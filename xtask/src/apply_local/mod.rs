//! `infra apply-local`: the Terraform of `infra/`, applied by the real AWS provider to an emulator
//! on this machine, with the functions from their zips; then the tour, as a client of the API
//! Gateway; then everything is taken away again and must be gone.
//!
//! Nothing of the product is made to fit the emulator. What it lacks is switched off in
//! `infra/environments/local.tfvars` or in [`override_file`], and docs/infrastructure-locally.md
//! says why.

mod bridge;
pub(crate) mod emulator;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use serde_json::Value;

use crate::{
    files,
    package::{self, List},
    repository::Repository,
    shell,
    terraform::Terraform,
};
use bridge::Bridge;
use emulator::Emulator;

/// Where the emulated account is.
const REGION: &str = "us-east-1";
/// Where it all happens; nothing is written elsewhere.
const FOLDER: &str = "target/apply-local";
/// The zips in it.
const ZIPS: &str = "zips";
/// The provider that the emulator was tried with, as its mirror's path has it.
const PROVIDER: &str = "registry.terraform.io/hashicorp/aws/5.100.0";
/// What the emulator takes and does not tell again: an alarm's description and whether its actions are
/// enabled, an identity's configuration set. A second plan wants to set them once more.
const FORGOTTEN: [&str; 2] = ["aws_cloudwatch_metric_alarm", "aws_sesv2_email_identity"];

/// How it is to be done.
#[derive(Debug, Clone, Args)]
pub(crate) struct Wish {
    /// Takes the zips of `target/apply-local/zips` as they are.
    #[arg(long)]
    no_package: bool,
    /// The Cargo profile of the functions.
    #[arg(long, default_value = "dev")]
    profile: String,
    /// Leaves everything running until Enter is pressed, to look around.
    #[arg(long)]
    stay: bool,
}

/// Applies, shops, destroys.
pub(crate) fn run(repository: &Repository, wish: &Wish) -> Result<()> {
    let mirror = mirror()?;
    let folder = repository.path(FOLDER);
    fs::create_dir_all(&folder)?;
    let zips = folder.join(ZIPS);
    let list = packed(repository, wish, &zips)?;
    list.covers(repository.manifest()?.functions.keys())?;
    let stage = Stage::applied(repository, &folder, &mirror, &list)?;
    let Stage {
        emulator,
        bridge,
        terraform,
    } = &stage;
    shell::step("a second plan is empty", || settled(terraform))?;
    let api = terraform.text("api_url")?;
    bridge.lead_to(api.trim_start_matches("http://"));
    println!("the API is at {api}");
    let key = staff_key(repository, emulator)?;
    shell::step("seed", || seed(repository, &bridge.url(), &key))?;
    shell::step("tour", || tour(repository, emulator, &api, &key))?;
    if wish.stay {
        println!(
            "SHOP={api}\nKEY={key}\nAWS_ENDPOINT_URL={}\nEnter ends it",
            emulator.url()
        );
        std::io::stdin().read_line(&mut String::new())?;
    }
    shell::step("destroy", || terraform.destroy())?;
    shell::step("nothing is left", || gone(terraform, emulator))
}

/// Everything, applied to an emulator of its own.
struct Stage {
    emulator: Emulator,
    bridge: Bridge,
    terraform: Terraform,
}

impl Stage {
    fn applied(repository: &Repository, folder: &Path, mirror: &Path, list: &List) -> Result<Self> {
        let emulator = Emulator::start(folder)?;
        println!("the emulator is at {}", emulator.url());
        let bridge = Bridge::open(emulator.port())?;
        let work = workshop(repository, folder, mirror, &bridge.url())?;
        let mut terraform = Terraform::at(&work)?
            .env("TF_CLI_CONFIG_FILE", folder.join("terraformrc"))
            .file(&work.join("environments/local.tfvars"))
            .variable("artifacts_dir", &folder.join(ZIPS).display().to_string())
            .variable("architecture", &list.architecture.to_string());
        for (name, value) in emulator.environment() {
            terraform = terraform.env(name, value);
        }
        // Nearly all of the time is the provider waiting for what is settled long since.
        for words in ["apply", "destroy"] {
            terraform = terraform.env(&format!("TF_CLI_ARGS_{words}"), "-parallelism=30");
        }
        shell::step("init", || terraform.init(&[]))?;
        shell::step("apply", || terraform.apply())?;
        println!("   {} things are managed", terraform.managed()?);
        Ok(Self {
            emulator,
            bridge,
            terraform,
        })
    }
}

fn packed(repository: &Repository, wish: &Wish, zips: &Path) -> Result<List> {
    if wish.no_package {
        let list = List::read(zips)?;
        return list.with_context(|| format!("`{}` has no manifest.json", zips.display()));
    }
    let mut package = package::Wish::to_try(zips.to_owned());
    package.profile = Some(wish.profile.clone());
    package::run(repository, &package)
}

/// The folder of plug-ins that holds the provider: `TF_PLUGINS`, or where machine images keep it.
fn mirror() -> Result<PathBuf> {
    let home = env::var("HOME").unwrap_or_default();
    let places = [
        env::var("TF_PLUGINS").unwrap_or_default(),
        format!("{home}/.terraform.d/plugins"),
        "/usr/local/share/terraform/plugins".to_owned(),
        "/usr/share/terraform/plugins".to_owned(),
    ];
    let mut places: Vec<PathBuf> = places
        .into_iter()
        .filter(|place| !place.is_empty())
        .map(PathBuf::from)
        .collect();
    if let Ok(entries) = fs::read_dir("/opt") {
        places.extend(entries.flatten().map(|entry| entry.path()));
    }
    let found = places.into_iter().find(|place| place.join(PROVIDER).is_dir());
    found.with_context(|| {
        format!(
            "no folder of plug-ins has {PROVIDER}; name it in TF_PLUGINS (docs/infrastructure-locally.md)"
        )
    })
}

/// A copy of `infra/` with what the emulator needs beside it.
fn workshop(repository: &Repository, folder: &Path, mirror: &Path, shop_url: &str) -> Result<PathBuf> {
    let work = folder.join("infra");
    if work.exists() {
        fs::remove_dir_all(&work).with_context(|| format!("`{}` cannot be removed", work.display()))?;
    }
    files::copy(&repository.path("infra"), &work)?;
    fs::write(work.join("local_override.tf"), override_file(shop_url))?;
    let configuration = format!(
        "provider_installation {{\n  filesystem_mirror {{\n    path = \"{}\"\n  }}\n}}\n",
        mirror.display()
    );
    fs::write(folder.join("terraformrc"), configuration)?;
    Ok(work)
}

/// What differs from AWS in where things are, not in what they are: the state is a file, buckets are
/// paths instead of hosts, and functions reach the shop through the bridge.
fn override_file(shop_url: &str) -> String {
    let provider = |alias: &str| {
        format!(
            "provider \"aws\" {{\n{alias}  s3_use_path_style           = true\n  \
             skip_credentials_validation = true\n  skip_metadata_api_check     = true\n}}\n"
        )
    };
    format!(
        "terraform {{\n  backend \"local\" {{}}\n}}\n{}{}locals {{\n  shop_url = \"{shop_url}\"\n}}\n",
        provider(""),
        provider("  alias                       = \"edge\"\n"),
    )
}

fn settled(terraform: &Terraform) -> Result<()> {
    let difference = terraform.plan("second.plan")?.without_updates_of(&FORGOTTEN);
    ensure!(
        difference.is_empty(),
        "what was just applied would change again:\n{}",
        difference.told()
    );
    Ok(())
}

/// Enters a first staff key, as an operator of a new shop may.
fn staff_key(repository: &Repository, emulator: &Emulator) -> Result<String> {
    let mut command = cartwright(
        repository,
        &["key", "create", "--env", "local", "--name", "the tour"],
    );
    command.envs(emulator.environment());
    let printed = shell::capture(&mut command, "see above")?;
    let key = String::from_utf8(printed).context("a key is text")?;
    Ok(key.trim().to_owned())
}

fn cartwright(repository: &Repository, words: &[&str]) -> Command {
    let mut command = shell::cargo(repository.root());
    command
        .args(["run", "--quiet", "--package", "cartwright", "--"])
        .args(words);
    command
}

/// Loads ten products through the API.
fn seed(repository: &Repository, url: &str, key: &str) -> Result<()> {
    let mut command = cartwright(repository, &["seed", "--products", "10", "--url", url]);
    command.env("SHOP_KEY", key);
    shell::run(&mut command, "see the functions' words in the emulator's log")
}

/// docs/tour.md, word by word, against the API's own address.
fn tour(repository: &Repository, emulator: &Emulator, api: &str, key: &str) -> Result<()> {
    let mut command = shell::cargo(repository.root());
    command.args([
        "test",
        "--quiet",
        "--package",
        "shop-tests",
        "--test",
        "it",
        "the_tour_happens",
    ]);
    command.env("SHOP_URL", api).env("SHOP_KEY", key).env(
        "SHOP_MAILS",
        format!("{}/_ministack/ses/messages", emulator.url()),
    );
    shell::run(
        &mut command,
        "see what was promised above, and the functions' words in the emulator's log",
    )
}

/// What the account holds by kind, as the question for each.
const LEFT: [(&str, [&str; 2], &str); 8] = [
    ("functions", ["lambda", "list-functions"], "Functions"),
    ("tables", ["dynamodb", "list-tables"], "TableNames"),
    ("queues", ["sqs", "list-queues"], "QueueUrls"),
    ("APIs", ["apigatewayv2", "get-apis"], "Items"),
    ("roles", ["iam", "list-roles"], "Roles"),
    ("secrets", ["secretsmanager", "list-secrets"], "SecretList"),
    ("log groups", ["logs", "describe-log-groups"], "logGroups"),
    ("schedules", ["scheduler", "list-schedules"], "Schedules"),
];

fn gone(terraform: &Terraform, emulator: &Emulator) -> Result<()> {
    ensure!(terraform.managed()? == 0, "Terraform still knows of things");
    for (what, question, list) in LEFT {
        let answer = emulator.aws(&question)?;
        let left: Vec<&Value> = answer[list]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|thing| thing.to_string().contains("cartwright"))
            .collect();
        if let Some(first) = left.first() {
            bail!("{} {what} are left, the first is {first}", left.len());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_override_names_both_providers_and_where_the_shop_is() {
        let text = override_file("http://127.0.0.1:1");
        assert_eq!(text.matches("provider \"aws\"").count(), 2);
        assert!(text.contains("alias                       = \"edge\""), "{text}");
        assert!(text.contains("shop_url = \"http://127.0.0.1:1\""), "{text}");
    }
}
