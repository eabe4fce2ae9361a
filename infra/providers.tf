provider "aws" {
  region = var.region

  default_tags {
    tags = local.tags
  }
}

# What CloudFront uses (certificates, web ACLs, its logs) lives in this one region.
provider "aws" {
  alias  = "edge"
  region = "us-east-1"

  default_tags {
    tags = local.tags
  }
}

locals {
  tags = {
    app        = var.app
    env        = var.env
    managed-by = "terraform"
  }
}

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  prefix    = "${var.app}-${var.env}"
}
