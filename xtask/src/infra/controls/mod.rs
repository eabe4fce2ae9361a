//! What the list of controls (infra/CONTROLS.md) asks for and neither Terraform nor checkov looks at.

mod outside;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::plan::{Plan, Resource, texts};

/// Every control that a plan of a whole shop misses; the number is the control's.
pub(crate) fn misses(plan: &Plan) -> Vec<String> {
    let mut found = Vec::new();
    tables(plan, &mut found);
    queues(plan, &mut found);
    sources(plan, &mut found);
    bounds(plan, &mut found);
    functions(plan, &mut found);
    around_functions(plan, &mut found);
    rights(plan, &mut found);
    outside::api(plan, &mut found);
    outside::watching(plan, &mut found);
    outside::mail(plan, &mut found);
    outside::deployment(plan, &mut found);
    found
}

/// Notes what does not hold.
fn expect(found: &mut Vec<String>, holds: bool, control: u8, resource: &Resource, sentence: &str) {
    if !holds {
        found.push(format!(
            "{}: control {control}: {} {sentence}",
            resource.file, resource.address
        ));
    }
}

fn tables(plan: &Plan, found: &mut Vec<String>) {
    for table in plan.all("aws_dynamodb_table") {
        let yes = |pointer: &str| table.at(pointer) == &json!(true);
        expect(
            found,
            yes("/point_in_time_recovery/0/enabled"),
            1,
            table,
            "has no point-in-time recovery",
        );
        expect(
            found,
            yes("/deletion_protection_enabled"),
            2,
            table,
            "can be deleted",
        );
        let key = table.at("/server_side_encryption/0/kms_key_arn").is_string();
        expect(found, key, 3, table, "is not encrypted with our key");
        let ceiling = table
            .number("/on_demand_throughput/0/max_write_request_units")
            .is_some_and(|units| units > 0);
        expect(found, ceiling, 5, table, "has no ceiling of write units");
        for index in table
            .at("/global_secondary_index")
            .as_array()
            .into_iter()
            .flatten()
        {
            let ceiling = index.pointer("/on_demand_throughput/0/max_write_request_units");
            let ceiling = ceiling.and_then(Value::as_u64).is_some_and(|units| units > 0);
            expect(
                found,
                ceiling,
                5,
                table,
                "has an index without a ceiling of write units",
            );
        }
    }
    for name in ["idempotency", "limits"] {
        let table = plan
            .all("aws_dynamodb_table")
            .find(|table| table.text("name").ends_with(name));
        if let Some(table) = table {
            expect(
                found,
                table.at("/ttl/0/enabled") == &json!(true),
                4,
                table,
                "keeps its rows for ever",
            );
        }
    }
}

fn queues(plan: &Plan, found: &mut Vec<String>) {
    for queue in plan.all("aws_sqs_queue") {
        let name = queue.text("name");
        let two_weeks = queue.number("/message_retention_seconds") == Some(1_209_600);
        expect(
            found,
            two_weeks,
            12,
            queue,
            "forgets its messages before two weeks are over",
        );
        expect(
            found,
            !queue.text("kms_master_key_id").is_empty(),
            13,
            queue,
            "is not encrypted with our key",
        );
        expect(
            found,
            queue.number("/receive_wait_time_seconds") == Some(20),
            15,
            queue,
            "does not poll long",
        );
        if name.ends_with("-parked") {
            continue;
        }
        let redrive: Value = serde_json::from_str(queue.text("redrive_policy")).unwrap_or_default();
        let twin = redrive["deadLetterTargetArn"].as_str().unwrap_or_default();
        let parks = twin.ends_with(&format!(":{name}-parked"));
        expect(
            found,
            parks,
            10,
            queue,
            "parks nothing: it has no dead letter queue",
        );
        let allows = plan.all("aws_sqs_queue_redrive_allow_policy").any(|policy| {
            let text = policy.text("redrive_allow_policy");
            text.contains("byQueue") && text.contains(&format!(":{name}\""))
        });
        expect(found, allows, 11, queue, "has a twin that any queue may park in");
    }
    for policy in plan.all("aws_sqs_queue_policy") {
        let refuses = |statement: &Value| {
            statement["Effect"] == json!("Deny") && statement.to_string().contains("aws:SecureTransport")
        };
        let statements = policy.statements("policy");
        let holds = !statements.is_empty() && statements.iter().all(refuses);
        expect(found, holds, 16, policy, "does more than refuse what is not TLS");
    }
    let (policies, queues) = (
        plan.all("aws_sqs_queue_policy").count(),
        plan.all("aws_sqs_queue").count(),
    );
    if policies != queues {
        found.push(format!(
            "control 16: {queues} queues, but {policies} policies that want TLS"
        ));
    }
}

