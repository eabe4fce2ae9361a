variable "name" {
  description = "Physical name."
  type        = string
}

variable "parked_name" {
  description = "Physical name of its parked twin."
  type        = string
}

variable "consumers" {
  description = "The functions that consume it; exactly one."
  type        = list(string)
}

variable "timeout_s" {
  description = "The consumer's time limit."
  type        = number
}

variable "visibility_s" {
  description = "How long a delivered message stays hidden."
  type        = number
}

variable "receives_max" {
  description = "Deliveries before a message is parked."
  type        = number

  validation {
    condition     = var.receives_max >= 1 && var.receives_max <= 1000
    error_message = "receives_max must be 1 to 1000."
  }
}

variable "encrypted" {
  description = "Whether kms_key_arn is used, and not SQS's own key."
  type        = bool
}

variable "kms_key_arn" {
  description = "The key."
  type        = string
}
