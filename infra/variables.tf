# What differs between environments, and nothing else: what the shop is made of stands in manifest/.
# Flat and typed, so that a misspelt name in a tfvars file is refused and not ignored.

# Who and where

variable "app" {
  description = "First part of every name."
  type        = string
  default     = "cartwright"

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,11}$", var.app))
    error_message = "app must be 2 to 12 lower-case letters and digits: names are <app>-<env>-<thing>, and Lambda allows 64 letters."
  }
}

variable "env" {
  description = "Second part of every name: dev, staging, prod, local."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,6}$", var.env))
    error_message = "env must be 2 to 7 lower-case letters and digits, such as dev, staging or prod."
  }
}

variable "region" {
  description = "AWS region."
  type        = string
  default     = "us-east-1"

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be the name of an AWS region, such as eu-central-1."
  }
}

# What is deployed

variable "artifacts_dir" {
  description = "What `cargo xtask package` made: <function>.zip for every function, and manifest.json with {\"functions\": {\"<function>\": {\"sha256\": hex, \"base64\": the same hash as Lambda wants it}}}."
  type        = string
  default     = "../target/package"
}

variable "architecture" {
  description = "What the zips are built for."
  type        = string
  default     = "arm64"

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "architecture must be arm64 or x86_64."
  }
}

variable "canary" {
  description = "Whether new versions are shifted in by CodeDeploy, a tenth of the traffic first, and taken back by alarms. Without it `cargo xtask deploy` moves the aliases at once."
  type        = bool
  default     = false
}

variable "canary_minutes" {
  description = "How long a new version gets a tenth of the traffic before it gets all. Alarms want two bad minutes; a deployment of everything must end within a workflow's two hours."
  type        = number
  default     = 5

  validation {
    condition     = var.canary_minutes >= 5 && var.canary_minutes <= 30
    error_message = "canary_minutes must be 5 to 30: an alarm needs two bad minutes to go off, and whoever deploys waits no longer."
  }
}

# How the world reaches it

variable "domain" {
  description = "The shop's own name, such as shop.example.com; none: the names AWS gives."
  type        = string
  default     = null

  validation {
    condition     = var.domain == null || can(regex("^([a-z0-9-]+\\.)+[a-z]{2,}$", var.domain))
    error_message = "domain must be a host name without scheme or slash, such as shop.example.com."
  }
}

variable "hosted_zone_id" {
  description = "The Route 53 zone that holds the domain; needed with a domain, for certificates and records."
  type        = string
  default     = null

  validation {
    condition     = (var.domain == null) == (var.hosted_zone_id == null)
    error_message = "domain and hosted_zone_id come together: certificates and records are made in that zone."
  }
}

variable "storefront_url" {
  description = "Where links in mails lead; none: the API's own address."
  type        = string
  default     = null

  validation {
    condition     = var.storefront_url == null || can(regex("^https?://[^/]+(/.*[^/])?$", var.storefront_url))
    error_message = "storefront_url must begin with https:// (http:// at the desk) and not end with a slash."
  }
}

variable "cors_origins" {
  description = "Browsers' origins that may call the API, such as https://shop.example.com."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for origin in var.cors_origins : can(regex("^https?://[^/*]+$", origin))])
    error_message = "cors_origins are origins (https://shop.example.com): never *, since cookies and tokens travel with them."
  }
}

variable "api_rate" {
  description = "Requests per second that the API takes on any one route that names no limit."
  type        = number
  default     = 500

  validation {
    condition     = var.api_rate >= 1 && var.api_rate <= 10000
    error_message = "api_rate must be 1 to 10000, the account's own limit."
  }
}

variable "api_burst" {
  description = "Requests that may come at once, on top of the rate."
  type        = number
  default     = 1000

  validation {
    condition     = var.api_burst >= 1 && var.api_burst <= 5000
    error_message = "api_burst must be 1 to 5000, the account's own limit."
  }
}

variable "callers_at_once" {
  description = "How many callers may use up a route's own `limit` at the same time before the API throttles the route for all. The limit of one caller is the function's matter."
  type        = number
  default     = 50

  validation {
    condition     = var.callers_at_once >= 1
    error_message = "callers_at_once must be at least 1."
  }
}

