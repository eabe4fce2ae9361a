//! IAM's own list of actions, held against every policy of the plan.

use std::{path::Path, process::Command};

use super::{report::Verdict, tools::StandIn};

/// What is right although the list remarks on it.
const RIGHT: [&str; 2] = [
    // A key's own policy can only say `*`, and means the key.
    "aws_kms_key.",
    // The list knows no resource for it; AWS's own policy for reading streams (`DynamoDBStreamReadPolicy`
    // of SAM) names the table's streams, and `*` would be every table's.
    "note: dynamodb:ListStreams takes only Resource *",
];

/// Whether each action exists and fits its resource.
pub(crate) fn check(folder: &Path, stand_in: Option<&StandIn>, plan: &Path) -> Verdict {
    let Some(stand_in) = stand_in else {
        return Verdict::Skipped(
            "the stand-in brings the list of actions, and is not on this machine".to_owned(),
        );
    };
    let output = Command::new(folder.join("venv/bin/python"))
        .arg(stand_in.policy_check())
        .arg(plan)
        .output();
    match output {
        Err(error) => Verdict::Skipped(format!("the check cannot be started: {error}")),
        Ok(output) if !output.status.success() => {
            Verdict::Failed(String::from_utf8_lossy(&output.stderr).trim().to_owned())
        }
        Ok(output) => verdict(&String::from_utf8_lossy(&output.stdout)),
    }
}

fn verdict(printed: &str) -> Verdict {
    let (count, remarks): (Vec<&str>, Vec<&str>) =
        printed.lines().partition(|line| line.contains("actions checked"));
    let remarks: Vec<&str> = remarks
        .into_iter()
        .filter(|line| !RIGHT.iter().any(|right| line.contains(right)))
        .collect();
    match (
        count.first().and_then(|line| line.split(';').next()),
        remarks.is_empty(),
    ) {
        (Some(count), true) => Verdict::Ok(count.to_owned()),
        (None, true) => Verdict::Failed("the check said nothing".to_owned()),
        (_, false) => Verdict::Failed(remarks.join("\n")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remark_fails_unless_it_is_about_a_keys_own_policy() {
        let fine = "aws_kms_key.this[0] note: kms:* could name a resource of ['key']\n12 actions checked; 1 remarks\n";
        assert_eq!(verdict(fine), Verdict::Ok("12 actions checked".to_owned()));
        let wrong = "role.x no such action sqs:Send\n12 actions checked; 1 remarks\n";
        assert!(matches!(verdict(wrong), Verdict::Failed(_)));
    }
}
