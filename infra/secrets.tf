# A function is told where its secrets are (SECRET_<NAME>_ARN) and fetches them at its cold start.

resource "aws_secretsmanager_secret" "this" {
  for_each = local.secrets

  name                    = "${local.prefix}-${each.key}"
  description             = "32 random bytes in hex; read by the functions that the manifest names"
  kms_key_id              = var.customer_managed_keys ? local.key_arn : null
  recovery_window_in_days = var.deletion_protection ? 30 : 0
}

# The value is made while applying and passes through: a write-only argument is in no plan and no state.
# It is written once; raising secret_generations writes anew.
resource "aws_secretsmanager_secret_version" "this" {
  for_each = local.secrets

  secret_id                = aws_secretsmanager_secret.this[each.key].id
  secret_string_wo         = sha256("${uuid()}${uuid()}")
  secret_string_wo_version = lookup(var.secret_generations, each.key, 1)
}
