//! `infra sam-plan`: the plan from which `sam local` takes functions and routes, as JSON in
//! `target/sam`.
//!
//! It is made by the real provider without an account: only functions and routes are planned, and
//! they ask AWS for nothing. What Terraform knows only after an apply and the hook follows from a
//! route to its function, the ids between them, gets a name here; with ids that are unknown the hook
//! refuses the whole plan, since each route is one of a `for_each`.

use std::{collections::BTreeMap, fs, path::PathBuf};

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde_json::{Value, json};

use crate::{files, package::List, repository::Repository, terraform::Terraform};

/// Where samconfig.toml looks for it.
pub(crate) const PLAN: &str = "target/sam/plan.json";
const FOLDER: &str = "target/sam";
/// What is planned; the rest of the shop comes only as far as these name it.
const TARGETS: [&str; 3] = [
    "module.function",
    "aws_apigatewayv2_route.this",
    "aws_apigatewayv2_stage.this",
];
/// An account that is nobody's, as AWS's own examples write it.
const ACCOUNT: &str = "123456789012";

/// Of which environment.
#[derive(Debug, Clone, Args)]
pub(crate) struct Wish {
    /// The environment: `infra/environments/<env>.tfvars`.
    #[arg(long, default_value = "dev")]
    pub(crate) env: String,
    /// Where the zips are (`cargo xtask package`).
    #[arg(long, default_value = "target/package")]
    pub(crate) zips: PathBuf,
}

impl Default for Wish {
    fn default() -> Self {
        Self {
            env: "dev".to_owned(),
            zips: PathBuf::from("target/package"),
        }
    }
}

/// Makes the plan; the functions' names on AWS by their names here. The provider comes as the
/// CLI configuration says, or as Terraform itself finds it.
pub(crate) fn make(
    repository: &Repository,
    wish: &Wish,
    configuration: Option<PathBuf>,
) -> Result<BTreeMap<String, String>> {
    let folder = repository.path(FOLDER);
    let work = folder.join("infra");
    let values = work.join("environments").join(format!("{}.tfvars", wish.env));
    if work.exists() {
        fs::remove_dir_all(&work).with_context(|| format!("`{}` cannot be removed", work.display()))?;
    }
    files::copy(&repository.path("infra"), &work)?;
    ensure!(
        values.is_file(),
        "there is no environment `{0}`: infra/environments/{0}.tfvars is missing",
        wish.env
    );
    fs::write(work.join("sam_override.tf"), override_file())?;
    let zips = repository.path(&wish.zips);
    let mut terraform = Terraform::at(&work)?
        .env("TF_DATA_DIR", folder.join(".terraform"))
        .file(&values)
        .variable("artifacts_dir", &zips.display().to_string());
    if let Some(list) = List::read(&zips)? {
        terraform = terraform.variable("architecture", &list.architecture.to_string());
    }
    if let Some(configuration) = configuration {
        terraform = terraform.env("TF_CLI_CONFIG_FILE", configuration);
    }
    for target in TARGETS {
        terraform = terraform.target(target);
    }
    terraform.init(&[])?;
    let mut plan = terraform.planned("sam.plan")?;
    let names = complete(&mut plan);
    ensure!(!names.is_empty(), "the plan has no functions");
    let path = repository.path(PLAN);
    fs::write(&path, plan.to_string()).with_context(|| format!("`{}` cannot be written", path.display()))?;
    Ok(names)
}

/// Terraform without state and without an account.
fn override_file() -> String {
    let provider = |alias: &str| {
        format!(
            "provider \"aws\" {{\n{alias}  access_key                  = \"none\"\n  \
             secret_key                  = \"none\"\n  skip_credentials_validation = true\n  \
             skip_requesting_account_id  = true\n  skip_metadata_api_check     = true\n}}\n"
        )
    };
    format!(
        "terraform {{\n  backend \"local\" {{}}\n}}\nlocals {{\n  account = \"{ACCOUNT}\"\n}}\n{}{}",
        provider(""),
        provider("  alias                       = \"edge\"\n"),
    )
}

/// Gives names to the ids between routes and functions; the functions' names on AWS.
fn complete(plan: &mut Value) -> BTreeMap<String, String> {
    let root = &mut plan["planned_values"]["root_module"];
    let names = functions(root);
    for resource in root["resources"].as_array_mut().into_iter().flatten() {
        let key = resource["index"].as_str().unwrap_or_default().to_owned();
        let kind = resource["type"].as_str().unwrap_or_default().to_owned();
        let values = &mut resource["values"];
        match kind.as_str() {
            "aws_apigatewayv2_api" => values["id"] = json!("api"),
            "aws_apigatewayv2_stage" => values["api_id"] = json!("api"),
            "aws_apigatewayv2_integration" => {
                values["api_id"] = json!("api");
                values["id"] = json!(format!("integration-{key}"));
                values["integration_uri"] = json!(uri(names.get(&key).map_or("", String::as_str)));
            }
            "aws_apigatewayv2_route" => {
                values["api_id"] = json!("api");
                values["target"] = json!(format!("integrations/integration-{key}"));
            }
            _ => {}
        }
    }
    names
}

/// How API Gateway calls a function.
fn uri(name: &str) -> String {
    format!(
        "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/\
         arn:aws:lambda:us-east-1:{ACCOUNT}:function:{name}/invocations"
    )
}

/// `catalog-get-product` is `cartwright-dev-catalog-get-product`.
fn functions(root: &Value) -> BTreeMap<String, String> {
    let modules = root["child_modules"].as_array().into_iter().flatten();
    let functions = modules.filter_map(|module| {
        let address = module["address"].as_str()?;
        let key = address.strip_prefix("module.function[\"")?.strip_suffix("\"]")?;
        let mut resources = module["resources"].as_array()?.iter();
        let function = resources.find(|resource| resource["type"] == json!("aws_lambda_function"))?;
        let name = function["values"]["function_name"].as_str()?;
        Some((key.to_owned(), name.to_owned()))
    });
    functions.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_leads_to_its_function_before_anything_is_applied() {
        let mut plan = json!({ "planned_values": { "root_module": {
            "resources": [
                { "type": "aws_apigatewayv2_api", "values": {} },
                { "type": "aws_apigatewayv2_integration", "index": "orders-get", "values": {} },
                { "type": "aws_apigatewayv2_route", "index": "orders-get", "values": { "route_key": "GET /" } },
            ],
            "child_modules": [
                { "address": "module.function[\"orders-get\"]", "resources": [
                    { "type": "aws_lambda_function", "values": { "function_name": "cartwright-dev-orders-get" } },
                ] },
                { "address": "module.table[\"orders\"]", "resources": [] },
            ],
        } } });
        let names = complete(&mut plan);
        assert_eq!(names.len(), 1);
        assert_eq!(names["orders-get"], "cartwright-dev-orders-get");
        let resources = &plan["planned_values"]["root_module"]["resources"];
        let target = resources[2]["values"]["target"].as_str().unwrap();
        assert_eq!(
            target.strip_prefix("integrations/"),
            resources[1]["values"]["id"].as_str()
        );
        let uri = resources[1]["values"]["integration_uri"].as_str().unwrap();
        assert!(
            uri.ends_with(":function:cartwright-dev-orders-get/invocations"),
            "{uri}"
        );
        assert_eq!(resources[0]["values"]["id"], resources[2]["values"]["api_id"]);
    }

    #[test]
    fn both_providers_ask_nobody_who_they_are() {
        let text = override_file();
        assert_eq!(text.matches("skip_requesting_account_id").count(), 2);
        assert_eq!(text.matches("alias ").count(), 1);
    }
}
