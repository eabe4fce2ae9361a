terraform {
  # 1.11 knows write-only arguments: a secret's first value passes through and is kept nowhere.
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7"
    }
  }

  # Where the state is comes from `-backend-config=environments/<env>.s3.tfbackend`.
  backend "s3" {
    use_lockfile = true
    encrypt      = true
  }
}
