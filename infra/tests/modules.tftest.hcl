# Each module alone: what it always does, and what it refuses.

mock_provider "aws" {
  source = "./tests/mocks"
}

run "a_table_is_restorable_protected_and_has_a_ceiling" {
  module {
    source = "./modules/table"
  }

  variables {
    name                = "cartwright-prod-carts"
    partition_key       = "pk"
    sort_key            = "sk"
    indexes             = { by_due = { partition_key = "due", sort_key = "due_at" } }
    stream              = true
    ttl_attribute       = "expires_at"
    deletion_protection = true
    max_read_units      = 100
    max_write_units     = 50
    encrypted           = true
    kms_key_arn         = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  }

  assert {
    condition     = aws_dynamodb_table.this.point_in_time_recovery[0].enabled && aws_dynamodb_table.this.deletion_protection_enabled
    error_message = "modules/table: point-in-time recovery and deletion protection"
  }

  assert {
    condition     = one(aws_dynamodb_table.this.ttl).enabled && one(aws_dynamodb_table.this.ttl).attribute_name == "expires_at"
    error_message = "modules/table: rows go when their time is over"
  }

  assert {
    condition     = aws_dynamodb_table.this.billing_mode == "PAY_PER_REQUEST" && aws_dynamodb_table.this.on_demand_throughput[0].max_write_request_units == 50 && one(aws_dynamodb_table.this.global_secondary_index).on_demand_throughput[0].max_write_request_units == 50
    error_message = "modules/table: on demand, with a ceiling on table and index"
  }

  assert {
    condition     = aws_dynamodb_table.this.stream_view_type == "NEW_AND_OLD_IMAGES" && aws_dynamodb_table.this.server_side_encryption[0].kms_key_arn != null
    error_message = "modules/table: both images in the stream, our key at rest"
  }

  assert {
    condition     = toset([for attribute in aws_dynamodb_table.this.attribute : attribute.name]) == toset(["pk", "sk", "due", "due_at"])
    error_message = "modules/table: every key attribute is declared, and no other"
  }
}

run "a_queue_has_its_parked_twin" {
  module {
    source = "./modules/queue"
  }

  variables {
    name         = "cartwright-prod-inventory-order-placed"
    parked_name  = "cartwright-prod-inventory-order-placed-parked"
    consumers    = ["inventory-on-order-placed"]
    timeout_s    = 10
    visibility_s = 60
    receives_max = 8
    encrypted    = true
    kms_key_arn  = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  }

  assert {
    condition     = jsondecode(aws_sqs_queue.this.redrive_policy).maxReceiveCount == 8 && jsondecode(aws_sqs_queue.this.redrive_policy).deadLetterTargetArn == module.parked.arn
    error_message = "modules/queue: what cannot be handled is parked"
  }

  assert {
    condition     = jsondecode(aws_sqs_queue_redrive_allow_policy.this.redrive_allow_policy).redrivePermission == "byQueue"
    error_message = "modules/queue: only this queue parks there"
  }

  assert {
    condition     = aws_sqs_queue.this.receive_wait_time_seconds == 20 && aws_sqs_queue.this.kms_master_key_id != null && aws_sqs_queue.this.visibility_timeout_seconds == 60
    error_message = "modules/queue: long polling, our key, six times the time limit"
  }

  assert {
    condition     = jsondecode(aws_sqs_queue_policy.this.policy).Statement[0].Effect == "Deny"
    error_message = "modules/queue: its policy refuses what is not TLS and allows nobody"
  }
}

run "a_queue_refuses_a_visibility_below_six_time_limits" {
  command = plan

  module {
    source = "./modules/queue"
  }

  variables {
    name         = "cartwright-prod-inventory-order-placed"
    parked_name  = "cartwright-prod-inventory-order-placed-parked"
    consumers    = ["inventory-on-order-placed"]
    timeout_s    = 10
    visibility_s = 59
    receives_max = 8
    encrypted    = false
    kms_key_arn  = ""
  }

  expect_failures = [aws_sqs_queue.this]
}

run "a_queue_refuses_two_consumers" {
  command = plan

  module {
    source = "./modules/queue"
  }

  variables {
    name         = "cartwright-prod-inventory-order-placed"
    parked_name  = "cartwright-prod-inventory-order-placed-parked"
    consumers    = ["inventory-on-order-placed", "orders-on-order-placed"]
    timeout_s    = 10
    visibility_s = 60
    receives_max = 8
    encrypted    = false
    kms_key_arn  = ""
  }

  expect_failures = [aws_sqs_queue.this]
}

run "what_is_parked_stays_for_two_weeks" {
  module {
    source = "./modules/parked"
  }

  variables {
    name        = "cartwright-prod-orders-stream-parked"
    encrypted   = false
    kms_key_arn = ""
  }

  assert {
    condition     = aws_sqs_queue.this.message_retention_seconds == 1209600 && aws_sqs_queue.this.sqs_managed_sse_enabled
    error_message = "modules/parked: fourteen days, encrypted in any case"
  }
}

