# As prod, but smaller and without people: what breaks here does not break there.
env                 = "staging"
region              = "eu-central-1"
mail_from           = "shop@example.com"
deletion_protection = true
log_retention_days  = 30
canary              = true
canary_minutes      = 5
cloudfront_enabled  = true
monthly_budget_usd  = 50
alarm_email         = "shop@example.com"
watched_queues      = ["inventory-order-placed", "orders-stock-decided", "payments-order-reserved", "orders-payment-changed"]
watched_functions   = ["orders-create"]