fn sources(plan: &Plan, found: &mut Vec<String>) {
    let timeouts: BTreeMap<&str, u64> = plan
        .all("aws_lambda_function")
        .map(|function| {
            (
                function.text("function_name"),
                function.number("/timeout").unwrap_or_default(),
            )
        })
        .collect();
    for source in plan.all("aws_lambda_event_source_mapping") {
        let partial = texts(source.at("/function_response_types")) == ["ReportBatchItemFailures"];
        expect(
            found,
            partial,
            17,
            source,
            "brings back whole batches: no partial batch response",
        );
        let arn = source.text("event_source_arn");
        if arn.contains(":sqs:") {
            let queue = plan.find("aws_sqs_queue", "arn", arn);
            let hidden = queue
                .and_then(|queue| queue.number("/visibility_timeout_seconds"))
                .unwrap_or_default();
            let function = source.text("function_name").trim_end_matches(":live");
            let timeout = timeouts
                .get(function.rsplit(':').next().unwrap_or_default())
                .copied()
                .unwrap_or_default();
            let sentence = format!(
                "hides a message {hidden} s, its function may run {timeout} s; expected six times that"
            );
            expect(found, timeout > 0 && hidden >= 6 * timeout, 14, source, &sentence);
        } else {
            let bisects = source.at("/bisect_batch_on_function_error") == &json!(true);
            expect(found, bisects, 19, source, "does not bisect a failing batch");
            let ends = source
                .number("/maximum_retry_attempts")
                .is_some_and(|retries| retries <= 100)
                && source
                    .number("/maximum_record_age_in_seconds")
                    .is_some_and(|age| age > 0);
            expect(found, ends, 19, source, "retries without end");
            let destination = source
                .at("/destination_config/0/on_failure/0/destination_arn")
                .is_string();
            expect(
                found,
                destination,
                20,
                source,
                "loses what it cannot handle: no failure destination",
            );
        }
    }
}

/// Which listeners are bounded is the manifest's matter, and compared with it; that those who send
/// mail are bounded is asked for here.
fn bounds(plan: &Plan, found: &mut Vec<String>) {
    let sends_mail = |policy: &&Resource| {
        let statements = policy.statements("policy");
        let mut actions = statements
            .iter()
            .flat_map(|statement| texts(&statement["Action"]));
        actions.any(|action| action == "ses:SendEmail")
    };
    let policies = plan.all("aws_iam_role_policy").filter(sends_mail);
    for role in policies.map(|policy| policy.text("role")) {
        let alias = format!(":function:{role}:live");
        let sources = plan.all("aws_lambda_event_source_mapping");
        for source in sources.filter(|source| source.text("function_name").ends_with(&alias)) {
            let bounded = source.number("/scaling_config/0/maximum_concurrency").is_some();
            expect(
                found,
                bounded,
                18,
                source,
                "sends mail without a maximum concurrency",
            );
        }
    }
}

