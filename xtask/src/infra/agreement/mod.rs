//! Whether Terraform gives every function what `local/manifest` computes for it: the same
//! environment, the same rights, the same queues, tables and triggers. Two programs read the same
//! files; here is where they would be caught disagreeing.

mod resources;

use std::collections::{BTreeMap, BTreeSet};

use manifest::{
    ASYNC, Function, Manifest, Physical, QueueTrigger, Resource as Thing, Schedule, StreamTrigger, Trigger,
    parked, snake_upper,
};

use super::plan::{Plan, Resource, texts};

/// Every difference, with the name of what differs.
pub(crate) fn differences(manifest: &Manifest, plan: &Plan) -> Vec<String> {
    let mut comparison = Comparison {
        manifest,
        plan,
        physical: physical(manifest, plan),
        found: Vec::new(),
    };
    for function in manifest.functions.values() {
        comparison.function(function);
    }
    comparison.nothing_more();
    comparison.tables();
    comparison.queues();
    comparison.found
}

/// How the planned deployment calls things.
fn physical(manifest: &Manifest, plan: &Plan) -> Physical {
    let prefix = format!("{}-{}-", plan.variable("app"), plan.variable("env"));
    let secrets = manifest.functions.values().flat_map(|function| &function.secrets);
    let secrets = secrets.map(|name| {
        let secret = plan.find("aws_secretsmanager_secret", "name", &format!("{prefix}{name}"));
        (
            name.clone(),
            secret
                .map(|secret| secret.text("arn").to_owned())
                .unwrap_or_default(),
        )
    });
    let queue = plan.all("aws_sqs_queue").next();
    let queue_base_url = queue.and_then(|queue| queue.text("url").strip_suffix(queue.text("name")));
    let distribution = plan.all("aws_cloudfront_distribution").next();
    let shop_url = match (plan.variable("domain"), distribution) {
        ("", Some(distribution)) => format!("https://{}", distribution.text("domain_name")),
        ("", None) => {
            let api = plan.all("aws_apigatewayv2_api").next();
            api.map(|api| api.text("api_endpoint").to_owned())
                .unwrap_or_default()
        }
        (domain, _) => format!("https://{domain}"),
    };
    let storefront_url = match plan.variable("storefront_url") {
        "" => shop_url.clone(),
        other => other.to_owned(),
    };
    Physical {
        app: plan.variable("app").to_owned(),
        env: plan.variable("env").to_owned(),
        region: plan.variable("region").to_owned(),
        queue_base_url: queue_base_url
            .unwrap_or_default()
            .trim_end_matches('/')
            .to_owned(),
        shop_url,
        storefront_url,
        mail_from: plan.variable("mail_from").to_owned(),
        log_level: Some(plan.variable("log_level").to_owned()).filter(|level| !level.is_empty()),
        secrets: secrets.collect(),
    }
}

struct Comparison<'a> {
    manifest: &'a Manifest,
    plan: &'a Plan,
    physical: Physical,
    found: Vec<String>,
}

/// An action, and what it may be done to.
type Grant = (String, String);

