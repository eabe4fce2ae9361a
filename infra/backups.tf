# Copies beyond the 35 days of point-in-time recovery: one a month, kept for a year.

locals {
  backups = var.backups_enabled ? 1 : 0
}

resource "aws_backup_vault" "this" {
  count = local.backups

  name          = local.prefix
  kms_key_arn   = var.customer_managed_keys ? local.key_arn : null
  force_destroy = false
}

resource "aws_backup_plan" "this" {
  count = local.backups

  name = local.prefix

  rule {
    rule_name         = "monthly"
    target_vault_name = aws_backup_vault.this[0].name
    schedule          = "cron(0 4 1 * ? *)"
    start_window      = 60
    completion_window = 360

    lifecycle {
      delete_after = 365
    }
  }
}

resource "aws_backup_selection" "this" {
  count = local.backups

  name         = "tables"
  plan_id      = aws_backup_plan.this[0].id
  iam_role_arn = aws_iam_role.backup[0].arn
  resources    = [for table in module.table : table.arn]
}

resource "aws_iam_role" "backup" {
  count = local.backups

  name        = "${local.prefix}-backup"
  description = "What AWS Backup may do"

  # No condition: AWS documents no key that Backup sends when it takes a role.
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "backup.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "backup" {
  for_each = toset(var.backups_enabled ? ["AWSBackupServiceRolePolicyForBackup", "AWSBackupServiceRolePolicyForRestores"] : [])

  role       = aws_iam_role.backup[0].name
  policy_arn = "arn:${local.partition}:iam::aws:policy/service-role/${each.key}"
}
