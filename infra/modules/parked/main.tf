# A queue for what could not be handled: kept as long as SQS keeps anything, until somebody looks.

variable "name" {
  description = "Physical name."
  type        = string
}

variable "encrypted" {
  description = "Whether kms_key_arn is used, and not SQS's own key."
  type        = bool
}

variable "kms_key_arn" {
  description = "The key."
  type        = string
}

resource "aws_sqs_queue" "this" {
  name                              = var.name
  message_retention_seconds         = 14 * 24 * 3600
  receive_wait_time_seconds         = 20
  kms_master_key_id                 = var.encrypted ? var.kms_key_arn : null
  kms_data_key_reuse_period_seconds = var.encrypted ? 3600 : null
  sqs_managed_sse_enabled           = var.encrypted ? null : true
}

resource "aws_sqs_queue_policy" "this" {
  queue_url = aws_sqs_queue.this.url
  policy    = jsonencode(local.policy)
}

locals {
  policy = {
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OnlyOverTls"
      Effect    = "Deny"
      Principal = "*"
      Action    = ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"]
      Resource  = [aws_sqs_queue.this.arn]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  }
}

output "arn" {
  value = aws_sqs_queue.this.arn
}

output "url" {
  value = aws_sqs_queue.this.url
}

output "name" {
  value = aws_sqs_queue.this.name
}