impl Comparison<'_> {
    fn expect(&mut self, holds: bool, sentence: impl FnOnce() -> String) {
        if !holds {
            self.found.push(sentence());
        }
    }

    /// Two values that should be the same text.
    fn same(&mut self, what: &str, terraform: &str, manifest: &str) {
        self.expect(terraform == manifest, || {
            format!("{what}: Terraform has `{terraform}`, the manifest `{manifest}`")
        });
    }

    fn function(&mut self, function: &Function) {
        let name = &function.name;
        let plan = self.plan;
        let Some(lambda) = plan.find("aws_lambda_function", "function_name", &self.physical.name(name))
        else {
            self.found
                .push(format!("function `{name}` ({}) is not made", function.place));
            return;
        };
        let number = |pointer: &str| lambda.at(pointer).to_string();
        self.same(
            &format!("memory of `{name}`"),
            &number("/memory_size"),
            &function.memory_mb.to_string(),
        );
        self.same(
            &format!("timeout of `{name}`"),
            &number("/timeout"),
            &function.timeout_s.to_string(),
        );
        self.environment(function, lambda);
        self.rights(function);
        self.trigger(function);
    }

    fn environment(&mut self, function: &Function, lambda: &Resource) {
        let name = &function.name;
        let mut expected = self.manifest.environment(name, &self.physical);
        // In AWS a function is told where a secret is, not what it is.
        for secret in &function.secrets {
            let key = format!("SECRET_{}", snake_upper(secret));
            if let Some(place) = expected.remove(&key) {
                expected.insert(format!("{key}_ARN"), place);
            }
        }
        let given = lambda
            .at("/environment/0/variables")
            .as_object()
            .cloned()
            .unwrap_or_default();
        let given: BTreeMap<String, String> = given
            .into_iter()
            .filter(|(key, _)| key != "ORIGIN_SHA256" || !matches!(function.trigger, Trigger::Http(_)))
            .map(|(key, value)| (key, value.as_str().unwrap_or_default().to_owned()))
            .collect();
        let keys: BTreeSet<&String> = expected.keys().chain(given.keys()).collect();
        for key in keys {
            let shown = |map: &BTreeMap<String, String>| {
                map.get(key).cloned().unwrap_or_else(|| "nothing".to_owned())
            };
            let (terraform, manifest) = (shown(&given), shown(&expected));
            self.expect(terraform == manifest, || {
                format!("infra/access.tf: {key} of `{name}` ({}): Terraform gives `{terraform}`, the manifest `{manifest}`", function.place)
            });
        }
    }

    fn rights(&mut self, function: &Function) {
        let name = &function.name;
        let role = self.physical.name(name);
        let policies = self
            .plan
            .all("aws_iam_role_policy")
            .filter(|policy| policy.text("role") == role);
        let mut given: BTreeSet<Grant> = BTreeSet::new();
        for statement in policies.flat_map(|policy| policy.statements("policy")) {
            for action in texts(&statement["Action"]) {
                let pairs = texts(&statement["Resource"])
                    .into_iter()
                    .map(|resource| (action.clone(), resource));
                given.extend(pairs);
            }
        }
        let expected: BTreeSet<Grant> = self
            .declared(name)
            .into_iter()
            .chain(self.own(function))
            .collect();
        for (action, resource) in given.difference(&expected) {
            self.found.push(format!(
                "infra/access.tf: `{name}` ({}): Terraform grants {action} on {resource}; the manifest does not", function.place
            ));
        }
        for (action, resource) in expected.difference(&given) {
            self.found.push(format!(
                "infra/access.tf: `{name}` ({}): the manifest grants {action} on {resource}; Terraform does not", function.place
            ));
        }
    }

    /// What the manifest entry declares, in IAM's words: a batch of messages has no action of its own there.
    fn declared(&self, function: &str) -> Vec<Grant> {
        let rights = self.manifest.rights(function);
        let grants = rights.iter().flat_map(|right| {
            let actions = right.actions.iter();
            let actions = actions
                .filter(|action| right.service != manifest::Service::Sqs || !action.ends_with("Batch"));
            let resources = self.arns(&right.resource);
            actions.flat_map(move |action| {
                let action = format!("{}:{action}", right.service.prefix());
                resources
                    .clone()
                    .into_iter()
                    .map(move |resource| (action.clone(), resource))
            })
        });
        grants.collect()
    }

    fn arns(&self, thing: &Thing) -> Vec<String> {
        let table = |name: &str, attribute: &str| {
            let table = self
                .plan
                .find("aws_dynamodb_table", "name", &self.physical.name(name));
            table
                .map(|table| table.text(attribute).to_owned())
                .unwrap_or_default()
        };
        match thing {
            Thing::Table(name) => vec![table(name, "arn")],
            Thing::Index { table: of, index } => vec![format!("{}/index/{index}", table(of, "arn"))],
            Thing::Stream(name) => vec![table(name, "stream_arn")],
            Thing::Queue(name) => vec![self.queue_arn(name)],
            Thing::Mail => {
                let account = self.queue_arn_parts().1;
                let of = |what: &str| format!("arn:aws:ses:{}:{account}:{what}", self.physical.region);
                let domain = self.physical.mail_from.rsplit('@').next().unwrap_or_default();
                let set = format!("configuration-set/{}-{}", self.physical.app, self.physical.env);
                // In the sandbox SES asks for the right on the recipient too.
                let recipients = self.plan.variables.get("mail_sandbox_recipients").map(texts);
                let recipients = recipients.unwrap_or_default().into_iter();
                let identities = recipients.chain([domain.to_owned()]);
                identities
                    .map(|identity| of(&format!("identity/{identity}")))
                    .chain([of(&set)])
                    .collect()
            }
        }
    }

    fn queue_arn(&self, name: &str) -> String {
        let (front, _) = self.queue_arn_parts();
        format!("{front}:{}", self.physical.name(name))
    }

    /// `arn:aws:sqs:eu-central-1:123456789012`, and the account in it.
    fn queue_arn_parts(&self) -> (String, String) {
        let queue = self.plan.all("aws_sqs_queue").next();
        let arn = queue
            .map(|queue| queue.text("arn").to_owned())
            .unwrap_or_default();
        let front = arn
            .rsplit_once(':')
            .map(|(front, _)| front.to_owned())
            .unwrap_or_default();
        let account = front.rsplit(':').next().unwrap_or_default().to_owned();
        (front, account)
    }

    /// What every function needs to be one, and no more.
    fn own(&self, function: &Function) -> Vec<Grant> {
        let account = self.queue_arn_parts().1;
        let (region, physical) = (&self.physical.region, self.physical.name(&function.name));
        let log = format!("arn:aws:logs:{region}:{account}:log-group:/aws/lambda/{physical}:*");
        let grant = |action: &str, resource: &str| (action.to_owned(), resource.to_owned());
        let mut grants = vec![
            grant("logs:CreateLogStream", &log),
            grant("logs:PutLogEvents", &log),
            grant("xray:PutTraceSegments", "*"),
            grant("xray:PutTelemetryRecords", "*"),
        ];
        if let Some(key) = self.plan.all("aws_kms_key").next() {
            let verbs = [
                "Decrypt",
                "DescribeKey",
                "Encrypt",
                "GenerateDataKey",
                "ReEncryptFrom",
                "ReEncryptTo",
            ];
            grants.extend(
                verbs
                    .iter()
                    .map(|verb| grant(&format!("kms:{verb}"), key.text("arn"))),
            );
        }
        let secrets = function
            .secrets
            .iter()
            .filter_map(|secret| self.physical.secrets.get(secret));
        grants.extend(secrets.map(|arn| grant("secretsmanager:GetSecretValue", arn)));
        if function.asynchronous() {
            grants.push(grant("sqs:SendMessage", &self.queue_arn(&parked(ASYNC))));
        }
        grants
    }

    fn trigger(&mut self, function: &Function) {
        let name = &function.name;
        let plan = self.plan;
        let alias = format!(":function:{}:live", self.physical.name(name));
        let source = plan
            .all("aws_lambda_event_source_mapping")
            .find(|source| source.text("function_name").ends_with(&alias));
        let count = |resource: &Resource, pointer: &str| resource.at(pointer).to_string();
        match (&function.trigger, source) {
            (Trigger::Http(http), _) => {
                let route = plan.find("aws_apigatewayv2_route", "operation_name", name);
                let given = route
                    .map(|route| route.text("route_key").to_owned())
                    .unwrap_or_default();
                self.same(&format!("route of `{name}`"), &given, &http.route.to_string());
            }
            (Trigger::Queue(trigger), Some(source)) => {
                self.same(
                    &format!("queue of `{name}`"),
                    source.text("event_source_arn"),
                    &self.queue_arn(&trigger.queue),
                );
                self.same(
                    &format!("batch of `{name}`"),
                    &count(source, "/batch_size"),
                    &trigger.batch.to_string(),
                );
                let window = count(source, "/maximum_batching_window_in_seconds");
                self.same(
                    &format!("window of `{name}`"),
                    &window,
                    &trigger.window_s.to_string(),
                );
                self.bound(name, trigger, source);
            }
            (Trigger::Stream(trigger), Some(source)) => self.stream_source(name, trigger, source),
            (Trigger::Queue(_) | Trigger::Stream(_), None) => {
                self.found.push(format!("`{name}` has no event source"));
            }
            // Whoever calls it names it.
            (Trigger::Invoke, _) => {}
            (Trigger::Schedule(schedule), _) => {
                let (Schedule::Rate { text, .. } | Schedule::Cron { text, .. }) = schedule;
                let made = plan.find("aws_scheduler_schedule", "name", &self.physical.name(name));
                let given = made
                    .map(|made| made.text("schedule_expression").to_owned())
                    .unwrap_or_default();
                self.same(&format!("schedule of `{name}`"), &given, text);
            }
        }
    }

    /// The maximum concurrency is what the manifest declares, or none.
    fn bound(&mut self, name: &str, trigger: &QueueTrigger, source: &Resource) {
        let given = source.number("/scaling_config/0/maximum_concurrency");
        let text = |bound: Option<u64>| bound.map_or_else(|| "none".to_owned(), |count| count.to_string());
        self.same(
            &format!("maximum concurrency of `{name}` ({})", source.file),
            &text(given),
            &text(trigger.concurrency.map(u64::from)),
        );
    }

    fn stream_source(&mut self, name: &str, trigger: &StreamTrigger, source: &Resource) {
        let count = |resource: &Resource, pointer: &str| resource.at(pointer).to_string();
        let stream = self.arns(&Thing::Stream(trigger.table.clone())).concat();
        self.same(
            &format!("stream of `{name}`"),
            source.text("event_source_arn"),
            &stream,
        );
        self.same(
            &format!("batch of `{name}`"),
            &count(source, "/batch_size"),
            &trigger.batch.to_string(),
        );
        let retries = count(source, "/maximum_retry_attempts");
        self.same(
            &format!("retries of `{name}`"),
            &retries,
            &trigger.retries_max.to_string(),
        );
        let destination = source.at("/destination_config/0/on_failure/0/destination_arn");
        let destination = destination.as_str().unwrap_or_default().to_owned();
        self.same(
            &format!("failure destination of `{name}`"),
            &destination,
            &self.queue_arn(&parked(name)),
        );
    }
}
