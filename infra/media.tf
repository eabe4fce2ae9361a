# Pictures: a private bucket, read through CloudFront only.

resource "aws_s3_bucket" "media" {
  count = var.media_enabled ? 1 : 0

  bucket        = "${local.prefix}-media-${local.account}"
  force_destroy = !var.deletion_protection
}

resource "aws_s3_bucket_public_access_block" "media" {
  count = var.media_enabled ? 1 : 0

  bucket                  = aws_s3_bucket.media[0].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "media" {
  count = var.media_enabled ? 1 : 0

  bucket = aws_s3_bucket.media[0].id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "media" {
  count = var.media_enabled ? 1 : 0

  bucket = aws_s3_bucket.media[0].id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = var.customer_managed_keys ? "aws:kms" : "AES256"
      kms_master_key_id = var.customer_managed_keys ? local.key_arn : null
    }
  }
}

resource "aws_s3_bucket_versioning" "media" {
  count = var.media_enabled ? 1 : 0

  bucket = aws_s3_bucket.media[0].id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "media" {
  count = var.media_enabled ? 1 : 0

  bucket = aws_s3_bucket.media[0].id

  rule {
    id     = "leftovers"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }

    noncurrent_version_expiration {
      noncurrent_days = 90
    }
  }

  depends_on = [aws_s3_bucket_versioning.media]
}

resource "aws_s3_bucket_policy" "media" {
  count = var.media_enabled ? 1 : 0

  bucket = aws_s3_bucket.media[0].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Sid       = "OnlyOverTls"
        Effect    = "Deny"
        Principal = "*"
        Action    = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"]
        Resource  = [aws_s3_bucket.media[0].arn, "${aws_s3_bucket.media[0].arn}/*"]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      }],
      var.cloudfront_enabled ? [{
        Sid       = "ReadThroughCloudFront"
        Effect    = "Allow"
        Principal = { Service = "cloudfront.amazonaws.com" }
        Action    = ["s3:GetObject"]
        Resource  = ["${aws_s3_bucket.media[0].arn}/*"]
        Condition = { StringEquals = { "aws:SourceArn" = aws_cloudfront_distribution.this[0].arn } }
      }] : [],
    )
  })

  depends_on = [aws_s3_bucket_public_access_block.media]
}
