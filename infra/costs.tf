# Cost tells before the bill does. The budget is the whole account's, which is the shop's alone: a filter by
# tag would count nothing until somebody activates the tag for cost allocation.

resource "aws_budgets_budget" "this" {
  count = var.monthly_budget_usd > 0 ? 1 : 0

  name         = local.prefix
  budget_type  = "COST"
  limit_amount = tostring(var.monthly_budget_usd)
  limit_unit   = "USD"
  time_unit    = "MONTHLY"

  dynamic "notification" {
    for_each = var.alarm_email == null ? {} : { ACTUAL = 80, FORECASTED = 100 }
    content {
      notification_type          = notification.key
      comparison_operator        = "GREATER_THAN"
      threshold                  = notification.value
      threshold_type             = "PERCENTAGE"
      subscriber_email_addresses = [var.alarm_email]
    }
  }
}

locals {
  # AWS allows one monitor of services in an account, and makes one by itself in newer accounts.
  anomaly_monitors = var.anomaly_monitor_arn == null ? aws_ce_anomaly_monitor.this[*].arn : [var.anomaly_monitor_arn]
}

resource "aws_ce_anomaly_monitor" "this" {
  count = var.anomaly_monitor_enabled && var.anomaly_monitor_arn == null ? 1 : 0

  name              = local.prefix
  monitor_type      = "DIMENSIONAL"
  monitor_dimension = "SERVICE"
}

resource "aws_ce_anomaly_subscription" "this" {
  count = var.anomaly_monitor_enabled && var.alarm_email != null ? 1 : 0

  name             = local.prefix
  frequency        = "DAILY"
  monitor_arn_list = local.anomaly_monitors

  subscriber {
    type    = "EMAIL"
    address = var.alarm_email
  }

  threshold_expression {
    dimension {
      key           = "ANOMALY_TOTAL_IMPACT_ABSOLUTE"
      match_options = ["GREATER_THAN_OR_EQUAL"]
      values        = ["5"]
    }
  }
}
