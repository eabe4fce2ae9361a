# The whole shop, applied to a mock of AWS with everything on.

mock_provider "aws" {
  source = "./tests/mocks"
}

mock_provider "aws" {
  alias  = "edge"
  source = "./tests/mocks"
}

variables {
  env                     = "prod"
  region                  = "eu-central-1"
  mail_from               = "shop@example.com"
  alarm_email             = "shop@example.com"
  cors_origins            = ["https://shop.example.com"]
  canary                  = true
  cloudfront_enabled      = true
  waf_enabled             = true
  backups_enabled         = true
  monthly_budget_usd      = 200
  anomaly_monitor_enabled = true
  watched_queues          = ["inventory-order-placed"]
  watched_functions       = ["orders-create"]
}

run "the_whole_shop" {
  # Triggers

  assert {
    condition     = alltrue([for name, function in local.raw_functions : length([for kind in local.kinds : kind if can(function.trigger[kind])]) == 1])
    error_message = "infra/manifest: every function has exactly one trigger"
  }

  assert {
    condition     = length(module.function) == length(local.raw_functions) && length(local.raw_functions) > 50
    error_message = "functions.tf: every function of the manifest is made"
  }

  assert {
    condition = (
      length(aws_apigatewayv2_route.this) + length(aws_lambda_event_source_mapping.queue) + length(aws_lambda_event_source_mapping.stream)
      + length(aws_scheduler_schedule.this) + length([for function in local.functions : 1 if function.kind == "invoke"]) == length(local.functions)
    )
    error_message = "every trigger is one route, one event source or one schedule"
  }

  assert {
    condition     = toset([for route in aws_apigatewayv2_route.this : route.route_key]) == toset([for function in local.http_functions : function.trigger.http])
    error_message = "api.tf: the API's routes are the manifest's"
  }

  assert {
    condition     = contains([for route in aws_apigatewayv2_route.this : route.route_key], "$default")
    error_message = "api.tf: what no route serves is answered by a function of ours"
  }

  # Queues and streams

  assert {
    condition     = alltrue([for source in aws_lambda_event_source_mapping.queue : contains(source.function_response_types, "ReportBatchItemFailures")])
    error_message = "functions.tf: every queue source answers for each message"
  }

  assert {
    condition     = alltrue([for name, source in aws_lambda_event_source_mapping.queue : one(source.scaling_config[*].maximum_concurrency) == try(local.functions[name].trigger.concurrency, null)])
    error_message = "functions.tf: a queue source has the maximum concurrency that the manifest declares, or none"
  }

  assert {
    condition = alltrue([for source in aws_lambda_event_source_mapping.stream : (
      contains(source.function_response_types, "ReportBatchItemFailures") && source.bisect_batch_on_function_error
      && source.maximum_retry_attempts >= 0 && source.maximum_retry_attempts <= 100 && source.maximum_record_age_in_seconds == 86400
    )])
    error_message = "functions.tf: every stream source bisects, and ends its retries"
  }

  assert {
    condition     = alltrue([for source in aws_lambda_event_source_mapping.stream : length(source.destination_config[0].on_failure) == 1])
    error_message = "functions.tf: every stream source has a failure destination"
  }

  assert {
    condition     = alltrue([for name in keys(local.stream_functions) : contains(keys(module.parked), "${name}-parked")])
    error_message = "manifest.tf: every stream function has its queue <function>-parked"
  }

  assert {
    condition     = alltrue([for schedule in aws_scheduler_schedule.this : length(schedule.target[0].dead_letter_config) == 1 && schedule.target[0].retry_policy[0].maximum_retry_attempts <= 3])
    error_message = "schedules.tf: every schedule has bounded retries and a dead letter queue"
  }

  # Rights

  assert {
    condition     = alltrue(flatten([for statements in local.statements : [for statement in statements : length(statement.actions) > 0 && length(statement.resources) > 0]]))
    error_message = "access.tf: a right without action or resource; is a verb of the manifest unknown here?"
  }

  assert {
    condition     = !anytrue(flatten([for statements in local.statements : [for statement in statements : [for text in concat(statement.actions, statement.resources) : strcontains(text, "*")]]]))
    error_message = "access.tf: no right names a wildcard"
  }

  assert {
    condition = alltrue(flatten([for name, function in local.functions : [
      for resource, verb in function.access : contains(concat(keys(local.tables), keys(local.queues), ["mail", "outbound"]), resource)
    ]]))
    error_message = "infra/manifest: a right on something that does not exist"
  }

  assert {
    condition     = alltrue([for permission in aws_lambda_permission.api : endswith(permission.source_arn, "$default") || can(regex("/(GET|POST|PUT|PATCH|DELETE)/", permission.source_arn))])
    error_message = "api.tf: the API may call a function for its own route only"
  }

  # The API

  assert {
    condition     = one(aws_apigatewayv2_stage.this.default_route_settings).throttling_rate_limit > 0 && one(aws_apigatewayv2_stage.this.default_route_settings).throttling_burst_limit > 0
    error_message = "api.tf: the API is throttled"
  }

  assert {
    condition     = length(aws_apigatewayv2_stage.this.route_settings) == length([for function in local.http_functions : 1 if can(function.trigger.limit)])
    error_message = "api.tf: every route with a limit has a throttle of its own"
  }

  assert {
    condition     = length(aws_apigatewayv2_stage.this.access_log_settings) == 1 && !strcontains(aws_apigatewayv2_stage.this.access_log_settings[0].format, "sourceIp")
    error_message = "api.tf: requests are logged, and no addresses"
  }

  assert {
    condition     = !contains(aws_apigatewayv2_api.this.cors_configuration[0].allow_origins, "*") && aws_apigatewayv2_api.this.cors_configuration[0].allow_credentials == false
    error_message = "api.tf: browsers of named origins only"
  }

  # The edge

  assert {
    condition     = aws_cloudfront_distribution.this[0].web_acl_id == aws_wafv2_web_acl.this[0].arn
    error_message = "edge.tf: the firewall stands at CloudFront"
  }

  assert {
    condition     = alltrue([for name in keys(local.http_functions) : can(local.environments[name].ORIGIN_SHA256)])
    error_message = "access.tf: every route knows the hash of the origin's word"
  }

  assert {
    condition = toset(flatten([for rule in aws_wafv2_web_acl.this[0].rule : [for statement in rule.statement : [
      for group in statement.managed_rule_group_statement : group.rule_action_override[*].name
      ]]])) == toset([
      "SizeRestrictions_BODY", "SizeRestrictions_QUERYSTRING", "EC2MetaDataSSRF_QUERYARGUMENTS", "EC2MetaDataSSRF_BODY", "GenericRFI_QUERYARGUMENTS", "GenericRFI_BODY",
    ])
    error_message = "edge.tf: long texts and redirect URIs of clients on a device pass the firewall; every other rule blocks"
  }

  assert {
    condition     = jsondecode(aws_kms_key.this[0].policy).Statement[3].Condition.ArnLike["aws:SourceArn"] == "arn:aws:cloudfront::123456789012:distribution/*"
    error_message = "keys.tf: CloudFront decrypts for distributions of this account only"
  }

  # Alarms

  assert {
    condition = alltrue([for alarm in concat(
      values(aws_cloudwatch_metric_alarm.errors), values(aws_cloudwatch_metric_alarm.parked), values(aws_cloudwatch_metric_alarm.account), values(aws_cloudwatch_metric_alarm.mail),
      values(aws_cloudwatch_metric_alarm.queue_age), values(aws_cloudwatch_metric_alarm.duration), aws_cloudwatch_metric_alarm.api_errors, aws_cloudwatch_metric_alarm.api_latency,
    ) : can(regex("Runbook: docs/runbooks/[a-z-]+\\.md$", alarm.alarm_description)) && length(alarm.alarm_actions) == 1])
    error_message = "alarms.tf: every alarm names its runbook and tells somebody"
  }

  assert {
    condition     = toset(keys(aws_cloudwatch_metric_alarm.errors)) == toset(local.services)
    error_message = "alarms.tf: every service has its alarm"
  }

  assert {
    condition     = toset(flatten(values(local.parked_alarms))) == toset(concat([for queue in module.queue : queue.parked_name], [for queue in module.parked : queue.name]))
    error_message = "alarms.tf: every parked queue is watched"
  }

  # Deployment and cost

  assert {
    condition = alltrue([for group in aws_codedeploy_deployment_group.this : (
      group.auto_rollback_configuration[0].enabled && contains(group.auto_rollback_configuration[0].events, "DEPLOYMENT_STOP_ON_ALARM") && length(group.alarm_configuration[0].alarms) >= 2
    )]) && keys(aws_codedeploy_deployment_group.this) == keys(local.functions)
    error_message = "deployment.tf: each function's canary is taken back by its service's alarms"
  }

  assert {
    condition = alltrue([for group in aws_codedeploy_deployment_group.this :
      length(setintersection(group.alarm_configuration[0].alarms, values(aws_cloudwatch_metric_alarm.parked)[*].alarm_name)) == 0
    ])
    error_message = "deployment.tf: what is parked keeps no mend out"
  }

  assert {
    condition     = aws_budgets_budget.this[0].limit_amount == "200" && length(aws_budgets_budget.this[0].notification) == 2 && length(aws_budgets_budget.this[0].cost_filter) == 0
    error_message = "costs.tf: the budget tells before and when the account has spent it"
  }

  assert {
    condition     = tolist(aws_ce_anomaly_subscription.this[0].monitor_arn_list) == tolist([aws_ce_anomaly_monitor.this[0].arn])
    error_message = "costs.tf: anomalies are found by a monitor of ours where the account has none"
  }

  # Keeping

  assert {
    condition     = aws_kms_key.this[0].enable_key_rotation
    error_message = "keys.tf: the key rotates"
  }

  assert {
    condition     = alltrue([for secret in aws_secretsmanager_secret.this : secret.kms_key_id == aws_kms_key.this[0].arn && secret.recovery_window_in_days == 30])
    error_message = "secrets.tf: secrets are encrypted with our key and can be restored"
  }

  assert {
    condition     = length(regexall("TLS|REQUIRE", aws_sesv2_configuration_set.this[0].delivery_options[0].tls_policy)) > 0 && toset(aws_sesv2_configuration_set.this[0].suppression_options[0].suppressed_reasons) == toset(["BOUNCE", "COMPLAINT"])
    error_message = "mail.tf: mail goes over TLS and not to those who bounced or complained"
  }

  assert {
    condition     = alltrue([for name, function in module.function : function.code_bucket == module.artifacts.name])
    error_message = "functions.tf: code comes from the bucket of artifacts"
  }
}

