//! Canary: CodeDeploy moves an alias to the new version, a tenth of its traffic first, and takes it
//! back when an alarm of its service goes off.
//!
//! CodeDeploy takes one function a deployment and one deployment a group at a time; groups are
//! services, and services go side by side.

use std::{collections::BTreeMap, process::Command, thread};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::aliases::{Aliases, LIVE};
use crate::{shell, terraform::Terraform};

/// One function on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Move {
    function: String,
    from: String,
    to: String,
}

/// Moves what is to be moved; nothing where Terraform moves the aliases itself.
pub(super) fn run(terraform: &Terraform, before: &Aliases, env: &str) -> Result<()> {
    if terraform.output("canary")? != Some(Value::Bool(true)) {
        println!("   no canary here: the aliases call the newest versions");
        return Ok(());
    }
    let functions = terraform
        .output("functions")?
        .context("infra/ has no output `functions`")?;
    let app = format!("cartwright-{env}");
    let moves = moves(&functions, before);
    let count: usize = moves.values().map(Vec::len).sum();
    println!("   {count} functions in {} services", moves.len());
    let failed: Vec<String> = thread::scope(|scope| {
        let going: Vec<_> = moves
            .iter()
            .map(|(service, moves)| (service, scope.spawn(|| shift(&app, service, moves))))
            .collect();
        let ended = going
            .into_iter()
            .filter_map(|(service, going)| match going.join() {
                Ok(Ok(())) => None,
                Ok(Err(error)) => Some(format!("{service}: {error:#}")),
                Err(_) => Some(format!("{service}: it broke off")),
            });
        ended.collect()
    });
    if !failed.is_empty() {
        bail!("{}; see docs/runbooks/deployment.md", failed.join("; "));
    }
    Ok(())
}

/// By service, the functions whose newest version is not the one that is called.
fn moves(functions: &Value, before: &Aliases) -> BTreeMap<String, Vec<Move>> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let (mut newest, mut services) = (BTreeMap::new(), BTreeMap::new());
    for function in functions
        .as_object()
        .into_iter()
        .flat_map(|functions| functions.values())
    {
        let names = text(&function["name"])
            .zip(text(&function["version"]))
            .zip(text(&function["service"]));
        if let Some(((name, version), service)) = names {
            newest.insert(name.clone(), version);
            services.insert(name, service);
        }
    }
    let mut moves: BTreeMap<String, Vec<Move>> = BTreeMap::new();
    for (name, version) in before.moved(&newest) {
        let (Some(service), Some(from)) = (services.get(name), before.0.get(name)) else {
            continue;
        };
        moves.entry(service.clone()).or_default().push(Move {
            function: name.to_owned(),
            from: from.clone(),
            to: version.to_owned(),
        });
    }
    moves
}

fn shift(app: &str, service: &str, moves: &[Move]) -> Result<()> {
    for one in moves {
        let printed = aws(&[
            "deploy",
            "create-deployment",
            "--application-name",
            app,
            "--deployment-group-name",
            service,
            "--revision",
            &revision(one),
        ])?;
        let told: Value = serde_json::from_slice(&printed).context("aws printed no JSON")?;
        let id = told["deploymentId"].as_str().context("there is no deployment")?;
        println!("   {}: {} → {} ({id})", one.function, one.from, one.to);
        aws(&["deploy", "wait", "deployment-successful", "--deployment-id", id])
            .with_context(|| format!("{} was taken back", one.function))?;
    }
    Ok(())
}

/// What CodeDeploy is asked: an AppSpec of one function.
fn revision(one: &Move) -> String {
    let specification = json!({
        "version": "0.0",
        "Resources": [{ one.function.as_str(): {
            "Type": "AWS::Lambda::Function",
            "Properties": { "Name": one.function, "Alias": LIVE, "CurrentVersion": one.from, "TargetVersion": one.to },
        }}],
    });
    json!({ "revisionType": "AppSpecContent", "appSpecContent": { "content": specification.to_string() } })
        .to_string()
}

fn aws(words: &[&str]) -> Result<Vec<u8>> {
    let mut command = Command::new("aws");
    command.args(words).args(["--output", "json"]);
    shell::capture(&mut command, "see above")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_has_another_version_moves_by_service() {
        let functions = json!({
            "orders-get": { "name": "c-prod-orders-get", "version": "4", "service": "orders" },
            "orders-list": { "name": "c-prod-orders-list", "version": "2", "service": "orders" },
            "carts-get": { "name": "c-prod-carts-get", "version": "9", "service": "carts" },
        });
        let before = [
            ("c-prod-orders-get", "3"),
            ("c-prod-orders-list", "2"),
            ("c-prod-carts-get", "8"),
        ];
        let before = Aliases(
            before
                .map(|(name, version)| (name.to_owned(), version.to_owned()))
                .into(),
        );
        let moves = moves(&functions, &before);
        assert_eq!(moves.keys().collect::<Vec<_>>(), ["carts", "orders"]);
        assert_eq!(moves["orders"].len(), 1);
        let asked = revision(&moves["orders"][0]);
        let asked: Value = serde_json::from_str(&asked).expect("JSON");
        let content = asked["appSpecContent"]["content"].as_str().expect("an AppSpec");
        assert!(
            content.contains(r#""CurrentVersion":"3""#) && content.contains(r#""TargetVersion":"4""#),
            "{content}"
        );
    }
}
