# Alarms: few, and each with a page that says what to do. An alarm costs $0.10 a month for each metric
# that it looks at, so there is one for each service or for the whole, never one for each function.
locals {
  # The slug is the page: docs/runbooks/<slug>.md. What has no CloudWatch alarm (budget, cost-anomaly,
  # deployment) sends its mail from elsewhere and has a page all the same.
  runbooks = {
    errors          = "A function of this service failed: a fault of ours, a crash or a timeout."
    parked          = "Messages or records of this service could not be handled and were parked."
    api-errors      = "The API answers 5xx to more than one request in a hundred."
    api-latency     = "One request in a hundred waits too long."
    throttles       = "Lambda refuses invocations: the account's or a function's concurrency is used up."
    concurrency     = "Concurrent executions come near the account's limit."
    duration        = "A watched function comes near its time limit."
    stream-age      = "A table's stream is read late: facts arrive late."
    queue-age       = "A message of the purchase waits too long for its listener."
    mail-bounces    = "Too many mails bounce: SES will stop the account's sending."
    mail-complaints = "Too many mails are called spam: SES will stop the account's sending."
    budget          = "The month's cost passes the budget, or is forecast to."
    cost-anomaly    = "A service costs more than it usually does."
    deployment      = "A deployment was rolled back, because an alarm went off or its hook failed."
  }
}
