module "table" {
  source   = "./modules/table"
  for_each = local.tables

  name                = "${local.prefix}-${each.key}"
  partition_key       = each.value.partition_key
  sort_key            = each.value.sort_key
  indexes             = each.value.indexes
  stream              = each.value.stream
  ttl_attribute       = each.value.ttl
  deletion_protection = var.deletion_protection
  max_read_units      = var.throughput_ceiling_enabled ? var.table_max_read_units : null
  max_write_units     = var.throughput_ceiling_enabled ? var.table_max_write_units : null
  encrypted           = var.customer_managed_keys
  kms_key_arn         = local.key_arn
}
