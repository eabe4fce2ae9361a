# Alarms: few, and each with a page that says what to do. An alarm costs $0.10 a month for each metric
# that it looks at, so there is one for each service or for the whole, never one for each function.
locals {
  # The slug is the page: docs/runbooks/<slug>.md. Budget and cost-anomaly have no CloudWatch alarm and send
  # mails of their own; a deployment that is taken back sends none, but the alarm that stopped it does.
  runbooks = {
    errors          = "A function of this service, or of the shop, failed: a fault of ours, a crash or a timeout."
    parked          = "Messages or records of this service could not be handled and were parked."
    api-errors      = "The API answers 5xx to more than one request in a hundred."
    api-latency     = "One request in a hundred waits too long."
    throttles       = "Lambda refuses invocations: the account's or a function's concurrency is used up."
    concurrency     = "Concurrent executions come near the account's limit."
    duration        = "A watched function comes near its time limit."
    stream-age      = "A table's stream is read late: facts arrive late."
    queue-age       = "A message of the purchase waits too long for its listener."
    mail-bounces    = "Too many mails bounce: SES will stop the account's sending."
    mail-complaints = "Too many mails are called spam: SES will stop the account's sending."
    budget          = "The month's cost passes the budget, or is forecast to."
    cost-anomaly    = "A service costs more than it usually does."
    deployment      = "A deployment was rolled back, because an alarm went off or its hook failed."
  }
}

locals {
  metrics_namespace = "${var.app}/${var.env}"
  # What an alarm says: why it went off, and the page that says what to do.
  alarm_texts   = { for slug, sentence in local.runbooks : slug => "${sentence} Runbook: ${var.runbooks_url}/${slug}.md" }
  alarm_targets = aws_sns_topic.alarms[*].arn

  alarms = var.alarms_enabled ? 1 : 0

  # Whose errors are counted and watched: each service's, or all of them as one.
  shop_errors    = "shop"
  error_services = var.service_alarms ? local.services : [local.shop_errors]

  # An alarm looks at ten metrics at most, so a service with more parked queues has two.
  parked_by_service = {
    for service in distinct(concat([for queue in local.queues : queue.service], values(local.parked_queues))) :
    service => sort(concat(
      [for name, queue in local.queues : "${local.prefix}-${name}-parked" if queue.service == service],
      [for name, owner in local.parked_queues : "${local.prefix}-${name}" if owner == service],
    ))
  }
  parked_alarms = var.alarms_enabled && var.parked_alarms ? merge([
    for service, queues in local.parked_by_service : {
      for at, chunk in chunklist(queues, 9) : (at == 0 ? service : "${service}-${at + 1}") => chunk
    }
  ]...) : {}
}

# Who is told

resource "aws_sns_topic" "alarms" {
  count = var.alarm_email == null ? 0 : 1

  name = "${local.prefix}-alarms"
  # CloudWatch may not use AWS's own key of SNS: without ours the topic has none, or no alarm would arrive.
  kms_master_key_id = var.customer_managed_keys ? local.key_arn : null
}

resource "aws_sns_topic_policy" "alarms" {
  count = var.alarm_email == null ? 0 : 1

  arn = aws_sns_topic.alarms[0].arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Tell"
      Effect    = "Allow"
      Principal = { Service = ["budgets.amazonaws.com", "cloudwatch.amazonaws.com", "codestar-notifications.amazonaws.com", "costalerts.amazonaws.com"] }
      Action    = ["sns:Publish"]
      Resource  = [aws_sns_topic.alarms[0].arn]
      Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
    }]
  })
}

resource "aws_sns_topic_subscription" "alarms" {
  count = var.alarm_email == null ? 0 : 1

  topic_arn = aws_sns_topic.alarms[0].arn
  protocol  = "email"
  endpoint  = var.alarm_email
}

# Services

resource "aws_cloudwatch_metric_alarm" "errors" {
  for_each = toset(var.alarms_enabled ? local.error_services : [])

  alarm_name          = "${local.prefix}-errors-${each.key}"
  alarm_description   = local.alarm_texts["errors"]
  namespace           = local.metrics_namespace
  metric_name         = "errors-${each.key}"
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 5
  datapoints_to_alarm = 2
  threshold           = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_targets
  ok_actions          = local.alarm_targets
}

resource "aws_cloudwatch_metric_alarm" "parked" {
  for_each = local.parked_alarms

  alarm_name          = "${local.prefix}-parked-${each.key}"
  alarm_description   = local.alarm_texts["parked"]
  evaluation_periods  = 5
  datapoints_to_alarm = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_targets
  ok_actions          = local.alarm_targets

  # SQS tells nothing of a queue that has slept for six hours, as most do: a sum with it would be no number.
  metric_query {
    id          = "parked"
    label       = "parked messages"
    expression  = "MAX([${join(", ", [for at, queue in each.value : "FILL(q${at}, 0)"])}])"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { for at, queue in each.value : "q${at}" => queue }
    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/SQS"
        metric_name = "ApproximateNumberOfMessagesVisible"
        dimensions  = { QueueName = metric_query.value }
        stat        = "Maximum"
        period      = 60
      }
    }
  }
}

