module "queue" {
  source   = "./modules/queue"
  for_each = local.queues

  name         = "${local.prefix}-${each.key}"
  parked_name  = "${local.prefix}-${each.key}-parked"
  consumers    = each.value.consumers
  timeout_s    = each.value.timeout_s
  visibility_s = each.value.timeout_s * 6
  receives_max = each.value.receives_max
  encrypted    = var.customer_managed_keys
  kms_key_arn  = local.key_arn
}

# Where streams leave the records, and asynchronous calls the events, that could not be handled.
module "parked" {
  source   = "./modules/parked"
  for_each = local.parked_queues

  name        = "${local.prefix}-${each.key}"
  encrypted   = var.customer_managed_keys
  kms_key_arn = local.key_arn
}
