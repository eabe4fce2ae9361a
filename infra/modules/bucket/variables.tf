variable "name" {
  description = "Physical name, unique among all buckets of AWS."
  type        = string

  validation {
    condition     = length(var.name) >= 3 && length(var.name) <= 63
    error_message = "S3 allows 3 to 63 letters in a bucket's name."
  }
}

variable "force_destroy" {
  description = "Whether it may be destroyed with what is in it."
  type        = bool
}

variable "noncurrent_days" {
  description = "How long what was overwritten or deleted can be brought back."
  type        = number
}

variable "encrypted" {
  description = "Whether our own key is used instead of S3's."
  type        = bool
}

variable "kms_key_arn" {
  description = "That key."
  type        = string
}

variable "readers" {
  description = "Services that may read every object, each in the name of one resource."
  type        = list(object({ sid = string, service = string, source_arn = string }))
  default     = []
}
