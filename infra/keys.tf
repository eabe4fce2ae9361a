# One key for everything at rest: it costs a dollar a month, and a second one would protect nothing more,
# since the same functions read it all.

locals {
  key_arn = try(aws_kms_key.this[0].arn, "")

  log_services = ["logs.${var.region}.amazonaws.com"]
}

resource "aws_kms_key" "this" {
  count = var.customer_managed_keys ? 1 : 0

  description             = "What ${local.prefix} keeps at rest"
  enable_key_rotation     = true
  deletion_window_in_days = var.deletion_protection ? 30 : 7

  # In a key's own policy, the resource * is this key.
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "TheAccountsPoliciesDecide"
        Effect    = "Allow"
        Principal = { AWS = "arn:${local.partition}:iam::${local.account}:root" }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Sid       = "Logs"
        Effect    = "Allow"
        Principal = { Service = local.log_services }
        Action    = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"]
        Resource  = "*"
        Condition = { ArnLike = { "kms:EncryptionContext:aws:logs:arn" = "arn:${local.partition}:logs:${var.region}:${local.account}:log-group:*" } }
      },
      {
        Sid       = "AlarmsAndBudgets"
        Effect    = "Allow"
        Principal = { Service = ["budgets.amazonaws.com", "cloudwatch.amazonaws.com", "codedeploy.amazonaws.com", "costalerts.amazonaws.com"] }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource  = "*"
        Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
      },
      {
        Sid       = "PicturesThroughCloudFront"
        Effect    = "Allow"
        Principal = { Service = "cloudfront.amazonaws.com" }
        Action    = ["kms:Decrypt"]
        Resource  = "*"
        # Which distribution reads which bucket is said in the bucket's policy. Said here as well, all that is
        # encrypted would wait until the distribution is everywhere.
        Condition = { ArnLike = { "aws:SourceArn" = "arn:${local.partition}:cloudfront::${local.account}:distribution/*" } }
      },
    ]
  })
}

resource "aws_kms_alias" "this" {
  count = var.customer_managed_keys ? 1 : 0

  name          = "alias/${local.prefix}"
  target_key_id = aws_kms_key.this[0].key_id
}
