variable "name" {
  description = "Physical name."
  type        = string
}

variable "partition_key" {
  description = "The attribute that chooses the partition; all key attributes are strings."
  type        = string
}

variable "sort_key" {
  description = "The attribute that sorts inside it."
  type        = string
  nullable    = true
}

variable "indexes" {
  description = "Global secondary indexes by name, all attributes projected."
  type        = map(object({ partition_key = string, sort_key = string }))
}

variable "stream" {
  description = "Whether changes are streamed, with new and old images."
  type        = bool
}

variable "ttl_attribute" {
  description = "The attribute (seconds since 1970) after which a row may go."
  type        = string
  nullable    = true
}

variable "deletion_protection" {
  description = "Whether the table refuses to be deleted."
  type        = bool
}

variable "max_read_units" {
  description = "Ceiling of read units per second; none when null."
  type        = number
  nullable    = true
}

variable "max_write_units" {
  description = "Ceiling of write units per second; none when null."
  type        = number
  nullable    = true
}

variable "encrypted" {
  description = "Whether kms_key_arn is used, and not DynamoDB's own key."
  type        = bool
}

variable "kms_key_arn" {
  description = "The key."
  type        = string
}
