# CloudFront and the firewall before it. CloudFront adds a word to each request, and functions are told its
# hash, so that what did not come through here can be told apart.

locals {
  edge         = var.cloudfront_enabled ? 1 : 0
  edge_media   = var.cloudfront_enabled && var.media_enabled
  origin_host  = var.domain != null ? one(aws_apigatewayv2_domain_name.this[*].domain_name) : replace(aws_apigatewayv2_api.this.api_endpoint, "https://", "")
  edge_certify = var.cloudfront_enabled && var.domain != null
}

# A random word that is made once. It lies in the state, as all that CloudFront is told does; it lets one past
# the firewall and opens nothing else.
resource "terraform_data" "origin_word" {
  count = local.edge

  input = uuid()

  lifecycle {
    ignore_changes = [input]
  }
}

resource "aws_cloudfront_cache_policy" "api" {
  count = local.edge

  name        = "${local.prefix}-api"
  comment     = "As long as the answer's own Cache-Control says; else not at all"
  min_ttl     = 0
  default_ttl = 0
  max_ttl     = 3600

  parameters_in_cache_key_and_forwarded_to_origin {
    enable_accept_encoding_gzip   = true
    enable_accept_encoding_brotli = false

    cookies_config {
      cookie_behavior = "none"
    }

    # An answer to one caller must never be another's.
    headers_config {
      header_behavior = "whitelist"
      headers {
        items = ["Authorization", "Origin", "X-Cart-Token"]
      }
    }

    query_strings_config {
      query_string_behavior = "all"
    }
  }
}

resource "aws_cloudfront_origin_request_policy" "api" {
  count = local.edge

  name    = "${local.prefix}-api"
  comment = "Everything but Host, which belongs to the origin"

  cookies_config {
    cookie_behavior = "all"
  }

  headers_config {
    header_behavior = "allExcept"
    headers {
      items = ["host"]
    }
  }

  query_strings_config {
    query_string_behavior = "all"
  }
}

resource "aws_cloudfront_response_headers_policy" "this" {
  count = local.edge

  name    = "${local.prefix}-headers"
  comment = "What every answer says; a function that says it itself is not overruled"

  security_headers_config {
    content_type_options {
      override = true
    }

    frame_options {
      frame_option = "DENY"
      override     = false
    }

    referrer_policy {
      referrer_policy = "no-referrer"
      override        = false
    }

    strict_transport_security {
      access_control_max_age_sec = 63072000
      include_subdomains         = true
      preload                    = false
      override                   = true
    }
  }
}

resource "aws_cloudfront_origin_access_control" "media" {
  count = local.edge_media ? 1 : 0

  name                              = "${local.prefix}-media"
  description                       = "CloudFront signs what it reads from the bucket"
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

resource "aws_cloudfront_distribution" "this" {
  count = local.edge

  comment         = local.prefix
  enabled         = true
  http_version    = "http2and3"
  is_ipv6_enabled = true
  price_class     = "PriceClass_100"
  aliases         = local.edge_certify ? [var.domain] : []
  web_acl_id      = var.waf_enabled ? aws_wafv2_web_acl.this[0].arn : null

  origin {
    origin_id   = "api"
    domain_name = local.origin_host

    custom_header {
      name  = "x-origin-word"
      value = terraform_data.origin_word[0].output
    }

    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "https-only"
      origin_ssl_protocols   = ["TLSv1.2"]
      origin_read_timeout    = 30
    }
  }

  dynamic "origin" {
    for_each = local.edge_media ? [1] : []
    content {
      origin_id                = "media"
      domain_name              = module.media[0].domain_name
      origin_access_control_id = aws_cloudfront_origin_access_control.media[0].id
    }
  }

  default_cache_behavior {
    target_origin_id           = "api"
    viewer_protocol_policy     = "https-only"
    allowed_methods            = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
    cached_methods             = ["GET", "HEAD"]
    compress                   = true
    cache_policy_id            = aws_cloudfront_cache_policy.api[0].id
    origin_request_policy_id   = aws_cloudfront_origin_request_policy.api[0].id
    response_headers_policy_id = aws_cloudfront_response_headers_policy.this[0].id
  }

  dynamic "ordered_cache_behavior" {
    for_each = local.edge_media ? [1] : []
    content {
      path_pattern           = "/media/*"
      target_origin_id       = "media"
      viewer_protocol_policy = "redirect-to-https"
      allowed_methods        = ["GET", "HEAD"]
      cached_methods         = ["GET", "HEAD"]
      compress               = true
      # AWS's own policy CachingOptimized.
      cache_policy_id            = "658327ea-f89d-4fab-a63d-7e88639e58f6"
      response_headers_policy_id = aws_cloudfront_response_headers_policy.this[0].id
    }
  }

  # Else an error that one request met is everybody's for ten seconds, whatever the answer says of keeping it.
  dynamic "custom_error_response" {
    for_each = [403, 404, 405, 414, 500, 501, 502, 503, 504]
    content {
      error_code            = custom_error_response.value
      error_caching_min_ttl = 0
    }
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    cloudfront_default_certificate = !local.edge_certify
    acm_certificate_arn            = local.edge_certify ? aws_acm_certificate_validation.edge[0].certificate_arn : null
    ssl_support_method             = local.edge_certify ? "sni-only" : null
    minimum_protocol_version       = local.edge_certify ? "TLSv1.2_2021" : "TLSv1"
  }
}