# A shop to try things on, without what costs something at rest, in an account that is new to AWS: SES
# keeps it in the sandbox, and Cost Anomaly Detection watches already.

run "the_cheapest_shop" {
  command = plan

  variables {
    env                  = "dev"
    alarm_email          = null
    canary               = false
    cloudfront_enabled   = false
    waf_enabled          = false
    watched_queues       = []
    watched_functions    = []
    queue_bounds_enabled = false
    service_alarms       = false
    parked_alarms        = false

    mail_identity_is_domain = false
    mail_sandbox_recipients = ["shop@example.com", "you@example.com"]
    anomaly_monitor_arn     = "arn:aws:ce::123456789012:anomalymonitor/99999999-2222-3333-4444-555555555555"
  }

  assert {
    condition     = aws_sesv2_email_identity.this[0].email_identity == "shop@example.com" && keys(aws_sesv2_email_identity.recipient) == ["you@example.com"]
    error_message = "mail.tf: each recipient has an identity, and the sender one and not two"
  }

  assert {
    condition = alltrue(flatten([for name, function in local.functions : [for statement in local.statements[name] : toset(statement.resources) == toset([
      "arn:aws:ses:eu-central-1:123456789012:identity/shop@example.com", "arn:aws:ses:eu-central-1:123456789012:identity/you@example.com",
      "arn:aws:ses:eu-central-1:123456789012:configuration-set/cartwright-dev",
    ]) if statement.sid == "Mail"] if can(function.access.mail)])) && anytrue([for function in local.functions : can(function.access.mail)])
    error_message = "mail.tf: who sends mail has the right on the recipient's identity too, as the sandbox asks"
  }

  assert {
    condition     = length(aws_ce_anomaly_monitor.this) == 0 && local.anomaly_monitors == tolist([var.anomaly_monitor_arn])
    error_message = "costs.tf: a monitor that is there is told of, and no second one made"
  }

  assert {
    condition     = alltrue([for source in aws_lambda_event_source_mapping.queue : length(source.scaling_config) == 0])
    error_message = "functions.tf: without bounds Lambda looks into an idle queue less often"
  }

  assert {
    condition     = keys(aws_cloudwatch_metric_alarm.errors) == ["shop"] && aws_cloudwatch_metric_alarm.errors["shop"].metric_name == "errors-shop"
    error_message = "alarms.tf: one alarm for the errors of the whole shop"
  }

  # API errors look at two metrics, every other alarm at one.
  assert {
    condition = 1 + sum([for alarms in [
      aws_cloudwatch_metric_alarm.errors, aws_cloudwatch_metric_alarm.parked, aws_cloudwatch_metric_alarm.account, aws_cloudwatch_metric_alarm.mail,
      aws_cloudwatch_metric_alarm.queue_age, aws_cloudwatch_metric_alarm.duration, aws_cloudwatch_metric_alarm.api_errors, aws_cloudwatch_metric_alarm.api_latency,
    ] : length(alarms)]) <= 10
    error_message = "alarms.tf: ten metrics that alarms look at are free"
  }
}
