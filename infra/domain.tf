# A domain of one's own: at CloudFront if it is there (the API is then origin.<domain>), else at the API.

locals {
  named      = var.domain == null ? 0 : 1
  api_domain = var.cloudfront_enabled ? "origin.${coalesce(var.domain, "none")}" : var.domain
}

resource "aws_acm_certificate" "api" {
  count = local.named

  domain_name       = local.api_domain
  validation_method = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route53_record" "api_proof" {
  count = local.named

  zone_id         = var.hosted_zone_id
  name            = one(aws_acm_certificate.api[0].domain_validation_options).resource_record_name
  type            = one(aws_acm_certificate.api[0].domain_validation_options).resource_record_type
  records         = [one(aws_acm_certificate.api[0].domain_validation_options).resource_record_value]
  ttl             = 300
  allow_overwrite = true
}

resource "aws_acm_certificate_validation" "api" {
  count = local.named

  certificate_arn         = aws_acm_certificate.api[0].arn
  validation_record_fqdns = aws_route53_record.api_proof[*].fqdn
}

resource "aws_apigatewayv2_domain_name" "this" {
  count = local.named

  domain_name = local.api_domain

  domain_name_configuration {
    certificate_arn = aws_acm_certificate_validation.api[0].certificate_arn
    endpoint_type   = "REGIONAL"
    security_policy = "TLS_1_2"
  }
}

resource "aws_apigatewayv2_api_mapping" "this" {
  count = local.named

  api_id      = aws_apigatewayv2_api.this.id
  domain_name = aws_apigatewayv2_domain_name.this[0].id
  stage       = aws_apigatewayv2_stage.this.id
}

resource "aws_route53_record" "api" {
  count = local.named

  zone_id = var.hosted_zone_id
  name    = local.api_domain
  type    = "A"

  alias {
    name                   = aws_apigatewayv2_domain_name.this[0].domain_name_configuration[0].target_domain_name
    zone_id                = aws_apigatewayv2_domain_name.this[0].domain_name_configuration[0].hosted_zone_id
    evaluate_target_health = false
  }
}

resource "aws_acm_certificate" "edge" {
  count    = local.edge_certify ? 1 : 0
  provider = aws.edge

  domain_name       = var.domain
  validation_method = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route53_record" "edge_proof" {
  count = local.edge_certify ? 1 : 0

  zone_id         = var.hosted_zone_id
  name            = one(aws_acm_certificate.edge[0].domain_validation_options).resource_record_name
  type            = one(aws_acm_certificate.edge[0].domain_validation_options).resource_record_type
  records         = [one(aws_acm_certificate.edge[0].domain_validation_options).resource_record_value]
  ttl             = 300
  allow_overwrite = true
}

resource "aws_acm_certificate_validation" "edge" {
  count    = local.edge_certify ? 1 : 0
  provider = aws.edge

  certificate_arn         = aws_acm_certificate.edge[0].arn
  validation_record_fqdns = aws_route53_record.edge_proof[*].fqdn
}

resource "aws_route53_record" "edge" {
  for_each = toset(local.edge_certify ? ["A", "AAAA"] : [])

  zone_id = var.hosted_zone_id
  name    = var.domain
  type    = each.key

  alias {
    name                   = aws_cloudfront_distribution.this[0].domain_name
    zone_id                = aws_cloudfront_distribution.this[0].hosted_zone_id
    evaluate_target_health = false
  }
}
