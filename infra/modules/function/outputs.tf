output "name" {
  value = aws_lambda_function.this.function_name
}

output "version" {
  value = aws_lambda_function.this.version
}

output "alias_name" {
  value = aws_lambda_alias.live.name
}

output "alias_arn" {
  value = aws_lambda_alias.live.arn
}

output "alias_invoke_arn" {
  value = aws_lambda_alias.live.invoke_arn
}

output "log_group_name" {
  value = aws_cloudwatch_log_group.this.name
}

output "code_bucket" {
  value = aws_lambda_function.this.s3_bucket
}
