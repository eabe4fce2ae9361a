# The functions' zips, each under its own hash.
#
# Lambda takes code from here rather than from Terraform's memory: uploads and functions go side by
# side, where with `filename` the provider makes one function after the other.

module "artifacts" {
  source = "./modules/bucket"

  name = "${local.prefix}-artifacts-${local.account}"
  # What is in it can be packaged again, byte for byte.
  force_destroy   = true
  noncurrent_days = 30
  encrypted       = var.customer_managed_keys
  kms_key_arn     = local.key_arn
}