fn functions(plan: &Plan, found: &mut Vec<String>) {
    for function in plan.all("aws_lambda_function") {
        let name = function.text("function_name");
        let built = function.text("runtime") == "provided.al2023"
            && function.at("/architectures") == &json!(["arm64"]);
        expect(found, built, 28, function, "is not arm64 on provided.al2023");
        let traced = function.at("/tracing_config/0/mode") == &json!("Active");
        expect(found, traced, 33, function, "is not traced");
        let group = function
            .at("/logging_config/0/log_group")
            .as_str()
            .unwrap_or_default();
        let lines = function.at("/logging_config/0/log_format") == &json!("JSON") && group.ends_with(name);
        expect(
            found,
            lines,
            34,
            function,
            "does not write JSON lines into a log of its own",
        );
        expect(
            found,
            !function.text("kms_key_arn").is_empty(),
            35,
            function,
            "has an environment not encrypted with our key",
        );
        let stops = plan.find("aws_lambda_function_recursion_config", "function_name", name);
        let stops = stops.is_some_and(|config| config.text("recursive_loop") == "Terminate");
        expect(
            found,
            stops,
            36,
            function,
            "is not stopped when it calls itself in a circle",
        );
        let alias = plan
            .all("aws_lambda_alias")
            .any(|alias| alias.text("function_name") == name && alias.text("name") == "live");
        let published = function.at("/publish") == &json!(true);
        expect(
            found,
            alias && published,
            38,
            function,
            "has no published version behind the alias `live`",
        );
    }
}

/// What logs of functions keep, and what calls functions without waiting.
fn around_functions(plan: &Plan, found: &mut Vec<String>) {
    for group in plan.all("aws_cloudwatch_log_group") {
        let days = group.number("/retention_in_days").unwrap_or_default();
        expect(found, days > 0, 43, group, "keeps its lines for ever");
    }
    for schedule in plan.all("aws_scheduler_schedule") {
        let dead = schedule.at("/target/0/dead_letter_config/0/arn").is_string();
        let retries = schedule
            .number("/target/0/retry_policy/0/maximum_retry_attempts")
            .is_some_and(|count| count <= 10);
        expect(
            found,
            dead && retries,
            61,
            schedule,
            "has no bounded retries, or no dead letter queue",
        );
        let name = schedule.text("name");
        let config = plan.find("aws_lambda_function_event_invoke_config", "function_name", name);
        let parks = config.is_some_and(|config| {
            config
                .at("/destination_config/0/on_failure/0/destination")
                .is_string()
        });
        expect(
            found,
            parks,
            32,
            schedule,
            "calls a function that parks no events",
        );
    }
}

/// Services whose actions know no narrower resource, besides a key's own policy.
const UNNARROWED: [&str; 1] = ["xray:"];

fn rights(plan: &Plan, found: &mut Vec<String>) {
    for policy in plan.all("aws_iam_role_policy") {
        for statement in policy.statements("policy") {
            let actions = texts(&statement["Action"]);
            let wild = actions.iter().find(|action| action.contains('*'));
            expect(found, wild.is_none(), 42, policy, "allows a wildcard of actions");
            let narrow = actions
                .iter()
                .all(|action| UNNARROWED.iter().any(|service| action.starts_with(service)));
            let all = texts(&statement["Resource"])
                .iter()
                .any(|resource| resource == "*");
            expect(
                found,
                !all || narrow,
                42,
                policy,
                "allows an action on everything",
            );
        }
    }
    let known = [
        "lambda.amazonaws.com",
        "scheduler.amazonaws.com",
        "codedeploy.amazonaws.com",
        "backup.amazonaws.com",
    ];
    for role in plan.all("aws_iam_role") {
        let trusted = role.statements("assume_role_policy");
        let holds = trusted.iter().all(|statement| {
            statement["Principal"]["Service"]
                .as_str()
                .is_some_and(|service| known.contains(&service))
        });
        expect(
            found,
            !trusted.is_empty() && holds,
            41,
            role,
            "can be taken by somebody else than one AWS service",
        );
    }
    let roles: BTreeSet<&str> = plan
        .all("aws_lambda_function")
        .map(|function| function.text("role"))
        .collect();
    let functions = plan.all("aws_lambda_function").count();
    if roles.len() != functions {
        found.push(format!(
            "control 41: {functions} functions share {} roles",
            roles.len()
        ));
    }
    for permission in plan.all("aws_lambda_permission") {
        let arn = permission.text("source_arn");
        let narrow = arn.contains(":execute-api:") && !arn.ends_with("/*/*");
        expect(found, narrow, 40, permission, "lets more call than its own route");
    }
}
