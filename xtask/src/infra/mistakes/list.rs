//! The wrong edits, and the words with which each must be refused.

/// An edit that must be refused.
pub(super) struct Mistake {
    /// The file below `infra/`; `manifest/tea.yaml` is the small shop.
    pub(super) file: &'static str,
    /// What is taken away.
    pub(super) piece: &'static str,
    /// What is put there.
    pub(super) by: &'static str,
    /// What the refusal must say: the file, and the cause.
    pub(super) words: [&'static str; 2],
}

const fn manifest(piece: &'static str, by: &'static str, cause: &'static str) -> Mistake {
    Mistake {
        file: "manifest/tea.yaml",
        piece,
        by,
        words: ["tea.yaml:", cause],
    }
}

const fn terraform(
    file: &'static str,
    piece: &'static str,
    by: &'static str,
    words: [&'static str; 2],
) -> Mistake {
    Mistake {
        file,
        piece,
        by,
        words,
    }
}

/// Refused by the manifest's strict reader.
pub(super) const IN_THE_MANIFEST: [Mistake; 12] = [
    manifest("limit: 20/min", "limits: 20/min", "unknown field `limits`"),
    manifest("limit: 20/min", "limit: 20/minute", "`20/minute` is no limit"),
    manifest("mail: send", "mails: send", "`tea-on-order-placed` names `mails`"),
    manifest(
        "{ queue: tea-order-placed, concurrency: 2 }",
        "{ queue: tea-order-placed }",
        "expected `concurrency`",
    ),
    manifest(
        "{ tea-order-placed: send }",
        "{ tea-order-placed: write }",
        "cannot `write` `tea-order-placed`",
    ),
    manifest(
        "auth: staff, scope: tea.read",
        "auth: staff",
        "a route for staff names its `scope`",
    ),
    manifest(
        "GET /v1/admin/tea",
        "FETCH /v1/admin/tea",
        "`FETCH /v1/admin/tea` is no route",
    ),
    manifest(
        "{ stream: tea }",
        "{ stream: tea, schedule: rate(1 hour) }",
        "must have exactly one of",
    ),
    manifest(
        "rate(1 hour)",
        "rate(1 hours)",
        "`rate(1 hours)` is refused by AWS",
    ),
    manifest(
        "access: { tea-order-placed: send }",
        "access: { tea-order-placed: send, tea: write }",
        "the table's stream must carry the fact",
    ),
    manifest(
        "  tea-on-order-placed:",
        "  tea-on-order-paid:",
        "expected the name `tea-on-order-placed`",
    ),
    manifest(
        "auth: guest, limit: 20/min }",
        "auth: guest, limit: 20/min }\n    timeout_s: 60",
        "behind a route expected at most 29",
    ),
];

/// Refused by Terraform, or by what is asked of its plan.
pub(super) const IN_TERRAFORM: [Mistake; 22] = [
    terraform(
        "modules/table/main.tf",
        "range_key                   =",
        "range_keey                  =",
        ["modules/table/main.tf", "range_keey"],
    ),
    terraform(
        "functions.tf",
        "timeout_s               = each.value.timeout_s",
        "timeout_s               = each.value.timeouts",
        ["functions.tf", "timeouts"],
    ),
    terraform(
        "queues.tf",
        "each.value.timeout_s * 6",
        "each.value.timeout_s * 5",
        ["modules/queue/main.tf", "AWS asks for six times that"],
    ),
    terraform(
        "functions.tf",
        "# One message that fails must not bring back the nine that did not.\n  function_response_types = [\"ReportBatchItemFailures\"]\n",
        "\n",
        ["infra/functions.tf", "no partial batch response"],
    ),
    terraform(
        "functions.tf",
        "var.queue_bounds_enabled && can(",
        "!var.queue_bounds_enabled && can(",
        ["infra/functions.tf", "sends mail without a maximum concurrency"],
    ),
    terraform(
        "functions.tf",
        "maximum_concurrency = scaling_config.value",
        "maximum_concurrency = 20",
        ["infra/functions.tf", "Terraform has `20`, the manifest `2`"],
    ),
    terraform(
        "functions.tf",
        "bisect_batch_on_function_error = true",
        "bisect_batch_on_function_error = false",
        ["infra/functions.tf", "does not bisect"],
    ),
    terraform(
        "access.tf",
        "[\"GetItem\", \"BatchGetItem\",",
        "[\"GetItem\", \"Scan\", \"BatchGetItem\",",
        ["infra/access.tf", "Terraform grants dynamodb:Scan"],
    ),
    terraform(
        "access.tf",
        "\"TABLE_${upper(",
        "\"TABEL_${upper(",
        ["infra/access.tf", "TABLE_TEA of `tea-create`"],
    ),
    terraform(
        "access.tf",
        "[\"sqs:SendMessage\"]",
        "[\"sqs:SendMesage\"]",
        ["infra/access.tf", "sqs:SendMesage"],
    ),
    terraform(
        "access.tf",
        "[\"PutItem\", \"UpdateItem\", \"DeleteItem\", \"BatchWriteItem\", \"ConditionCheckItem\"]",
        "[\"*\"]",
        ["variables.tf", "wildcard"],
    ),
    terraform(
        "modules/function/main.tf",
        "\"logs:CreateLogStream\", \"logs:PutLogEvents\"",
        "\"logs:*\"",
        ["infra/modules/function/main.tf", "wildcard"],
    ),
    terraform(
        "modules/table/main.tf",
        "point_in_time_recovery {\n    enabled = true",
        "point_in_time_recovery {\n    enabled = false",
        ["infra/modules/table/main.tf", "no point-in-time recovery"],
    ),
    terraform(
        "modules/queue/main.tf",
        "redrive_policy = jsonencode({\n    deadLetterTargetArn = module.parked.arn\n    maxReceiveCount     = var.receives_max\n  })\n",
        "",
        ["infra/modules/queue/main.tf", "no dead letter queue"],
    ),
    terraform(
        "api.tf",
        "throttling_rate_limit    = var.api_rate\n",
        "throttling_rate_limit    = 0\n",
        ["infra/api.tf", "is not throttled"],
    ),
    terraform(
        "alarms.tf",
        "${sentence} Runbook: ${var.runbooks_url}",
        "${sentence} ${var.runbooks_url}",
        ["infra/alarms.tf", "names no runbook"],
    ),
    terraform(
        "mail.tf",
        "tls_policy = \"REQUIRE\"",
        "tls_policy = \"OPTIONAL\"",
        ["infra/mail.tf", "without TLS"],
    ),
    terraform(
        "mail.tf",
        "concat([local.mail_identity], sort(local.mail_recipients))",
        "[local.mail_identity]",
        ["infra/access.tf", "the manifest grants ses:SendEmail"],
    ),
    terraform(
        "deployment.tf",
        "aws_cloudwatch_metric_alarm.api_errors[0].alarm_name]",
        "aws_cloudwatch_metric_alarm.parked[\"tea\"].alarm_name]",
        ["infra/deployment.tf", "is kept out by parked messages"],
    ),
    terraform(
        "environments/prod.tfvars",
        "deletion_protection     = true",
        "deletion_protecton      = true",
        ["environments/prod.tfvars", "deletion_protecton"],
    ),
    terraform(
        "environments/prod.tfvars",
        "deletion_protection     = true",
        "deletion_protection     = true\npaused = [\"tea-bru\"]",
        ["infra/manifest has no function", "paused: "],
    ),
    terraform(
        "environments/prod.tfvars",
        "deletion_protection     = true",
        "deletion_protection     = true\nsecret_generations = { signin = 2 }",
        ["infra/manifest has no secret signin", "secret_generations: "],
    ),
];
