# The HTTP API: one route and one integration for each function, and the function that answers what no route serves.

resource "aws_apigatewayv2_api" "this" {
  name          = local.prefix
  description   = "The shop's API"
  protocol_type = "HTTP"
  # With a domain of its own the API is reached there and nowhere else.
  disable_execute_api_endpoint = var.domain != null

  # The same headers as at the desk: local/cartwright/src/gateway/cors.rs.
  dynamic "cors_configuration" {
    for_each = length(var.cors_origins) == 0 ? [] : [1]
    content {
      allow_origins     = var.cors_origins
      allow_methods     = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
      allow_headers     = ["accept", "authorization", "content-type", "idempotency-key", "if-match", "if-none-match", "prefer", "x-cart-token", "x-request-id"]
      expose_headers    = ["etag", "idempotent-replayed", "link", "location", "ratelimit", "ratelimit-policy", "retry-after", "x-request-id"]
      allow_credentials = false
      max_age           = 600
    }
  }
}

resource "aws_apigatewayv2_integration" "this" {
  for_each = local.http_functions

  api_id                 = aws_apigatewayv2_api.this.id
  integration_type       = "AWS_PROXY"
  integration_method     = "POST"
  integration_uri        = module.function[each.key].alias_invoke_arn
  payload_format_version = "2.0"
  timeout_milliseconds   = min(30000, (each.value.timeout_s + 1) * 1000)
}

resource "aws_apigatewayv2_route" "this" {
  for_each = local.routes

  api_id         = aws_apigatewayv2_api.this.id
  route_key      = each.value.key
  operation_name = each.key
  target         = "integrations/${aws_apigatewayv2_integration.this[each.key].id}"
  # Who may call is decided in the function, by the same code as at the desk, and tested route by route.
  authorization_type = "NONE"
}

# The ARN names account, API, method and path; API Gateway is not documented to send the account besides.
resource "aws_lambda_permission" "api" {
  for_each = local.routes

  statement_id  = "api"
  action        = "lambda:InvokeFunction"
  function_name = module.function[each.key].name
  qualifier     = module.function[each.key].alias_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = each.value.path == null ? "${aws_apigatewayv2_api.this.execution_arn}/*/$default" : "${aws_apigatewayv2_api.this.execution_arn}/*/${each.value.method}${replace(each.value.path, "/\\{[^}]+\\}/", "*")}"
}

resource "aws_cloudwatch_log_group" "api" {
  count = var.api_access_log_enabled ? 1 : 0

  name              = "/aws/apigateway/${local.prefix}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.customer_managed_keys ? local.key_arn : null
}

resource "aws_apigatewayv2_stage" "this" {
  api_id      = aws_apigatewayv2_api.this.id
  name        = "$default"
  auto_deploy = true

  default_route_settings {
    # Metrics of each route are custom metrics and are paid for; each function's line has its duration.
    detailed_metrics_enabled = false
    throttling_rate_limit    = var.api_rate
    throttling_burst_limit   = var.api_burst
  }

  # A route whose callers are limited takes so many of them at once, and no more.
  dynamic "route_settings" {
    for_each = { for name, route in local.routes : name => route if route.rate != null }
    content {
      route_key                = route_settings.value.key
      detailed_metrics_enabled = false
      throttling_rate_limit    = max(1, min(var.api_rate, ceil(route_settings.value.rate * var.callers_at_once)))
      throttling_burst_limit   = max(2, min(var.api_burst, 2 * ceil(route_settings.value.rate * var.callers_at_once)))
    }
  }

  # No address and no user: what is logged here is nobody's data.
  dynamic "access_log_settings" {
    for_each = var.api_access_log_enabled ? [1] : []
    content {
      destination_arn = aws_cloudwatch_log_group.api[0].arn
      format = jsonencode({
        time               = "$context.requestTimeEpoch"
        api_request_id     = "$context.requestId"
        route              = "$context.routeKey"
        status             = "$context.status"
        protocol           = "$context.protocol"
        response_bytes     = "$context.responseLength"
        latency_ms         = "$context.responseLatency"
        integration_status = "$context.integration.integrationStatus"
        integration_ms     = "$context.integrationLatency"
        integration_id     = "$context.integration.requestId"
        error              = "$context.error.message"
        integration_error  = "$context.integrationErrorMessage"
      })
    }
  }

  depends_on = [aws_apigatewayv2_route.this]
}

locals {
  # https://d123.cloudfront.net or https://shop.example.com or https://abc.execute-api.….amazonaws.com
  shop_url = (
    var.domain != null ? "https://${var.domain}" :
    var.cloudfront_enabled ? "https://${aws_cloudfront_distribution.this[0].domain_name}" :
    aws_apigatewayv2_api.this.api_endpoint
  )
}
