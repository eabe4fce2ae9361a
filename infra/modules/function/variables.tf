variable "name" {
  description = "Physical name."
  type        = string

  validation {
    condition     = length(var.name) <= 64
    error_message = "Lambda allows 64 letters in a function's name."
  }
}

variable "service" {
  description = "The context it belongs to: its errors are counted there."
  type        = string
}

variable "description" {
  description = "One line for the console."
  type        = string
}

variable "bucket" {
  description = "Where Lambda takes the zip from."
  type        = string
}

variable "filename" {
  description = "The zip on this machine."
  type        = string
}

variable "code_hash" {
  description = "SHA-256 of the zip in hexadecimal digits, its name in the bucket. None in checks, which deploy nothing."
  type        = string
  nullable    = true
}

variable "source_hash" {
  description = "The same in base64, as Lambda tells it; only a changed one is deployed."
  type        = string
  nullable    = true
}

variable "architecture" {
  description = "arm64 or x86_64."
  type        = string
}

variable "memory_mb" {
  description = "Memory in MiB."
  type        = number

  validation {
    condition     = var.memory_mb >= 128 && var.memory_mb <= 10240
    error_message = "memory_mb must be 128 to 10240."
  }
}

variable "timeout_s" {
  description = "Time limit in seconds."
  type        = number

  validation {
    condition     = var.timeout_s >= 1 && var.timeout_s <= 900
    error_message = "timeout_s must be 1 to 900."
  }
}

variable "environment" {
  description = "What it finds in its environment; never a secret."
  type        = map(string)

  validation {
    condition     = alltrue([for name in keys(var.environment) : !startswith(name, "SECRET_") || endswith(name, "_ARN")])
    error_message = "A secret's value has no place in the environment; only SECRET_<NAME>_ARN, where it is kept."
  }
}

variable "statements" {
  description = "What it may do besides logging: the rights its manifest entry declares."
  type        = list(object({ sid = string, actions = list(string), resources = list(string) }))

  validation {
    condition     = !anytrue([for action in flatten(var.statements[*].actions) : strcontains(action, "*")])
    error_message = "A right must name its actions; a wildcard allows what nobody declared."
  }
}

variable "encrypted" {
  description = "Whether kms_key_arn is used for environment and log."
  type        = bool
}

variable "kms_key_arn" {
  description = "The key."
  type        = string
}

variable "log_retention_days" {
  description = "How long its log is kept."
  type        = number
}

variable "log_level" {
  description = "From which level on Lambda keeps the lines of the function, as Lambda spells it."
  type        = string
  default     = "INFO"
}

variable "tracing" {
  description = "Whether X-Ray traces it."
  type        = bool
}

variable "reserved_concurrency" {
  description = "Invocations kept for it and never exceeded; none when null."
  type        = number
  nullable    = true
}

variable "provisioned_concurrency" {
  description = "Environments kept warm."
  type        = number
}

variable "recursion_config" {
  description = "Whether Lambda is told to stop circles."
  type        = bool
}

variable "asynchronous" {
  description = "Whether it is called without waiting, and failure_queue_arn is where lost events go."
  type        = bool
}

variable "failure_queue_arn" {
  description = "Where events go that it could not handle."
  type        = string
  nullable    = true
}

variable "error_namespace" {
  description = "The metric namespace of the errors; none: not counted."
  type        = string
  nullable    = true
}
