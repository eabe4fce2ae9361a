# A queue and its parked twin.

resource "aws_sqs_queue" "this" {
  name                              = var.name
  visibility_timeout_seconds        = var.visibility_s
  message_retention_seconds         = 14 * 24 * 3600
  receive_wait_time_seconds         = 20
  kms_master_key_id                 = var.encrypted ? var.kms_key_arn : null
  kms_data_key_reuse_period_seconds = var.encrypted ? 3600 : null
  sqs_managed_sse_enabled           = var.encrypted ? null : true

  redrive_policy = jsonencode({
    deadLetterTargetArn = module.parked.arn
    maxReceiveCount     = var.receives_max
  })

  lifecycle {
    precondition {
      condition     = var.visibility_s >= 6 * var.timeout_s
      error_message = "queue ${var.name}: a message is hidden ${var.visibility_s} s, and its consumer may run ${var.timeout_s} s; AWS asks for six times that, or messages come twice."
    }
    precondition {
      condition     = length(var.consumers) == 1
      error_message = "queue ${var.name} is consumed by ${length(var.consumers)} functions (${join(", ", var.consumers)}); expected one."
    }
  }
}

module "parked" {
  source = "../parked"

  name        = var.parked_name
  encrypted   = var.encrypted
  kms_key_arn = var.kms_key_arn
}

# Only this queue may leave its messages there.
resource "aws_sqs_queue_redrive_allow_policy" "this" {
  queue_url = module.parked.url
  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.this.arn]
  })
}

resource "aws_sqs_queue_policy" "this" {
  queue_url = aws_sqs_queue.this.url
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OnlyOverTls"
      Effect    = "Deny"
      Principal = "*"
      Action    = ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"]
      Resource  = [aws_sqs_queue.this.arn]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}