variable "cloudfront_enabled" {
  description = "Whether CloudFront stands before the API."
  type        = bool
  default     = false
}

variable "waf_enabled" {
  description = "Whether a web application firewall stands at CloudFront; $10 a month at rest."
  type        = bool
  default     = false

  validation {
    condition     = !var.waf_enabled || var.cloudfront_enabled
    error_message = "waf_enabled needs cloudfront_enabled: an HTTP API cannot carry a firewall."
  }
}

variable "waf_requests_per_5_minutes" {
  description = "Requests of one address in five minutes before the firewall refuses it."
  type        = number
  default     = 3000

  validation {
    condition     = var.waf_requests_per_5_minutes >= 100
    error_message = "waf_requests_per_5_minutes must be at least 100."
  }
}

# Mail

variable "mail_from" {
  description = "The sender of the shop's mails, such as shop@example.com."
  type        = string

  validation {
    condition     = can(regex("^[^@<> ]+@([A-Za-z0-9-]+\\.)+[A-Za-z]{2,}$", var.mail_from))
    error_message = "mail_from must be a plain address, such as shop@example.com."
  }
}

variable "mail_identity_is_domain" {
  description = "Whether SES proves the whole domain of mail_from (DKIM) or the one address."
  type        = bool
  default     = true
}

variable "mail_sandbox_recipients" {
  description = "Addresses that get mail while SES keeps the account in its sandbox; each gets a link to confirm itself. Empty once SES has let the account out."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for address in var.mail_sandbox_recipients : can(regex("^[^@<>* ]+@([A-Za-z0-9-]+\\.)+[A-Za-z]{2,}$", address))])
    error_message = "mail_sandbox_recipients are plain addresses, such as you@example.com."
  }
}

# Keeping

variable "customer_managed_keys" {
  description = "Whether tables, queues, logs and secrets are encrypted with a key of ours; one key for all, $1 a month."
  type        = bool
  default     = true
}

variable "deletion_protection" {
  description = "Whether tables refuse to be deleted, and secrets and keys wait before they go."
  type        = bool
  default     = true
}

variable "log_retention_days" {
  description = "How long log lines are kept."
  type        = number
  default     = 30

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731], var.log_retention_days)
    error_message = "log_retention_days must be one that CloudWatch knows: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545 or 731."
  }
}

variable "log_level" {
  description = "From which level on functions write lines; none: info."
  type        = string
  default     = null

  validation {
    condition     = var.log_level == null || contains(["error", "warn", "info", "debug", "trace"], coalesce(var.log_level, "info"))
    error_message = "log_level must be error, warn, info, debug or trace."
  }
}

variable "backups_enabled" {
  description = "Whether AWS Backup keeps monthly copies beyond the 35 days of point-in-time recovery."
  type        = bool
  default     = false
}

variable "table_max_write_units" {
  description = "Ceiling of every table's and index's write units per second: a loop of ours must not become a bill."
  type        = number
  default     = 1000

  validation {
    condition     = var.table_max_write_units >= 1 && var.table_max_write_units <= 40000
    error_message = "table_max_write_units must be 1 to 40000."
  }
}

variable "table_max_read_units" {
  description = "The same for read units."
  type        = number
  default     = 2000

  validation {
    condition     = var.table_max_read_units >= 1 && var.table_max_read_units <= 40000
    error_message = "table_max_read_units must be 1 to 40000."
  }
}

variable "warm_write_units" {
  description = "Write units per second that a table takes at once without growing first, by table; before a sale. It needs version 6 of the provider and is said with the AWS CLI until then."
  type        = map(number)
  default     = {}
}

variable "reserved_concurrency" {
  description = "Invocations kept for a function and never exceeded, by function. A new account may have as few as 10 in all, so nothing is reserved unless named."
  type        = map(number)
  default     = {}
}

variable "queue_bounds_enabled" {
  description = "Whether listeners have the maximum concurrency that they declare in the manifest. Lambda looks into a bounded queue more often: about $0.16 a month for each."
  type        = bool
  default     = true
}

