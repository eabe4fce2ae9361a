output "shop_url" {
  description = "Where the shop is reached."
  value       = local.shop_url
}

output "api_url" {
  description = "Where the API itself is reached; with CloudFront before it, not for customers."
  value       = var.domain == null ? aws_apigatewayv2_api.this.api_endpoint : "https://${local.api_domain}"
}

output "api_id" {
  description = "The HTTP API."
  value       = aws_apigatewayv2_api.this.id
}

output "region" {
  description = "Where it is."
  value       = var.region
}

output "name" {
  description = "First part of every physical name, and CodeDeploy's application."
  value       = local.prefix
}

output "canary" {
  description = "Whether CodeDeploy moves the aliases."
  value       = var.canary
}

output "canary_minutes" {
  description = "How long a new version gets a tenth of the traffic."
  value       = var.canary_minutes
}

output "artifacts_bucket" {
  description = "Where the zips are, and what was deployed before."
  value       = module.artifacts.name
}

output "functions" {
  description = "Every function with its newest version, by the manifest's name."
  value       = { for name, function in module.function : name => { name = function.name, version = function.version, service = local.functions[name].service } }
}

output "tables" {
  description = "Physical names of the tables, by the manifest's name."
  value       = { for name, table in module.table : name => table.name }
}

output "queues" {
  description = "URLs of the queues, parked ones included, by the manifest's name."
  value       = merge(local.queue_urls, { for name, queue in module.parked : name => queue.url })
}

output "secrets" {
  description = "Where the secrets are."
  value       = { for name, secret in aws_secretsmanager_secret.this : name => secret.arn }
}

output "media_bucket" {
  description = "The bucket for pictures; none when media_enabled is off."
  value       = one(module.media[*].name)
}

output "dkim_tokens" {
  description = "What to put into the mail domain's DNS, when it is not in a zone of ours: <token>._domainkey CNAME <token>.dkim.amazonses.com."
  value       = flatten([for identity in aws_sesv2_email_identity.this : [for attributes in identity.dkim_signing_attributes : attributes.tokens]])
}
