# SES: who we are, mail only over TLS, and nobody twice who bounced or complained.

locals {
  mail_identity = var.mail_identity_is_domain ? split("@", var.mail_from)[1] : var.mail_from
  # The sender may be among them, and has its identity already.
  mail_recipients = setsubtract(var.mail_sandbox_recipients, [local.mail_identity])
  # In the sandbox SES asks for the right on the recipient's identity too.
  mail_arns = concat(
    [for identity in concat([local.mail_identity], sort(local.mail_recipients)) : "arn:${local.partition}:ses:${var.region}:${local.account}:identity/${identity}"],
    ["arn:${local.partition}:ses:${var.region}:${local.account}:configuration-set/${local.prefix}"],
  )
}

resource "aws_sesv2_configuration_set" "this" {
  count = var.mail_enabled ? 1 : 0

  configuration_set_name = local.prefix

  delivery_options {
    tls_policy = "REQUIRE"
  }

  reputation_options {
    reputation_metrics_enabled = true
  }

  suppression_options {
    suppressed_reasons = ["BOUNCE", "COMPLAINT"]
  }
}

resource "aws_sesv2_configuration_set_event_destination" "this" {
  count = var.mail_enabled ? 1 : 0

  configuration_set_name = aws_sesv2_configuration_set.this[0].configuration_set_name
  event_destination_name = "metrics"

  event_destination {
    enabled              = true
    matching_event_types = ["BOUNCE", "COMPLAINT", "REJECT", "RENDERING_FAILURE"]

    cloud_watch_destination {
      dimension_configuration {
        dimension_name          = "ses:configuration-set"
        dimension_value_source  = "MESSAGE_TAG"
        default_dimension_value = local.prefix
      }
    }
  }
}

# The identity's own configuration set holds for every mail that names none.
resource "aws_sesv2_email_identity" "this" {
  count = var.mail_enabled ? 1 : 0

  email_identity         = local.mail_identity
  configuration_set_name = aws_sesv2_configuration_set.this[0].configuration_set_name
}

# Who may get mail in the sandbox: SES asks each for consent, with a link.
resource "aws_sesv2_email_identity" "recipient" {
  for_each = var.mail_enabled ? local.mail_recipients : []

  email_identity = each.key
}

resource "aws_route53_record" "dkim" {
  # SES gives three; their number must be known before their names are.
  count = var.mail_enabled && var.mail_identity_is_domain && var.hosted_zone_id != null ? 3 : 0

  zone_id = var.hosted_zone_id
  name    = "${aws_sesv2_email_identity.this[0].dkim_signing_attributes[0].tokens[count.index]}._domainkey.${local.mail_identity}"
  type    = "CNAME"
  ttl     = 1800
  records = ["${aws_sesv2_email_identity.this[0].dkim_signing_attributes[0].tokens[count.index]}.dkim.amazonses.com"]
}
