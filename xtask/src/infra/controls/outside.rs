//! What the world sees of the shop, and what we see of it: API, edge, mail, alarms, deployments.

use serde_json::{Value, json};

use super::expect;
use crate::infra::plan::{Plan, texts};

pub(super) fn api(plan: &Plan, found: &mut Vec<String>) {
    for stage in plan.all("aws_apigatewayv2_stage") {
        let positive = |pointer: &str| stage.at(pointer).as_f64().is_some_and(|rate| rate > 0.0);
        let throttled = positive("/default_route_settings/0/throttling_rate_limit")
            && positive("/default_route_settings/0/throttling_burst_limit");
        expect(found, throttled, 46, stage, "is not throttled");
        let format = stage
            .at("/access_log_settings/0/format")
            .as_str()
            .unwrap_or_default();
        let structured = serde_json::from_str::<Value>(format).is_ok();
        expect(found, structured, 47, stage, "writes no structured access log");
        expect(
            found,
            !format.contains("sourceIp"),
            47,
            stage,
            "writes addresses into its log",
        );
    }
    for api in plan.all("aws_apigatewayv2_api") {
        let origins = texts(api.at("/cors_configuration/0/allow_origins"));
        expect(
            found,
            !origins.iter().any(|origin| origin == "*"),
            48,
            api,
            "lets any browser's page call it",
        );
        let own =
            plan.variable("domain").is_empty() || api.at("/disable_execute_api_endpoint") == &json!(true);
        expect(found, own, 49, api, "is reached beside its own domain");
    }
    for distribution in plan.all("aws_cloudfront_distribution") {
        expect(
            found,
            !distribution.text("web_acl_id").is_empty(),
            53,
            distribution,
            "has no firewall",
        );
        let policy = distribution.at("/default_cache_behavior/0/viewer_protocol_policy");
        expect(
            found,
            policy == &json!("https-only"),
            51,
            distribution,
            "answers without TLS",
        );
        let word = distribution.at("/origin").to_string().contains("x-origin-word");
        expect(
            found,
            word,
            53,
            distribution,
            "does not tell the origin that it was passed",
        );
    }
}

pub(super) fn watching(plan: &Plan, found: &mut Vec<String>) {
    for alarm in plan.all("aws_cloudwatch_metric_alarm") {
        let page = runbook(alarm.text("alarm_description")).is_some();
        expect(found, page, 22, alarm, "names no runbook");
        let tells = alarm
            .at("/alarm_actions")
            .as_array()
            .is_some_and(|actions| !actions.is_empty());
        expect(found, tells, 22, alarm, "tells nobody");
    }
    for queue in plan
        .all("aws_sqs_queue")
        .filter(|queue| queue.text("name").ends_with("-parked"))
    {
        let name = json!(queue.text("name")).to_string();
        let watched = plan
            .all("aws_cloudwatch_metric_alarm")
            .any(|alarm| alarm.at("/metric_query").to_string().contains(&name));
        expect(found, watched, 22, queue, "is watched by no alarm");
    }
    if plan.all("aws_budgets_budget").next().is_none() {
        found.push("control 62: there is no budget".to_owned());
    }
    if plan.all("aws_ce_anomaly_monitor").next().is_none() {
        found.push("control 63: there is no anomaly monitor".to_owned());
    }
    for resource in &plan.resources {
        let tags = &resource.values["tags_all"];
        let tagged = !tags.is_object()
            || ["app", "env", "managed-by"]
                .iter()
                .all(|tag| tags[*tag].is_string());
        expect(found, tagged, 63, resource, "lacks the default tags");
    }
}

pub(super) fn mail(plan: &Plan, found: &mut Vec<String>) {
    for set in plan.all("aws_sesv2_configuration_set") {
        let tls = set.at("/delivery_options/0/tls_policy") == &json!("REQUIRE");
        expect(found, tls, 59, set, "sends mail without TLS");
        let reasons = texts(set.at("/suppression_options/0/suppressed_reasons"));
        let suppresses = ["BOUNCE", "COMPLAINT"]
            .iter()
            .all(|reason| reasons.iter().any(|given| given == reason));
        expect(
            found,
            suppresses,
            59,
            set,
            "writes again to those who bounced or complained",
        );
    }
}

pub(super) fn deployment(plan: &Plan, found: &mut Vec<String>) {
    if plan.variables.get("canary") == Some(&json!(true))
        && plan.all("aws_codedeploy_deployment_group").next().is_none()
    {
        found.push("control 39: there is no deployment group".to_owned());
    }
    for group in plan.all("aws_codedeploy_deployment_group") {
        let events = texts(group.at("/auto_rollback_configuration/0/events"));
        let back = events.iter().any(|event| event == "DEPLOYMENT_STOP_ON_ALARM");
        let alarms = group
            .at("/alarm_configuration/0/alarms")
            .as_array()
            .map(Vec::len)
            .unwrap_or_default();
        expect(
            found,
            back && alarms > 0,
            39,
            group,
            "is not taken back by alarms",
        );
        let parked = texts(group.at("/alarm_configuration/0/alarms"))
            .iter()
            .any(|alarm| alarm.contains("-parked-"));
        expect(
            found,
            !parked,
            39,
            group,
            "is kept out by parked messages, which only the next version may be able to handle",
        );
    }
    let functions = plan.all("aws_lambda_function").count();
    let groups = plan.all("aws_codedeploy_deployment_group").count();
    if groups > 0 && groups != functions {
        found.push(format!(
            "control 39: {functions} functions, but {groups} deployment groups"
        ));
    }
}

/// The page that an alarm's text names: the last part of it.
pub(super) fn runbook(text: &str) -> Option<&str> {
    let (_, page) = text.split_once("Runbook: ")?;
    page.rsplit('/').next()?.strip_suffix(".md")
}