# Its log: no addresses, no cookies.

resource "aws_cloudwatch_log_group" "edge" {
  count    = local.edge
  provider = aws.edge

  name              = "/aws/cloudfront/${local.prefix}"
  retention_in_days = var.log_retention_days
}

resource "aws_cloudwatch_log_delivery_source" "edge" {
  count    = local.edge
  provider = aws.edge

  name         = "${local.prefix}-edge"
  log_type     = "ACCESS_LOGS"
  resource_arn = aws_cloudfront_distribution.this[0].arn
}

resource "aws_cloudwatch_log_delivery_destination" "edge" {
  count    = local.edge
  provider = aws.edge

  name          = "${local.prefix}-edge"
  output_format = "json"

  delivery_destination_configuration {
    destination_resource_arn = aws_cloudwatch_log_group.edge[0].arn
  }
}

resource "aws_cloudwatch_log_delivery" "edge" {
  count    = local.edge
  provider = aws.edge

  delivery_source_name     = aws_cloudwatch_log_delivery_source.edge[0].name
  delivery_destination_arn = aws_cloudwatch_log_delivery_destination.edge[0].arn
  record_fields            = ["timestamp", "cs-method", "cs-uri-stem", "sc-status", "sc-bytes", "time-taken", "x-edge-result-type", "x-edge-request-id", "ssl-protocol"]
}

# The firewall

locals {
  # Rules of AWS's common set that honest requests match: counted, not blocked.
  counted_rules = {
    SizeRestrictions_BODY        = "Product texts are longer than 8 KiB; functions have limits of their own."
    SizeRestrictions_QUERYSTRING = "An OAuth client's `state` and `request` belong to it and may be long; functions have limits of their own."
    # An OAuth client on somebody's own device has the redirect URI http://127.0.0.1:<port> or http://localhost
    # (RFC 8252), in the query when it asks and in the body when it redeems its code or is registered. These
    # rules protect servers that fetch what they are told to, and machines with a metadata service. A function
    # has none, and calls hosts that strangers name only at public addresses.
    EC2MetaDataSSRF_QUERYARGUMENTS = "Redirect URIs of clients on a device."
    EC2MetaDataSSRF_BODY           = "Redirect URIs of clients on a device."
    GenericRFI_QUERYARGUMENTS      = "Redirect URIs of clients on a device."
    GenericRFI_BODY                = "Redirect URIs of clients on a device."
  }
}

resource "aws_wafv2_web_acl" "this" {
  count    = var.waf_enabled ? 1 : 0
  provider = aws.edge

  name        = local.prefix
  description = "Known bad inputs, known bad addresses, and too much of one address"
  scope       = "CLOUDFRONT"

  default_action {
    allow {}
  }

  rule {
    name     = "rate"
    priority = 0

    action {
      block {}
    }

    statement {
      rate_based_statement {
        limit              = var.waf_requests_per_5_minutes
        aggregate_key_type = "IP"
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "rate"
      sampled_requests_enabled   = false
    }
  }

  dynamic "rule" {
    for_each = {
      AWSManagedRulesAmazonIpReputationList = 1
      AWSManagedRulesKnownBadInputsRuleSet  = 2
      AWSManagedRulesCommonRuleSet          = 3
    }
    content {
      name     = rule.key
      priority = rule.value

      override_action {
        none {}
      }

      statement {
        managed_rule_group_statement {
          vendor_name = "AWS"
          name        = rule.key

          dynamic "rule_action_override" {
            for_each = rule.key == "AWSManagedRulesCommonRuleSet" ? keys(local.counted_rules) : []
            content {
              name = rule_action_override.value
              action_to_use {
                count {}
              }
            }
          }
        }
      }

      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = rule.key
        sampled_requests_enabled   = false
      }
    }
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = local.prefix
    sampled_requests_enabled   = false
  }
}

resource "aws_cloudwatch_log_group" "waf" {
  count    = var.waf_enabled ? 1 : 0
  provider = aws.edge

  # WAF wants this beginning.
  name              = "aws-waf-logs-${local.prefix}"
  retention_in_days = var.log_retention_days
}

resource "aws_wafv2_web_acl_logging_configuration" "this" {
  count    = var.waf_enabled ? 1 : 0
  provider = aws.edge

  resource_arn            = aws_wafv2_web_acl.this[0].arn
  log_destination_configs = [aws_cloudwatch_log_group.waf[0].arn]

  # Only what was refused, and no credentials of anybody.
  logging_filter {
    default_behavior = "DROP"

    filter {
      behavior    = "KEEP"
      requirement = "MEETS_ANY"

      condition {
        action_condition {
          action = "BLOCK"
        }
      }
    }
  }

  dynamic "redacted_fields" {
    for_each = ["authorization", "cookie", "x-cart-token"]
    content {
      single_header {
        name = redacted_fields.value
      }
    }
  }
}
