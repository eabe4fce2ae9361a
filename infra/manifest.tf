# The manifest, merged and typed: what functions, queues, tables, routes and rights there are.
#
# local/manifest reads the same files for the local stack and the tests, and is strict: a misspelt key
# is its matter. Both must come to the same environment and rights for every function; `cargo xtask
# infra` compares the two and names each difference.
locals {
  documents = [for file in sort(fileset("${path.module}/manifest", "*.yaml")) : yamldecode(file("${path.module}/manifest/${file}"))]
  defaults  = one([for document in local.documents : document.defaults if can(document.defaults)])

  raw_tables    = merge([for document in local.documents : try(document.tables, {})]...)
  raw_queues    = merge([for document in local.documents : try(document.queues, {})]...)
  raw_functions = merge([for document in local.documents : try(document.functions, {})]...)

  # What two files declare would silently win over each other.
  declared = sum([for document in local.documents : length(try(document.tables, {})) + length(try(document.queues, {})) + length(try(document.functions, {}))])
  merged   = length(local.raw_tables) + length(local.raw_queues) + length(local.raw_functions)
}

# Tables

locals {
  tables = {
    for name, table in local.raw_tables : name => {
      partition_key = table.key[0]
      sort_key      = try(table.key[1], null)
      indexes = {
        for index, key in try(table.indexes, {}) : index => { partition_key = key[0], sort_key = try(key[1], null) }
      }
      stream = can(table.stream)
      ttl    = try(table.ttl, null)
    }
  }
}

# Functions

locals {
  kinds = ["http", "queue", "stream", "schedule", "invoke"]

  functions = {
    for name, function in local.raw_functions : name => {
      service   = split("-", name)[0]
      kind      = one([for kind in local.kinds : kind if can(function.trigger[kind])])
      trigger   = function.trigger
      access    = { for resource, verb in try(function.access, {}) : resource => verb }
      secrets   = [for secret in try(function.secrets, []) : secret]
      memory_mb = try(function.memory_mb, local.defaults.memory_mb)
      timeout_s = try(function.timeout_s, local.defaults.timeout_s)
    }
  }

  services = sort(distinct([for function in local.functions : function.service]))

  http_functions     = { for name, function in local.functions : name => function if function.kind == "http" }
  queue_functions    = { for name, function in local.functions : name => function if function.kind == "queue" }
  stream_functions   = { for name, function in local.functions : name => function if function.kind == "stream" }
  schedule_functions = { for name, function in local.functions : name => function if function.kind == "schedule" }
  # Called without waiting: Lambda keeps the event, retries, and needs somewhere to leave it.
  async_functions = { for name, function in local.functions : name => function if contains(["schedule", "invoke"], coalesce(function.kind, "none")) }

  secrets = toset(flatten([for function in local.functions : function.secrets]))
}

# Queues: each with its consumer's numbers

locals {
  consumers = { for name, function in local.queue_functions : function.trigger.queue => name... }

  queues = {
    for name, queue in local.raw_queues : name => {
      service = split("-", name)[0]
      from    = sort(flatten([queue.from]))
      # One consumer: two would each see a part of the facts. The module's precondition says so.
      consumers    = try(local.consumers[name], [])
      timeout_s    = try(local.functions[local.consumers[name][0]].timeout_s, local.defaults.timeout_s)
      receives_max = try(local.functions[local.consumers[name][0]].trigger.receives_max, local.defaults.queue.receives_max)
    }
  }

  # Each queue has its parked twin (made by its module); streams and schedules leave theirs here.
  parked_for_streams = { for name, function in local.stream_functions : "${name}-parked" => function.service }
  parked_for_async   = length(local.async_functions) == 0 ? {} : { "async-parked" = "async" }
  parked_queues      = merge(local.parked_for_streams, local.parked_for_async)
}

# Routes

locals {
  seconds = { s = 1, min = 60, hour = 3600, day = 86400 }

  routes = {
    for name, function in local.http_functions : name => {
      key    = function.trigger.http
      method = function.trigger.http == "$default" ? "$default" : split(" ", function.trigger.http)[0]
      path   = function.trigger.http == "$default" ? null : split(" ", function.trigger.http)[1]
      # Calls per second of one caller, or none.
      rate = try(tonumber(split("/", function.trigger.limit)[0]) / local.seconds[split("/", function.trigger.limit)[1]], null)
    }
  }
}

resource "terraform_data" "manifest" {
  lifecycle {
    precondition {
      condition     = local.declared == local.merged
      error_message = "infra/manifest declares a table, queue or function in two files; the second would silently replace the first."
    }
    precondition {
      condition     = alltrue([for function in local.functions : function.kind != null])
      error_message = "infra/manifest: no known trigger for ${join(", ", [for name, function in local.functions : name if function.kind == null])}; expected one of ${join(", ", local.kinds)}."
    }
    precondition {
      condition     = length(local.routes) == length(distinct([for route in local.routes : route.key])) && length(local.routes) <= 300
      error_message = "infra/manifest: a route is served twice, or there are more than the 300 routes an HTTP API may have."
    }
    precondition {
      condition     = length(setsubtract(var.paused, keys(local.functions))) == 0
      error_message = "paused: infra/manifest has no function ${join(", ", sort(setsubtract(var.paused, keys(local.functions))))}."
    }
    precondition {
      condition     = length(setsubtract(keys(var.secret_generations), local.secrets)) == 0
      error_message = "secret_generations: infra/manifest has no secret ${join(", ", sort(setsubtract(keys(var.secret_generations), local.secrets)))}; expected one of ${join(", ", sort(local.secrets))}."
    }
  }
}
