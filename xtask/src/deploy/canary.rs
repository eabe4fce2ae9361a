//! CodeDeploy moves an alias to the new version, a tenth of its traffic first, and takes it back when
//! an alarm of its service goes off.
//!
//! A function has a deployment group of its own, since a group takes one deployment at a time, so all
//! go side by side. `aws deploy wait` gives up after half an hour and knows one deployment; here many
//! are asked for in one call.

use std::{
    collections::{BTreeMap, VecDeque},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use super::{aliases::LIVE, aws::Aws, shop::Move};

/// Deployments on their way at once; an account may have 1,300, and has had 100.
const AT_ONCE: usize = 100;
/// How many one call may ask for.
const ASKED: usize = 25;
const PAUSE: Duration = Duration::from_secs(10);
/// How much longer than its canary a deployment may take.
const GRACE: Duration = Duration::from_mins(15);
/// What has not ended.
const RUNNING: [&str; 5] = ["Created", "Queued", "InProgress", "Baking", "Ready"];

/// How a deployment stands.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Standing {
    Running,
    Succeeded,
    /// Failed or stopped, and why.
    Broken(String),
}

/// Moves them all; the first that is taken back ends it, and what is still on its way is for
/// [`stop`].
pub(super) fn run(aws: &Aws, app: &str, minutes: u64, moves: &[Move]) -> Result<()> {
    let limit = Duration::from_mins(minutes) + GRACE;
    let mut waiting: VecDeque<&Move> = moves.iter().collect();
    let mut going: BTreeMap<String, (&Move, Instant)> = BTreeMap::new();
    println!("   a tenth of the traffic for {minutes} minutes, then all of it");
    loop {
        while going.len() < AT_ONCE
            && let Some(one) = waiting.pop_front()
        {
            going.insert(begin(aws, app, one)?, (one, Instant::now()));
        }
        if going.is_empty() {
            return Ok(());
        }
        thread::sleep(PAUSE);
        let ids: Vec<&str> = going.keys().map(String::as_str).collect();
        for (id, standing) in standings(aws, &ids)? {
            let Some((one, since)) = going.get(&id) else {
                continue;
            };
            match standing {
                Standing::Running => ensure!(
                    since.elapsed() < limit,
                    "{} is on its way for {} minutes ({id})",
                    one.function,
                    since.elapsed().as_secs() / 60
                ),
                Standing::Succeeded => {
                    println!("   {}: {} serves", one.function, one.to);
                    going.remove(&id);
                }
                Standing::Broken(why) => {
                    bail!(
                        "{} was taken back ({id}): {why}; see docs/runbooks/deployment.md",
                        one.function
                    )
                }
            }
        }
    }
}

/// Begins one; its id.
fn begin(aws: &Aws, app: &str, one: &Move) -> Result<String> {
    let revision = revision(one);
    let words = [
        "deploy",
        "create-deployment",
        "--application-name",
        app,
        "--deployment-group-name",
        &one.group,
        "--revision",
        &revision,
    ];
    let told = aws.ask(&words)?;
    let id = told["deploymentId"]
        .as_str()
        .context("CodeDeploy named no deployment")?;
    Ok(id.to_owned())
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

fn standings(aws: &Aws, ids: &[&str]) -> Result<Vec<(String, Standing)>> {
    let mut found = Vec::new();
    for some in ids.chunks(ASKED) {
        let words = [&["deploy", "batch-get-deployments", "--deployment-ids"], some].concat();
        let answer = aws.ask(&words)?;
        let infos = answer["deploymentsInfo"].as_array().into_iter().flatten();
        found.extend(infos.filter_map(standing));
    }
    Ok(found)
}

fn standing(info: &Value) -> Option<(String, Standing)> {
    let id = info["deploymentId"].as_str()?.to_owned();
    let standing = match info["status"].as_str()? {
        "Succeeded" => Standing::Succeeded,
        "Failed" | "Stopped" => {
            let why = info["errorInformation"]["message"].as_str();
            Standing::Broken(why.unwrap_or("CodeDeploy gives no reason").to_owned())
        }
        _ => Standing::Running,
    };
    Some((id, standing))
}

/// All that run in the account: an environment has an account of its own.
fn running(aws: &Aws) -> Result<Vec<String>> {
    let words = [
        &["deploy", "list-deployments", "--include-only-statuses"],
        &RUNNING[..],
    ]
    .concat();
    let answer = aws.ask(&words)?;
    let ids = answer["deployments"].as_array().into_iter().flatten();
    Ok(ids.filter_map(Value::as_str).map(str::to_owned).collect())
}

/// Waits until nothing runs that an earlier deployment began: an alias takes one at a time.
pub(super) fn wait(aws: &Aws) -> Result<()> {
    let begun = Instant::now();
    // The longest canary, and more.
    let limit = Duration::from_mins(30) + GRACE;
    let mut told = false;
    loop {
        let count = running(aws)?.len();
        if count == 0 {
            return Ok(());
        }
        if !told {
            println!("   {count} deployments are still on their way and are waited for");
            told = true;
        }
        ensure!(begun.elapsed() < limit, "{count} deployments do not end");
        thread::sleep(PAUSE);
    }
}

/// Stops all that run, has CodeDeploy take them back, and waits until it has.
pub(super) fn stop(aws: &Aws) -> Result<()> {
    for id in running(aws)? {
        let words = [
            "deploy",
            "stop-deployment",
            "--auto-rollback-enabled",
            "--deployment-id",
            &id,
        ];
        // One that ended in this moment needs no stopping.
        aws.find(&words, "DeploymentAlreadyCompletedException")?;
    }
    wait(aws)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codedeploy_is_told_which_version_is_called_and_which_shall_be() {
        let one = Move {
            group: "orders-get".to_owned(),
            function: "c-prod-orders-get".to_owned(),
            from: "3".to_owned(),
            to: "4".to_owned(),
        };
        let asked: Value = serde_json::from_str(&revision(&one)).expect("JSON");
        let content = asked["appSpecContent"]["content"].as_str().expect("an AppSpec");
        assert!(
            content.contains(r#""CurrentVersion":"3""#) && content.contains(r#""TargetVersion":"4""#),
            "{content}"
        );
    }

    #[test]
    fn what_codedeploy_answers_is_understood() {
        let told = |status: &str| {
            let info = json!({ "deploymentId": "d-1", "status": status, "errorInformation": { "code": "ALARM_ACTIVE", "message": "an alarm went off" } });
            standing(&info).expect("a standing").1
        };
        for status in RUNNING {
            assert_eq!(told(status), Standing::Running);
        }
        assert_eq!(told("Succeeded"), Standing::Succeeded);
        for status in ["Failed", "Stopped"] {
            assert_eq!(told(status), Standing::Broken("an alarm went off".to_owned()));
        }
        let bare = json!({ "deploymentId": "d-1", "status": "Failed" });
        let (_, standing) = standing(&bare).expect("a standing");
        assert!(matches!(standing, Standing::Broken(why) if why.contains("no reason")));
    }
}
