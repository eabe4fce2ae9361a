# A shop to try things on: cheap, and gone in a minute.
env                   = "dev"
region                = "eu-central-1"
mail_from             = "shop@example.com"
customer_managed_keys = true
deletion_protection   = false
log_retention_days    = 7
queue_bounds_enabled  = false
service_alarms        = false
parked_alarms         = false
dashboard_enabled     = false
monthly_budget_usd    = 20
table_max_write_units = 200
table_max_read_units  = 400