run "a_function_has_its_log_its_role_and_its_alias" {
  module {
    source = "./modules/function"
  }

  variables {
    name                    = "cartwright-prod-orders-expire"
    service                 = "orders"
    description             = "schedule function of orders"
    bucket                  = "cartwright-prod-artifacts-123456789012"
    filename                = "orders-expire.zip"
    code_hash               = null
    source_hash             = null
    architecture            = "arm64"
    memory_mb               = 256
    timeout_s               = 10
    environment             = { APP_ENV = "prod" }
    statements              = [{ sid = "TableOrders", actions = ["dynamodb:GetItem"], resources = ["arn:aws:dynamodb:eu-central-1:123456789012:table/cartwright-prod-orders"] }]
    encrypted               = true
    kms_key_arn             = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    log_retention_days      = 30
    tracing                 = true
    reserved_concurrency    = null
    provisioned_concurrency = 2
    recursion_config        = true
    asynchronous            = true
    failure_queue_arn       = "arn:aws:sqs:eu-central-1:123456789012:cartwright-prod-async-parked"
    error_namespace         = "cartwright/prod"
  }

  assert {
    condition     = aws_lambda_function.this.runtime == "provided.al2023" && tolist(aws_lambda_function.this.architectures) == tolist(["arm64"]) && aws_lambda_function.this.publish
    error_message = "modules/function: arm64 on provided.al2023, every version published"
  }

  assert {
    condition     = aws_lambda_function.this.logging_config[0].log_format == "JSON" && aws_lambda_function.this.logging_config[0].log_group == aws_cloudwatch_log_group.this.name && aws_cloudwatch_log_group.this.retention_in_days == 30
    error_message = "modules/function: JSON lines in a log of its own that is not kept for ever"
  }

  assert {
    condition     = aws_lambda_function.this.tracing_config[0].mode == "Active" && aws_lambda_function_recursion_config.this[0].recursive_loop == "Terminate"
    error_message = "modules/function: traced, and stopped when it calls itself in a circle"
  }

  assert {
    condition     = aws_lambda_function_event_invoke_config.this[0].destination_config[0].on_failure[0].destination != null && aws_lambda_function_event_invoke_config.this[0].maximum_retry_attempts == 1
    error_message = "modules/function: an event that it could not handle is parked"
  }

  assert {
    condition     = aws_lambda_provisioned_concurrency_config.this[0].qualifier == "live" && aws_lambda_alias.live.name == "live"
    error_message = "modules/function: what is called is the alias, and what is kept warm is what is called"
  }

  assert {
    condition     = jsondecode(aws_iam_role.this.assume_role_policy).Statement[0].Principal.Service == "lambda.amazonaws.com"
    error_message = "modules/function: nobody but Lambda takes its role"
  }

  assert {
    condition     = toset([for statement in jsondecode(aws_iam_role_policy.this.policy).Statement : statement.Sid]) == toset(["Log", "Trace", "Key", "ParkEvent", "TableOrders"])
    error_message = "modules/function: what it declares, and what every function needs"
  }
}

run "a_function_refuses_wildcards_secrets_and_long_names" {
  command = plan

  module {
    source = "./modules/function"
  }

  variables {
    name                    = "cartwright-prod-a-name-that-is-far-longer-than-the-sixty-four-letters-of-lambda"
    service                 = "orders"
    description             = "http function of orders"
    bucket                  = "cartwright-prod-artifacts-123456789012"
    filename                = "orders-create.zip"
    code_hash               = null
    source_hash             = null
    architecture            = "arm64"
    memory_mb               = 64
    timeout_s               = 1000
    environment             = { SECRET_SIGNING = "0123456789abcdef" }
    statements              = [{ sid = "TableOrders", actions = ["dynamodb:*"], resources = ["arn:aws:dynamodb:eu-central-1:123456789012:table/cartwright-prod-orders"] }]
    encrypted               = false
    kms_key_arn             = ""
    log_retention_days      = 30
    tracing                 = true
    reserved_concurrency    = null
    provisioned_concurrency = 0
    recursion_config        = true
    asynchronous            = false
    failure_queue_arn       = null
    error_namespace         = null
  }

  expect_failures = [var.name, var.memory_mb, var.timeout_s, var.environment, var.statements]
}

run "a_bucket_is_private_encrypted_and_versioned" {
  module {
    source = "./modules/bucket"
  }

  variables {
    name            = "cartwright-prod-media-123456789012"
    force_destroy   = false
    noncurrent_days = 90
    encrypted       = true
    kms_key_arn     = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    readers         = [{ sid = "ReadThroughCloudFront", service = "cloudfront.amazonaws.com", source_arn = "arn:aws:cloudfront::123456789012:distribution/MOCK" }]
  }

  assert {
    condition     = aws_s3_bucket_public_access_block.this.block_public_acls && aws_s3_bucket_public_access_block.this.restrict_public_buckets && aws_s3_bucket_versioning.this.versioning_configuration[0].status == "Enabled"
    error_message = "modules/bucket: private and versioned"
  }

  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default).sse_algorithm == "aws:kms"
    error_message = "modules/bucket: our key at rest"
  }

  assert {
    condition     = jsondecode(aws_s3_bucket_policy.this.policy).Statement[0].Effect == "Deny" && jsondecode(aws_s3_bucket_policy.this.policy).Statement[1].Condition.StringEquals["aws:SourceArn"] == "arn:aws:cloudfront::123456789012:distribution/MOCK"
    error_message = "modules/bucket: TLS only, and a reader only for its own resource"
  }
}
