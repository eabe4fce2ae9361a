# What a function finds in its environment and what it may do, derived from its manifest entry.

locals {
  # Verbs to actions: the same lists as in local/manifest/src/rights.rs. IAM has no action of its own for
  # a batch of messages, nor for a transaction: each of its parts is checked as the single call.
  read_actions  = ["GetItem", "BatchGetItem", "Query", "ConditionCheckItem"]
  write_actions = ["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "ConditionCheckItem"]
  table_actions = {
    read       = local.read_actions
    write      = local.write_actions
    readwrite  = distinct(concat(local.read_actions, local.write_actions))
    append     = ["PutItem"]
    readappend = concat(local.read_actions, ["PutItem"])
  }
  send_actions    = ["sqs:SendMessage"]
  consume_actions = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"]
  stream_actions  = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"]

  queue_urls = merge({ for name, queue in module.queue : name => queue.url }, { for name, queue in module.queue : "${name}-parked" => queue.parked_url })
  queue_arns = merge(
    { for name, queue in module.queue : name => queue.arn },
    { for name, queue in module.queue : "${name}-parked" => queue.parked_arn },
    { for name, queue in module.parked : name => queue.arn },
  )

  statements = {
    for name, function in local.functions : name => concat(
      [
        for resource, verb in function.access : {
          sid       = "Table${join("", [for word in split("-", resource) : title(word)])}"
          actions   = [for action in try(local.table_actions[verb], []) : "dynamodb:${action}"]
          resources = [module.table[resource].arn]
        } if contains(keys(local.tables), resource)
      ],
      [
        for resource, verb in function.access : {
          sid       = "Indexes${join("", [for word in split("-", resource) : title(word)])}"
          actions   = ["dynamodb:Query"]
          resources = [for index in keys(local.tables[resource].indexes) : "${module.table[resource].arn}/index/${index}"]
        } if try(length(local.tables[resource].indexes), 0) > 0 && contains(["read", "readwrite", "readappend"], verb)
      ],
      [
        for resource, verb in function.access : {
          sid       = "Queue${join("", [for word in split("-", resource) : title(word)])}"
          actions   = local.send_actions
          resources = [local.queue_arns[resource]]
        } if contains(keys(local.queues), resource)
      ],
      [
        for resource, verb in function.access : {
          sid       = "Mail"
          actions   = ["ses:SendEmail"]
          resources = local.mail_arns
        } if resource == "mail"
      ],
      function.kind == "queue" ? [
        { sid = "Consume", actions = local.consume_actions, resources = [local.queue_arns[function.trigger.queue]] },
        { sid = "Park", actions = local.send_actions, resources = [local.queue_arns["${function.trigger.queue}-parked"]] },
      ] : [],
      function.kind == "stream" ? [
        { sid = "Stream", actions = local.stream_actions, resources = [module.table[function.trigger.stream].stream_arn] },
        { sid = "Park", actions = local.send_actions, resources = [local.queue_arns["${name}-parked"]] },
      ] : [],
      length(function.secrets) == 0 ? [] : [
        { sid = "Secrets", actions = ["secretsmanager:GetSecretValue"], resources = [for secret in sort(function.secrets) : aws_secretsmanager_secret.this[secret].arn] },
      ],
    )
  }
}

locals {
  # Facts with the queues of each function that hear them, in the order of their names.
  listeners = {
    for name, function in local.functions : name => {
      for fact in distinct(flatten([for resource in keys(function.access) : try(local.queues[resource].from, [])])) :
      fact => [for resource in sort(keys(function.access)) : resource if contains(try(local.queues[resource].from, []), fact)]
    }
  }

  # OrderPlaced and order-placed are ORDER_PLACED.
  fact_names = {
    for fact in distinct(flatten([for queue in local.queues : queue.from])) :
    fact => upper(trimprefix(replace(fact, "/([A-Z])/", "_$1"), "_"))
  }

  durations = { s = 1, m = 60, h = 3600, d = 86400 }

  common_environment = merge(
    {
      APP_NAME       = var.app
      APP_ENV        = var.env
      SHOP_URL       = local.shop_url
      STOREFRONT_URL = coalesce(var.storefront_url, local.shop_url)
      MAIL_FROM      = var.mail_from
    },
    var.log_level == null ? {} : { LOG_LEVEL = var.log_level },
  )

  environments = {
    for name, function in local.functions : name => merge(
      local.common_environment,
      { for secret in function.secrets : "SECRET_${upper(replace(secret, "-", "_"))}_ARN" => aws_secretsmanager_secret.this[secret].arn },
      # A new value is read at a cold start: this makes a new version, and with it one.
      { for secret in function.secrets : "SECRET_${upper(replace(secret, "-", "_"))}_GENERATION" => tostring(var.secret_generations[secret]) if lookup(var.secret_generations, secret, 1) > 1 },
      { for resource in keys(function.access) : "TABLE_${upper(replace(resource, "-", "_"))}" => "${local.prefix}-${resource}" if contains(keys(local.tables), resource) },
      { for resource in keys(function.access) : "QUEUE_${upper(replace(resource, "-", "_"))}" => local.queue_urls[resource] if contains(keys(local.queues), resource) },
      { for fact, queues in local.listeners[name] : "LISTENERS_${local.fact_names[fact]}" => join(",", [for queue in queues : local.queue_urls[queue]]) },
      function.kind == "queue" ? {
        TRIGGER_QUEUE_URL  = local.queue_urls[function.trigger.queue]
        TRIGGER_PARKED_URL = local.queue_urls["${function.trigger.queue}-parked"]
      } : {},
      function.kind == "http" ? local.route_environments[name] : {},
    )
  }

  route_environments = {
    for name, function in local.http_functions : name => merge(
      {
        for key, value in {
          TRIGGER_ROUTE       = function.trigger.http
          TRIGGER_AUTH        = join(",", flatten([function.trigger.auth]))
          TRIGGER_IDEMPOTENCY = try(function.trigger.idempotency, contains(["POST", "PATCH", "DELETE"], local.routes[name].method) ? "optional" : "none")
          # KiB to bytes.
          TRIGGER_BODY_BYTES_MAX = tostring(try(function.trigger.body_kb, 256) * 1024)
          TRIGGER_SCOPE          = try(function.trigger.scope, null)
          TRIGGER_LIMIT          = try(function.trigger.limit, null)
          TRIGGER_DELEGATED      = try(function.trigger.delegated, null)
          TRIGGER_ASSURANCE      = try(function.trigger.assurance > 1 ? tostring(function.trigger.assurance) : null, null)
          TRIGGER_FRESH_S        = try(tostring(tonumber(regex("^[0-9]+", function.trigger.fresh)) * local.durations[regex("[a-z]+$", function.trigger.fresh)]), null)
        } : key => value if value != null
      },
      # A request that did not come through CloudFront does not know the word behind this hash.
      var.cloudfront_enabled ? { ORIGIN_SHA256 = sha256(terraform_data.origin_word[0].output) } : {},
    )
  }
}
