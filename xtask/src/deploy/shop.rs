//! What Terraform tells of a shop that is there: its outputs.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Value;

use super::{aliases::Aliases, aws::Aws};
use crate::terraform::Terraform;

/// The outputs that a deployment needs.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Shop {
    /// First part of every physical name, and CodeDeploy's application.
    pub(super) name: String,
    pub(super) region: String,
    pub(super) shop_url: String,
    /// Whether CodeDeploy moves the aliases.
    pub(super) canary: bool,
    pub(super) canary_minutes: u64,
    pub(super) artifacts_bucket: String,
    /// By the manifest's name.
    pub(super) functions: BTreeMap<String, Function>,
}

/// One function.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Function {
    /// Its physical name.
    pub(super) name: String,
    /// The newest version.
    pub(super) version: String,
}

/// One function on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Move {
    /// The manifest's name, and that of its deployment group.
    pub(super) group: String,
    pub(super) function: String,
    pub(super) from: String,
    pub(super) to: String,
}

impl Shop {
    /// None before a first deployment has come so far that there are outputs.
    pub(super) fn find(terraform: &Terraform) -> Result<Option<Self>> {
        Self::of(&terraform.outputs()?)
    }

    /// After an apply there must be one.
    pub(super) fn read(terraform: &Terraform) -> Result<Self> {
        Self::find(terraform)?.context("Terraform applied everything and has no outputs")
    }

    fn of(outputs: &Value) -> Result<Option<Self>> {
        let wanted = ["name", "functions", "artifacts_bucket", "shop_url"];
        if wanted.iter().any(|name| outputs[*name].is_null()) {
            return Ok(None);
        }
        let shop = serde_json::from_value(outputs.clone());
        shop.map(Some)
            .context("the outputs of infra/ are not what a deployment needs")
    }

    pub(super) fn aws(&self) -> Aws {
        Aws::of(&self.region)
    }

    /// Physical names of all functions.
    pub(super) fn names(&self) -> Vec<&str> {
        self.functions
            .values()
            .map(|function| function.name.as_str())
            .collect()
    }

    /// Every function whose alias calls another version than the newest. What has no alias yet is not
    /// called, so nothing moves.
    pub(super) fn moves(&self, live: &Aliases) -> Vec<Move> {
        let moves = self.functions.iter().filter_map(|(group, function)| {
            let from = live.0.get(&function.name)?;
            (*from != function.version).then(|| Move {
                group: group.clone(),
                function: function.name.clone(),
                from: from.clone(),
                to: function.version.clone(),
            })
        });
        moves.collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn outputs() -> Value {
        json!({
            "name": "c-prod", "region": "eu-central-1", "shop_url": "https://shop.example.com",
            "canary": true, "canary_minutes": 5, "artifacts_bucket": "c-prod-artifacts", "tables": {},
            "functions": {
                "orders-get": { "name": "c-prod-orders-get", "version": "4", "service": "orders" },
                "orders-list": { "name": "c-prod-orders-list", "version": "2", "service": "orders" },
                "orders-new": { "name": "c-prod-orders-new", "version": "1", "service": "orders" },
            },
        })
    }

    #[test]
    fn only_what_calls_another_version_than_the_newest_moves() {
        let shop = Shop::of(&outputs()).expect("outputs").expect("a shop");
        let live = [("c-prod-orders-get", "3"), ("c-prod-orders-list", "2")];
        let live = Aliases(live.map(|(name, version)| (name.into(), version.into())).into());
        let moves = shop.moves(&live);
        assert_eq!(moves.len(), 1, "{moves:?}");
        assert_eq!(moves[0].group, "orders-get");
        assert_eq!(moves[0].function, "c-prod-orders-get");
        assert_eq!((moves[0].from.as_str(), moves[0].to.as_str()), ("3", "4"));
    }

    #[test]
    fn before_the_first_deployment_there_is_no_shop() {
        assert!(Shop::of(&json!({})).expect("outputs").is_none());
        let mut without_minutes = outputs();
        without_minutes["canary_minutes"] = Value::Null;
        assert!(Shop::of(&without_minutes).is_err());
    }
}
