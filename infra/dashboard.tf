# One page: is the shop well, and if not, which service? Three dashboards are free.

resource "aws_cloudwatch_dashboard" "this" {
  count = var.dashboard_enabled ? 1 : 0

  dashboard_name = local.prefix

  dashboard_body = jsonencode({
    widgets = [
      {
        type = "metric", x = 0, y = 0, width = 12, height = 6
        properties = {
          title  = "Requests"
          region = var.region
          period = 60
          stat   = "Sum"
          metrics = [for metric in ["Count", "4xx", "5xx"] :
            ["AWS/ApiGateway", metric, "ApiId", aws_apigatewayv2_api.this.id]
          ]
        }
      },
      {
        type = "metric", x = 12, y = 0, width = 12, height = 6
        properties = {
          title  = "Latency in ms"
          region = var.region
          period = 60
          metrics = [for stat in ["p50", "p90", "p99"] :
            ["AWS/ApiGateway", "Latency", "ApiId", aws_apigatewayv2_api.this.id, { stat = stat }]
          ]
        }
      },
      {
        type = "metric", x = 0, y = 6, width = 12, height = 6
        properties = {
          title   = "Errors by service"
          region  = var.region
          period  = 60
          stat    = "Sum"
          metrics = [for service in local.error_services : [local.metrics_namespace, "errors-${service}"]]
        }
      },
      {
        type = "metric", x = 12, y = 6, width = 12, height = 6
        properties = {
          title  = "Parked"
          region = var.region
          period = 60
          stat   = "Maximum"
          metrics = [for queue in sort(flatten(values(local.parked_by_service))) :
            ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", queue]
          ]
        }
      },
      {
        type = "metric", x = 0, y = 12, width = 12, height = 6
        properties = {
          title  = "Oldest message in s"
          region = var.region
          period = 60
          stat   = "Maximum"
          metrics = [for queue in sort(keys(local.queues)) :
            ["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", "${local.prefix}-${queue}"]
          ]
        }
      },
      {
        type = "metric", x = 12, y = 12, width = 12, height = 6
        properties = {
          title  = "Lambda"
          region = var.region
          period = 60
          metrics = [
            ["AWS/Lambda", "ConcurrentExecutions", { stat = "Maximum" }],
            ["AWS/Lambda", "Throttles", { stat = "Sum" }],
            ["AWS/Lambda", "IteratorAge", { stat = "Maximum", yAxis = "right" }],
          ]
        }
      },
    ]
  })
}
