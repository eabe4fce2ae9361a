locals {
  # What `cargo xtask package` made. Absent in checks, which deploy nothing.
  artifacts = try(jsondecode(file("${var.artifacts_dir}/manifest.json")).functions, {})

  # Of what is paused: functions without a source that could be paused instead. With no concurrency a
  # listener would have its messages parked within minutes.
  stopped = [for name in var.paused : name if !contains(["queue", "stream"], try(local.functions[name].kind, ""))]
}

module "function" {
  source   = "./modules/function"
  for_each = local.functions

  name                    = "${local.prefix}-${each.key}"
  service                 = var.service_alarms ? each.value.service : local.shop_errors
  description             = "${each.value.kind} function of ${each.value.service}"
  bucket                  = module.artifacts.name
  filename                = "${var.artifacts_dir}/${each.key}.zip"
  code_hash               = try(local.artifacts[each.key].sha256, null)
  source_hash             = try(local.artifacts[each.key].base64, null)
  architecture            = var.architecture
  memory_mb               = each.value.memory_mb
  timeout_s               = each.value.timeout_s
  environment             = local.environments[each.key]
  statements              = local.statements[each.key]
  encrypted               = var.customer_managed_keys
  kms_key_arn             = local.key_arn
  log_retention_days      = var.log_retention_days
  log_level               = upper(coalesce(var.log_level, "info"))
  tracing                 = var.tracing_enabled
  reserved_concurrency    = contains(local.stopped, each.key) ? 0 : try(var.reserved_concurrency[each.key], null)
  provisioned_concurrency = try(var.provisioned_concurrency[each.key], 0)
  recursion_config        = var.recursion_config_enabled
  asynchronous            = contains(keys(local.async_functions), each.key) && var.async_config_enabled
  failure_queue_arn       = try(module.parked["async-parked"].arn, null)
  error_namespace         = var.alarms_enabled ? local.metrics_namespace : null

  depends_on = [terraform_data.manifest, module.artifacts]
}

# Event sources: queues

resource "aws_lambda_event_source_mapping" "queue" {
  for_each = local.queue_functions

  event_source_arn                   = local.queue_arns[each.value.trigger.queue]
  function_name                      = module.function[each.key].alias_arn
  enabled                            = !contains(var.paused, each.key)
  batch_size                         = try(each.value.trigger.batch, local.defaults.queue.batch)
  maximum_batching_window_in_seconds = try(each.value.trigger.window_s, local.defaults.queue.window_s)
  # One message that fails must not bring back the nine that did not.
  function_response_types = ["ReportBatchItemFailures"]

  # Only where the manifest declares one: Lambda looks into a queue with a maximum more often.
  dynamic "scaling_config" {
    for_each = var.queue_bounds_enabled && can(each.value.trigger.concurrency) ? [each.value.trigger.concurrency] : []
    content {
      maximum_concurrency = scaling_config.value
    }
  }
}

# Event sources: streams

resource "aws_lambda_event_source_mapping" "stream" {
  for_each = local.stream_functions

  event_source_arn  = module.table[each.value.trigger.stream].stream_arn
  function_name     = module.function[each.key].alias_arn
  enabled           = !contains(var.paused, each.key)
  starting_position = "TRIM_HORIZON"
  batch_size        = try(each.value.trigger.batch, local.defaults.stream.batch)
  # Order matters inside a partition, and one reader per shard keeps it.
  parallelization_factor         = 1
  bisect_batch_on_function_error = true
  maximum_retry_attempts         = try(each.value.trigger.retries_max, local.defaults.stream.retries_max)
  maximum_record_age_in_seconds  = 86400
  function_response_types        = ["ReportBatchItemFailures"]

  destination_config {
    on_failure {
      destination_arn = module.parked["${each.key}-parked"].arn
    }
  }
}
