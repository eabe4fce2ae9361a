//! Wrong edits, made one after the other in a copy: each must be refused with a sentence that names
//! the file and the cause. A check that refuses nothing would not be missed otherwise.

mod list;

use std::{fs, path::Path};

use anyhow::{Context, Result, bail};
use manifest::Manifest;

use super::{
    NOTHING_WATCHED, SANDBOX, WHOLE, agreement, controls,
    plan::Plan,
    report::{Report, Verdict},
    sources::Sources,
    tools::Tools,
    variables,
    workshop::Workshop,
};
use crate::repository::Repository;
use list::{IN_TERRAFORM, IN_THE_MANIFEST, Mistake};

/// The small shop.
const SHOP: &str = include_str!("tea.yaml");
const DEFAULTS: &str = "infra/manifest/_defaults.yaml";

/// Makes them all.
pub(super) fn run(repository: &Repository, tools: &Tools, report: &mut Report) -> Result<()> {
    let defaults = repository.read(DEFAULTS)?;
    report.step("mistakes in the manifest", || {
        let refused = IN_THE_MANIFEST.iter().map(|mistake| {
            let told =
                edited(SHOP, mistake).map(|text| read(&defaults, &text).err().map(|error| error.to_string()));
            judged(mistake, told)
        });
        summed(refused.collect())
    });
    let (Some(stand_in), true) = (&tools.stand_in, tools.terraform) else {
        report.skip(
            "mistakes in Terraform",
            "terraform or the stand-in provider is not on this machine",
        );
        return Ok(());
    };
    let folder = stand_in.prepare(repository)?;
    let unharmed = report.step("the small shop without a mistake", || {
        Verdict::of(none(repository, &folder))
    });
    if unharmed {
        let shop = read(&defaults, SHOP)?;
        let workshop = Workshop::again(repository, "mistakes", &folder.join("terraformrc"));
        report.step("mistakes in Terraform", || {
            let refused = IN_TERRAFORM
                .iter()
                .map(|mistake| judged(mistake, made(&workshop, &shop, mistake)));
            summed(refused.collect())
        });
    }
    Ok(())
}

/// The small shop without a mistake: applied, planned again, and held against its manifest.
pub(super) fn none(repository: &Repository, folder: &Path) -> Result<String> {
    let workshop = Workshop::open(repository, "mistakes", &folder.join("terraformrc"))?;
    small_shop(repository, &workshop)?;
    if let Verdict::Failed(cause) = workshop.init() {
        bail!("{cause}");
    }
    let shop = read(&repository.read(DEFAULTS)?, SHOP)?;
    refusal(&workshop, &shop)?.map_or_else(|| Ok(String::new()), |told| bail!("{told}"))
}

/// Puts the small shop in place of the copy's manifest.
pub(super) fn small_shop(repository: &Repository, workshop: &Workshop) -> Result<()> {
    let defaults = repository.read(DEFAULTS)?;
    workshop.replace_manifest(&[("_defaults.yaml", &defaults), ("tea.yaml", SHOP)])
}

fn read(defaults: &str, shop: &str) -> Result<Manifest> {
    let texts = [("_defaults.yaml", defaults), ("tea.yaml", shop)];
    let texts: Vec<(String, String)> = texts
        .iter()
        .map(|(name, text)| ((*name).into(), (*text).into()))
        .collect();
    Ok(Manifest::from_texts(&texts)?)
}

fn edited(text: &str, mistake: &Mistake) -> Result<String> {
    let found = text.contains(mistake.piece);
    anyhow::ensure!(found, "infra/{} no longer has `{}`", mistake.file, mistake.piece);
    Ok(text.replacen(mistake.piece, mistake.by, 1))
}

/// Makes the edit, asks, and takes it back.
fn made(workshop: &Workshop, shop: &Manifest, mistake: &Mistake) -> Result<Option<String>> {
    let path = workshop.folder().join(mistake.file);
    let text = fs::read_to_string(&path).with_context(|| format!("infra/{} cannot be read", mistake.file))?;
    fs::write(&path, edited(&text, mistake)?)?;
    let told = refusal(workshop, shop);
    fs::write(&path, text)?;
    told
}

/// With what words the copy is refused as it stands; none when it passes.
fn refusal(workshop: &Workshop, shop: &Manifest) -> Result<Option<String>> {
    workshop.forget()?;
    let strangers = variables::strangers(workshop.folder())?;
    if !strangers.is_empty() {
        return Ok(Some(strangers.join("\n")));
    }
    let mut whole = None;
    let variables = [&NOTHING_WATCHED[..], &SANDBOX].concat();
    if let Verdict::Failed(cause) = workshop.apply_twice(WHOLE, &variables, &mut whole) {
        return Ok(Some(cause));
    }
    let path = whole.context("there is no plan")?;
    let plan = Plan::read(&path, &Sources::read(workshop.folder())?)?;
    let told = [agreement::differences(shop, &plan), controls::misses(&plan)].concat();
    Ok(Some(told.join("\n")).filter(|told| !told.is_empty()))
}

/// Nothing, or why the mistake was not refused as it should be.
fn judged(mistake: &Mistake, told: Result<Option<String>>) -> Option<String> {
    let edit = format!(
        "infra/{}: `{}` instead of `{}`",
        mistake.file,
        mistake.by.trim(),
        mistake.piece.trim()
    );
    match told {
        Err(error) => Some(format!("{edit}: {error:#}")),
        Ok(None) => Some(format!("{edit} was not refused")),
        Ok(Some(told)) => {
            let lost = mistake
                .words
                .iter()
                .find(|word| !said(&told).contains(&said(word)));
            lost.map(|word| format!("{edit} was refused, but not with the words `{word}`:\n{told}"))
        }
    }
}

/// The words without the breaks of lines that Terraform makes.
fn said(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn summed(outcomes: Vec<Option<String>>) -> Verdict {
    let count = outcomes.len();
    let passed: Vec<String> = outcomes.into_iter().flatten().collect();
    if passed.is_empty() {
        Verdict::Ok(format!("{count} made, {count} refused"))
    } else {
        Verdict::Failed(passed.join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOME_DEFAULTS: &str = include_str!("../../../../infra/manifest/_defaults.yaml");

    #[test]
    fn the_small_shop_itself_is_right() {
        assert!(read(SOME_DEFAULTS, SHOP).is_ok());
    }

    #[test]
    fn every_mistake_in_the_manifest_is_refused_with_file_and_cause() {
        for mistake in &IN_THE_MANIFEST {
            let text = edited(SHOP, mistake).unwrap();
            let told = read(SOME_DEFAULTS, &text).err().map(|error| error.to_string());
            assert_eq!(judged(mistake, Ok(told)), None);
        }
    }
}
