output "name" {
  description = "Physical name; known before the bucket is made, so depend on the module too."
  value       = var.name
}

output "arn" {
  description = "For rights."
  value       = aws_s3_bucket.this.arn
}

output "domain_name" {
  description = "Where CloudFront finds it."
  value       = aws_s3_bucket.this.bucket_regional_domain_name
}
