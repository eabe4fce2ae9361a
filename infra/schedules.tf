# The clock: each duty of the manifest.

resource "aws_scheduler_schedule_group" "this" {
  count = length(local.schedule_functions) == 0 ? 0 : 1

  name = local.prefix
}

resource "aws_scheduler_schedule" "this" {
  for_each = local.schedule_functions

  name                         = "${local.prefix}-${each.key}"
  group_name                   = aws_scheduler_schedule_group.this[0].name
  schedule_expression          = each.value.trigger.schedule
  schedule_expression_timezone = "UTC"
  kms_key_arn                  = var.customer_managed_keys ? local.key_arn : null

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = module.function[each.key].alias_arn
    role_arn = aws_iam_role.scheduler[0].arn
    input    = jsonencode({})

    retry_policy {
      # The next tick does what this one left.
      maximum_retry_attempts       = 2
      maximum_event_age_in_seconds = 300
    }

    dead_letter_config {
      arn = module.parked["async-parked"].arn
    }
  }

  # Without its rights the first ticks would be parked.
  depends_on = [aws_iam_role_policy.scheduler]
}

resource "aws_iam_role" "scheduler" {
  count = length(local.schedule_functions) == 0 ? 0 : 1

  name        = "${local.prefix}-scheduler"
  description = "What the clock may call"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "scheduler.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
    }]
  })
}

resource "aws_iam_role_policy" "scheduler" {
  count = length(local.schedule_functions) == 0 ? 0 : 1

  name = "declared"
  role = aws_iam_role.scheduler[0].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          Sid      = "Call"
          Effect   = "Allow"
          Action   = ["lambda:InvokeFunction"]
          Resource = [for name in keys(local.schedule_functions) : module.function[name].alias_arn]
        },
        {
          Sid      = "Park"
          Effect   = "Allow"
          Action   = ["sqs:SendMessage"]
          Resource = [module.parked["async-parked"].arn]
        },
      ],
      var.customer_managed_keys ? [{
        Sid      = "Key"
        Effect   = "Allow"
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource = [local.key_arn]
      }] : [],
    )
  })
}
