output "arn" {
  value = aws_sqs_queue.this.arn
}

output "url" {
  value = aws_sqs_queue.this.url
}

output "parked_arn" {
  value = module.parked.arn
}

output "parked_url" {
  value = module.parked.url
}

output "parked_name" {
  value = module.parked.name
}