variable "paused" {
  description = "Functions that do nothing for now: their routes answer with an error, their messages and records wait. For repairs (docs/runbooks/restore.md)."
  type        = set(string)
  default     = []
}

variable "provisioned_concurrency" {
  description = "Environments kept warm, by function; $3.40 a month for each of 256 MiB. For sale days."
  type        = map(number)
  default     = {}
}

# Secrets

variable "secret_generations" {
  description = "Raised above 1 to give a secret a new value, by its name; docs/runbooks/restore.md says what ends with which."
  type        = map(number)
  default     = {}
}

# Watching

variable "alarm_email" {
  description = "Who is told of alarms, budget and anomalies; none: nobody."
  type        = string
  default     = null

  validation {
    condition     = var.alarm_email == null || can(regex("^[^@ ]+@[^@ ]+\\.[a-z]+$", var.alarm_email))
    error_message = "alarm_email must be an address."
  }
}

variable "alarms_enabled" {
  description = "Whether there are alarms, and the log filters that feed them."
  type        = bool
  default     = true
}

variable "service_alarms" {
  description = "Whether errors are counted and watched service by service, $0.10 a month for each, or as those of the whole shop."
  type        = bool
  default     = true

  validation {
    condition     = var.service_alarms || !var.canary
    error_message = "canary needs service_alarms: a new version is taken back by its own service's alarm."
  }
}

variable "parked_alarms" {
  description = "Whether every parked queue is watched; $0.10 a month for each."
  type        = bool
  default     = true
}

variable "watched_queues" {
  description = "Queues whose oldest message is watched: a consumer that is off parks nothing."
  type        = set(string)
  default     = []
}

variable "watched_functions" {
  description = "Functions whose 99th percentile is watched against their time limit."
  type        = set(string)
  default     = []
}

variable "concurrency_alarm" {
  description = "Concurrent executions in the account that are worth a look: four fifths of its limit."
  type        = number
  default     = 800
}

variable "dashboard_enabled" {
  description = "Whether there is a dashboard; an account's first three are free."
  type        = bool
  default     = true
}

variable "runbooks_url" {
  description = "Where the pages of docs/runbooks can be read; each alarm names its own."
  type        = string
  default     = "docs/runbooks"
}

variable "monthly_budget_usd" {
  description = "Dollars a month after which the budget tells; 0: no budget."
  type        = number
  default     = 0

  validation {
    condition     = var.monthly_budget_usd >= 0
    error_message = "monthly_budget_usd must be 0 or more."
  }
}

variable "anomaly_monitor_enabled" {
  description = "Whether Cost Anomaly Detection tells of services that cost more than they usually do."
  type        = bool
  default     = false
}

variable "anomaly_monitor_arn" {
  description = "The account's monitor of services, where it has one already: AWS allows one. None: it is made."
  type        = string
  default     = null

  validation {
    condition     = var.anomaly_monitor_arn == null || can(regex("^arn:[a-z-]+:ce::[0-9]{12}:anomalymonitor/[0-9a-f-]+$", var.anomaly_monitor_arn))
    error_message = "anomaly_monitor_arn must be a monitor's ARN, as `aws ce get-anomaly-monitors` tells it."
  }
}

# What an emulator of AWS may lack; on, everywhere else.

variable "tracing_enabled" {
  description = "Whether X-Ray traces a sample of the requests."
  type        = bool
  default     = true
}

variable "recursion_config_enabled" {
  description = "Whether Lambda is told to stop functions that call themselves in a circle."
  type        = bool
  default     = true
}

variable "async_config_enabled" {
  description = "Whether functions that are called without waiting have retries and a failure destination."
  type        = bool
  default     = true
}

variable "throughput_ceiling_enabled" {
  description = "Whether tables have a ceiling of request units."
  type        = bool
  default     = true
}

variable "api_access_log_enabled" {
  description = "Whether the API writes a line for each request."
  type        = bool
  default     = true
}

variable "media_enabled" {
  description = "Whether there is a bucket for pictures."
  type        = bool
  default     = true
}

variable "mail_enabled" {
  description = "Whether SES is set up: identity, configuration set, suppression."
  type        = bool
  default     = true
}
