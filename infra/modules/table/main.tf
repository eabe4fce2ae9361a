# A table: on demand, streamed when somebody listens, restorable to any second of the last 35 days.

locals {
  attributes = toset(compact(concat(
    [var.partition_key, var.sort_key],
    flatten([for index in var.indexes : [index.partition_key, index.sort_key]]),
  )))
}

resource "aws_dynamodb_table" "this" {
  name                        = var.name
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = var.partition_key
  range_key                   = var.sort_key
  stream_enabled              = var.stream
  stream_view_type            = var.stream ? "NEW_AND_OLD_IMAGES" : null
  deletion_protection_enabled = var.deletion_protection

  dynamic "attribute" {
    for_each = local.attributes
    content {
      name = attribute.value
      type = "S"
    }
  }

  dynamic "global_secondary_index" {
    for_each = var.indexes
    content {
      name            = global_secondary_index.key
      hash_key        = global_secondary_index.value.partition_key
      range_key       = global_secondary_index.value.sort_key
      projection_type = "ALL"

      dynamic "on_demand_throughput" {
        for_each = var.max_write_units == null ? [] : [1]
        content {
          max_read_request_units  = var.max_read_units
          max_write_request_units = var.max_write_units
        }
      }
    }
  }

  dynamic "on_demand_throughput" {
    for_each = var.max_write_units == null ? [] : [1]
    content {
      max_read_request_units  = var.max_read_units
      max_write_request_units = var.max_write_units
    }
  }

  dynamic "ttl" {
    for_each = var.ttl_attribute == null ? [] : [1]
    content {
      attribute_name = var.ttl_attribute
      enabled        = true
    }
  }

  point_in_time_recovery {
    enabled = true
  }

  dynamic "server_side_encryption" {
    for_each = var.encrypted ? [1] : []
    content {
      enabled     = true
      kms_key_arn = var.kms_key_arn
    }
  }
}
