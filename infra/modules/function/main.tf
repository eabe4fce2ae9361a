# One function: its log, its role with exactly the declared rights, its versions behind the alias `live`.

locals {
  # What every function may do to be one; the rest is what its manifest entry declares.
  own_statements = concat(
    [{
      sid       = "Log"
      actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      resources = ["${aws_cloudwatch_log_group.this.arn}:*"]
    }],
    # X-Ray knows no resources to narrow this to.
    var.tracing ? [{ sid = "Trace", actions = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], resources = ["*"] }] : [],
    # DynamoDB, SQS and Secrets Manager use the key in the caller's name.
    var.encrypted ? [{
      sid       = "Key"
      actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"]
      resources = [var.kms_key_arn]
    }] : [],
    var.asynchronous ? [{ sid = "ParkEvent", actions = ["sqs:SendMessage"], resources = [var.failure_queue_arn] }] : [],
  )
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.encrypted ? var.kms_key_arn : null
}

resource "aws_iam_role" "this" {
  name        = var.name
  description = "What ${var.name} may do"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  name = "declared"
  role = aws_iam_role.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      for statement in concat(local.own_statements, var.statements) : {
        Sid      = statement.sid
        Effect   = "Allow"
        Action   = statement.actions
        Resource = statement.resources
      }
    ]
  })
}

# A zip never changes under its key, which names its content; where it lay on somebody's machine does
# not matter afterwards. The new one is there before the old one goes.
resource "aws_s3_object" "code" {
  bucket      = var.bucket
  key         = "${var.name}/${coalesce(var.code_hash, "none")}.zip"
  source      = var.filename
  source_hash = var.source_hash

  # S3 asks for every tag of an object, and the bucket has them.
  override_provider {
    default_tags {
      tags = {}
    }
  }

  lifecycle {
    create_before_destroy = true
    ignore_changes        = [source]
  }
}

resource "aws_lambda_function" "this" {
  function_name                  = var.name
  description                    = var.description
  role                           = aws_iam_role.this.arn
  s3_bucket                      = aws_s3_object.code.bucket
  s3_key                         = aws_s3_object.code.key
  source_code_hash               = var.source_hash
  package_type                   = "Zip"
  runtime                        = "provided.al2023"
  handler                        = "bootstrap"
  architectures                  = [var.architecture]
  memory_size                    = var.memory_mb
  timeout                        = var.timeout_s
  publish                        = true
  kms_key_arn                    = var.encrypted ? var.kms_key_arn : null
  reserved_concurrent_executions = var.reserved_concurrency

  environment {
    variables = var.environment
  }

  logging_config {
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.this.name
    application_log_level = var.log_level
    # Starts and reports of every invocation cost more than they say; failures are warnings.
    system_log_level = "WARN"
  }

  tracing_config {
    mode = var.tracing ? "Active" : "PassThrough"
  }

  depends_on = [aws_iam_role_policy.this]
}

# The alias is what routes, queues, streams and schedules call. Terraform makes it; afterwards whoever
# deploys moves it, and Terraform must not move it back.
resource "aws_lambda_alias" "live" {
  name             = "live"
  description      = "What is called; cargo xtask deploy moves it"
  function_name    = aws_lambda_function.this.function_name
  function_version = aws_lambda_function.this.version

  lifecycle {
    ignore_changes = [function_version, routing_config, description]
  }
}

resource "aws_lambda_provisioned_concurrency_config" "this" {
  count = var.provisioned_concurrency > 0 ? 1 : 0

  function_name                     = aws_lambda_function.this.function_name
  qualifier                         = aws_lambda_alias.live.name
  provisioned_concurrent_executions = var.provisioned_concurrency
}

resource "aws_lambda_function_recursion_config" "this" {
  count = var.recursion_config ? 1 : 0

  function_name  = aws_lambda_function.this.function_name
  recursive_loop = "Terminate"
}

resource "aws_lambda_function_event_invoke_config" "this" {
  count = var.asynchronous ? 1 : 0

  function_name                = aws_lambda_function.this.function_name
  qualifier                    = aws_lambda_alias.live.name
  maximum_retry_attempts       = 1
  maximum_event_age_in_seconds = 3600

  destination_config {
    on_failure {
      destination = var.failure_queue_arn
    }
  }
}

# Errors of all functions of a service are one metric, and that metric has one alarm: our own faults,
# and what Lambda itself says of crashes and timeouts.
resource "aws_cloudwatch_log_metric_filter" "errors" {
  count = var.error_namespace == null ? 0 : 1

  name           = "errors"
  log_group_name = aws_cloudwatch_log_group.this.name
  pattern        = "{ ($.level = \"ERROR\") || ($.outcome = \"broken\") || ($.outcome = \"busy\") || ($.record.status = \"timeout\") || ($.record.status = \"error\") || ($.record.status = \"failure\") }"

  metric_transformation {
    namespace = var.error_namespace
    name      = "errors-${var.service}"
    value     = "1"
    unit      = "Count"
  }
}
