# What a tfvars file may not say.

mock_provider "aws" {
  source = "./tests/mocks"
}

mock_provider "aws" {
  alias  = "edge"
  source = "./tests/mocks"
}

run "nonsense_is_refused" {
  command = plan

  variables {
    app                = "Cart_wright"
    env                = "production"
    region             = "europe"
    mail_from          = "the shop"
    architecture       = "riscv"
    hosted_zone_id     = "Z123"
    storefront_url     = "https://shop.example.com/"
    cors_origins       = ["*"]
    api_rate           = 0
    waf_enabled        = true
    canary             = true
    service_alarms     = false
    log_retention_days = 31
    monthly_budget_usd = -1

    mail_sandbox_recipients = ["*@example.com"]
    anomaly_monitor_arn     = "default"
  }

  expect_failures = [
    var.app, var.env, var.region, var.mail_from, var.architecture, var.hosted_zone_id, var.storefront_url, var.cors_origins, var.api_rate, var.waf_enabled, var.service_alarms,
    var.log_retention_days, var.monthly_budget_usd, var.mail_sandbox_recipients, var.anomaly_monitor_arn,
  ]
}

run "a_canary_is_as_long_as_its_alarms_need" {
  command = plan

  variables {
    env            = "dev"
    mail_from      = "shop@example.com"
    canary_minutes = 4
  }

  expect_failures = [var.canary_minutes]
}
