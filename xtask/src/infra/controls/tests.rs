//! A control that is missed is found.

use serde_json::json;

use super::{outside::runbook, *};
use crate::infra::sources::Sources;

#[test]
fn an_alarm_names_its_page() {
    assert_eq!(
        runbook("It is late. Runbook: docs/runbooks/queue-age.md"),
        Some("queue-age")
    );
    assert_eq!(runbook("It is late."), None);
}

#[test]
fn a_queue_without_a_twin_is_found() {
    let document = json!({ "planned_values": { "root_module": { "resources": [
        { "address": "aws_sqs_queue.lonely", "mode": "managed", "type": "aws_sqs_queue", "values": {
            "name": "lonely", "message_retention_seconds": 1_209_600, "kms_master_key_id": "key", "receive_wait_time_seconds": 20,
        } },
    ] } } });
    let plan = Plan::of(&document, &Sources::default());
    let found = misses(&plan);
    assert!(
        found
            .iter()
            .any(|line| line.contains("control 10: aws_sqs_queue.lonely parks nothing")),
        "{found:?}"
    );
}