# The API

resource "aws_cloudwatch_metric_alarm" "api_errors" {
  count = local.alarms

  alarm_name          = "${local.prefix}-api-errors"
  alarm_description   = local.alarm_texts["api-errors"]
  evaluation_periods  = 5
  datapoints_to_alarm = 3
  threshold           = 1
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_targets
  ok_actions          = local.alarm_targets

  metric_query {
    id          = "share"
    label       = "5xx in a hundred requests"
    expression  = "IF(requests > 20, 100 * broken / requests, 0)"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { broken = "5xx", requests = "Count" }
    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/ApiGateway"
        metric_name = metric_query.value
        dimensions  = { ApiId = aws_apigatewayv2_api.this.id }
        stat        = "Sum"
        period      = 60
      }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "api_latency" {
  count = local.alarms

  alarm_name          = "${local.prefix}-api-latency"
  alarm_description   = local.alarm_texts["api-latency"]
  namespace           = "AWS/ApiGateway"
  metric_name         = "Latency"
  dimensions          = { ApiId = aws_apigatewayv2_api.this.id }
  extended_statistic  = "p99"
  period              = 300
  evaluation_periods  = 3
  threshold           = 3000
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  # A handful of cold starts is no trend.
  evaluate_low_sample_count_percentiles = "ignore"
  alarm_actions                         = local.alarm_targets
  ok_actions                            = local.alarm_targets
}

# Lambda as a whole: AWS publishes each metric by function and, without dimensions, across all functions of
# the account's region. So an environment has an account of its own.

locals {
  account_alarms = {
    throttles   = { metric = "Throttles", statistic = "Sum", threshold = 0, period = 60 }
    concurrency = { metric = "ConcurrentExecutions", statistic = "Maximum", threshold = var.concurrency_alarm, period = 60 }
    # A stream's records live for a day; ten minutes late is early enough to look.
    stream-age = { metric = "IteratorAge", statistic = "Maximum", threshold = 600000, period = 300 }
  }

  mail_alarms = {
    # SES reviews an account at 5 % and 0.1 %.
    mail-bounces    = { metric = "Reputation.BounceRate", threshold = 0.03 }
    mail-complaints = { metric = "Reputation.ComplaintRate", threshold = 0.0008 }
  }
}

resource "aws_cloudwatch_metric_alarm" "account" {
  for_each = { for slug, alarm in local.account_alarms : slug => alarm if var.alarms_enabled }

  alarm_name          = "${local.prefix}-${each.key}"
  alarm_description   = local.alarm_texts[each.key]
  namespace           = "AWS/Lambda"
  metric_name         = each.value.metric
  statistic           = each.value.statistic
  period              = each.value.period
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  threshold           = each.value.threshold
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_targets
  ok_actions          = local.alarm_targets
}

resource "aws_cloudwatch_metric_alarm" "mail" {
  for_each = { for slug, alarm in local.mail_alarms : slug => alarm if var.alarms_enabled && var.mail_enabled }

  alarm_name          = "${local.prefix}-${each.key}"
  alarm_description   = local.alarm_texts[each.key]
  namespace           = "AWS/SES"
  metric_name         = each.value.metric
  statistic           = "Maximum"
  period              = 3600
  evaluation_periods  = 1
  threshold           = each.value.threshold
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_targets
  ok_actions          = local.alarm_targets
}

# What is watched one by one, since it matters most

resource "aws_cloudwatch_metric_alarm" "queue_age" {
  for_each = var.alarms_enabled ? var.watched_queues : []

  alarm_name          = "${local.prefix}-queue-age-${each.key}"
  alarm_description   = local.alarm_texts["queue-age"]
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateAgeOfOldestMessage"
  dimensions          = { QueueName = "${local.prefix}-${each.key}" }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 5
  threshold           = 300
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_targets
  ok_actions          = local.alarm_targets

  lifecycle {
    precondition {
      condition     = contains(keys(local.queues), each.key)
      error_message = "watched_queues names ${each.key}, which is no queue of infra/manifest."
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "duration" {
  for_each = var.alarms_enabled ? var.watched_functions : []

  alarm_name          = "${local.prefix}-duration-${each.key}"
  alarm_description   = local.alarm_texts["duration"]
  namespace           = "AWS/Lambda"
  metric_name         = "Duration"
  dimensions          = { FunctionName = "${local.prefix}-${each.key}" }
  extended_statistic  = "p99"
  period              = 300
  evaluation_periods  = 3
  threshold           = try(local.functions[each.key].timeout_s, 1) * 1000 * 0.6
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_targets
  ok_actions          = local.alarm_targets

  lifecycle {
    precondition {
      condition     = contains(keys(local.functions), each.key)
      error_message = "watched_functions names ${each.key}, which is no function of infra/manifest."
    }
  }
}
