# Pictures: a private bucket, read through CloudFront only.

module "media" {
  source = "./modules/bucket"
  count  = var.media_enabled ? 1 : 0

  name            = "${local.prefix}-media-${local.account}"
  force_destroy   = !var.deletion_protection
  noncurrent_days = 90
  encrypted       = var.customer_managed_keys
  kms_key_arn     = local.key_arn
  readers = var.cloudfront_enabled ? [{
    sid        = "ReadThroughCloudFront"
    service    = "cloudfront.amazonaws.com"
    source_arn = aws_cloudfront_distribution.this[0].arn
  }] : []
}
