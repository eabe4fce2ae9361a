# The shop. Addresses and domain are examples: set your own here, or in a file beside it.
env                     = "prod"
region                  = "eu-central-1"
mail_from               = "shop@example.com"
deletion_protection     = true
log_retention_days      = 365
canary                  = true
canary_minutes          = 5
cloudfront_enabled      = true
waf_enabled             = true
backups_enabled         = true
monthly_budget_usd      = 200
anomaly_monitor_enabled = true
alarm_email             = "shop@example.com"
watched_queues          = ["inventory-order-placed", "orders-stock-decided", "payments-order-reserved", "orders-payment-changed"]
watched_functions       = ["orders-create", "catalog-list-products"]
table_max_write_units   = 4000
table_max_read_units    = 8000
