# Canary: CodeDeploy gives a new version a tenth of the traffic, and takes it back when an alarm goes off.
#
# A group for each function, since CodeDeploy takes one deployment a group at a time: all functions go
# side by side. Groups are free, and an application may have 1,000.

locals {
  canary = var.canary ? 1 : 0
}

resource "aws_codedeploy_app" "this" {
  count = local.canary

  name             = local.prefix
  compute_platform = "Lambda"
}

resource "aws_codedeploy_deployment_config" "this" {
  count = local.canary

  deployment_config_name = "${local.prefix}-canary"
  compute_platform       = "Lambda"

  traffic_routing_config {
    type = "TimeBasedCanary"

    time_based_canary {
      percentage = 10
      interval   = var.canary_minutes
    }
  }
}

resource "aws_codedeploy_deployment_group" "this" {
  for_each = { for name, function in local.functions : name => function if var.canary }

  app_name               = aws_codedeploy_app.this[0].name
  deployment_group_name  = each.key
  deployment_config_name = aws_codedeploy_deployment_config.this[0].deployment_config_name
  service_role_arn       = aws_iam_role.deployment[0].arn

  deployment_style {
    deployment_option = "WITH_TRAFFIC_CONTROL"
    deployment_type   = "BLUE_GREEN"
  }

  alarm_configuration {
    enabled = true
    # Not the alarm on parked messages: it stays on until they are redriven, and would keep out the very
    # version that can handle them.
    alarms = [aws_cloudwatch_metric_alarm.errors[each.value.service].alarm_name, aws_cloudwatch_metric_alarm.api_errors[0].alarm_name]
  }

  auto_rollback_configuration {
    enabled = true
    events  = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"]
  }

  lifecycle {
    precondition {
      condition     = var.alarms_enabled
      error_message = "canary needs alarms_enabled: without alarms nothing takes a bad version back."
    }
  }
}

resource "aws_iam_role" "deployment" {
  count = local.canary

  name        = "${local.prefix}-deployment"
  description = "What CodeDeploy may do: move aliases, read alarms"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "codedeploy.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
    }]
  })
}

resource "aws_iam_role_policy" "deployment" {
  count = local.canary

  name = "declared"
  role = aws_iam_role.deployment[0].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "MoveAliases"
        Effect   = "Allow"
        Action   = ["lambda:GetAlias", "lambda:UpdateAlias", "lambda:GetProvisionedConcurrencyConfig"]
        Resource = ["arn:${local.partition}:lambda:${var.region}:${local.account}:function:${local.prefix}-*"]
      },
      {
        # CloudWatch knows no narrower resource for a question about several alarms.
        Sid      = "ReadAlarms"
        Effect   = "Allow"
        Action   = ["cloudwatch:DescribeAlarms"]
        Resource = ["arn:${local.partition}:cloudwatch:${var.region}:${local.account}:alarm:*"]
      },
    ]
  })
}
