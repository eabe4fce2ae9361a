//! The shipped manifest is read whole; every rule is broken once and must say so.

use std::path::Path;

use time::{OffsetDateTime, macros::datetime};

use crate::{Access, Idempotency, Manifest, ManifestError, Physical, Resource, Schedule, Service, Trigger};

fn shipped() -> Manifest {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra/manifest");
    Manifest::read(&folder).unwrap_or_else(|error| panic!("{error}"))
}

fn physical() -> Physical {
    Physical {
        app: "cartwright".into(),
        env: "local".into(),
        region: "eu-central-1".into(),
        queue_base_url: "http://127.0.0.1:8787/000000000000".into(),
        shop_url: "http://127.0.0.1:8787".into(),
        storefront_url: "http://127.0.0.1:8787".into(),
        mail_from: "shop@example.com".into(),
        log_level: None,
        secrets: [("signing".to_owned(), "00ff".to_owned())].into(),
    }
}

const DEFAULTS: &str = "defaults:
  memory_mb: 256
  timeout_s: 10
  queue: { batch: 10, window_s: 0, receives_max: 8 }
  stream: { batch: 100, retries_max: 20 }
";

const SHOP: &str = "tables:
  tea:
    key: [pk, sk]
    indexes: { by_due: [due, due_at] }
    stream: new_and_old_images
  authority: { key: [pk, sk] }
  trail: { key: [pk, sk] }
  limits: { key: [pk, sk], ttl: expires_at }
  idempotency: { key: [pk, sk], ttl: expires_at }
queues:
  tea-order-placed: { from: OrderPlaced }
functions:
  tea-create:
    trigger: { http: 'POST /v1/tea', auth: guest, limit: 20/min }
    access: { tea: readwrite, limits: readwrite, idempotency: readwrite }
    secrets: [signing]
  tea-list:
    trigger: { http: 'GET /v1/admin/tea', auth: staff, scope: tea.read }
    access: { tea: read, authority: read, trail: append }
  tea-on-order-placed:
    trigger: { queue: tea-order-placed, concurrency: 4 }
    access: { tea: readwrite, mail: send }
  tea-stream:
    trigger: { stream: tea }
    access: { tea-order-placed: send }
  tea-expire:
    trigger: { schedule: rate(1 hour) }
    access: { tea: readwrite }
";

fn parse(shop: &str) -> Result<Manifest, ManifestError> {
    Manifest::from_texts(&[
        ("_defaults.yaml".into(), DEFAULTS.into()),
        ("tea.yaml".into(), shop.into()),
    ])
}

/// Replaces a piece of the small shop and expects exactly one complaint that contains `sentence`.
#[track_caller]
fn broken(piece: &str, by: &str, sentence: &str) {
    assert!(SHOP.contains(piece), "the small shop has no `{piece}`");
    let error = parse(&SHOP.replacen(piece, by, 1)).expect_err("it was accepted");
    let text = error.to_string();
    assert!(text.contains(sentence), "expected `{sentence}` in:\n{text}");
    assert!(text.starts_with("tea.yaml:"), "no place in: {text}");
}

#[test]
fn the_shipped_manifest_passes_every_check() {
    let manifest = shipped();
    assert!(manifest.functions.len() > 40);
    assert_eq!(
        manifest.queues["inventory-order-placed"].consumer,
        "inventory-on-order-placed"
    );
    assert_eq!(manifest.queues["inventory-order-placed"].visibility_s, 60);
}

#[test]
fn the_small_shop_is_accepted() {
    let manifest = parse(SHOP).unwrap();
    assert_eq!(manifest.functions["tea-list"].access["tea"], Access::Read);
    let queues = manifest.queue_names();
    assert_eq!(
        queues,
        [
            "tea-order-placed",
            "tea-order-placed-parked",
            "tea-stream-parked",
            "async-parked"
        ]
    );
}

#[test]
fn where_nothing_is_called_without_waiting_no_queue_waits_for_its_failures() {
    let schedule = "  tea-expire:\n    trigger: { schedule: rate(1 hour) }\n    access: { tea: readwrite }\n";
    let manifest = parse(&SHOP.replace(schedule, "")).unwrap();
    assert!(!manifest.queue_names().contains(&"async-parked".to_owned()));
    let invoked = SHOP.replace("schedule: rate(1 hour)", "invoke: true");
    let manifest = parse(&invoked).unwrap();
    assert!(manifest.functions["tea-expire"].asynchronous());
    assert!(manifest.queue_names().contains(&"async-parked".to_owned()));
}

#[test]
fn an_unknown_key_is_refused_with_file_line_and_what_was_expected() {
    let error = parse(&SHOP.replace("    secrets: [signing]", "    secret: [signing]"))
        .unwrap_err()
        .to_string();
    assert!(error.starts_with("tea.yaml:16: "), "{error}");
    assert!(error.contains("secret") && error.contains("memory_mb"), "{error}");
}

#[test]
fn a_key_that_is_given_twice_is_refused() {
    broken("limit: 20/min", "limit: 20/min, limit: 30/min", "limit");
    broken("  tea-list:", "  tea-create:", "tea-create");
}

#[test]
fn a_problem_names_the_line_of_its_entry() {
    let error = parse(&SHOP.replace("tea: read, authority: read", "tea: read")).unwrap_err();
    let ManifestError::Wrong(problems) = error else {
        panic!("{error}")
    };
    assert_eq!(problems.len(), 1);
    assert_eq!(
        (problems[0].place.file.as_str(), problems[0].place.line),
        ("tea.yaml", 17)
    );
}

#[test]
fn names_follow_the_rules_of_the_house() {
    broken("  tea-list:", "  tea_list:", "lower-case words joined by `-`");
    broken("  tea-list:", "  coffee-list:", "must start with the context");
    broken("by_due", "due_index", "must be called `by_<what>`");
    broken("[due, due_at]", "[due, dueAt]", "joined by `_`");
    broken("from: OrderPlaced", "from: order_placed", "is no fact");
    broken(
        "from: OrderPlaced",
        "from: OrderShipped",
        "expected the name `<listener>-order-shipped`",
    );
    broken(
        "  tea-on-order-placed:",
        "  tea-hears-order-placed:",
        "expected the name `tea-on-order-placed`",
    );
    broken("  tea-stream:", "  tea-facts:", "expected the name `tea-stream`");
    broken("scope: tea.read", "scope: tea", "is no scope");
}

#[test]
fn access_names_what_exists_with_a_verb_that_fits() {
    broken(
        "tea: read, authority",
        "coffee: read, authority",
        "no table, no queue",
    );
    broken(
        "tea: read, authority",
        "tea: send, authority",
        "cannot `send` to table",
    );
    broken(
        "tea-order-placed: send",
        "tea-order-placed: read",
        "expected send",
    );
    broken("mail: send", "mail: read", "expected send");
    broken("tea: read, authority", "tea: scan, authority", "scan");
}

#[test]
fn a_function_does_not_write_and_send() {
    broken(
        "{ tea-order-placed: send }",
        "{ tea-order-placed: send, tea: write }",
        "stream must carry the fact",
    );
}

#[test]
fn triggers_name_what_exists() {
    broken("{ stream: tea }", "{ stream: limits }", "no table with `stream`");
    broken(
        "{ queue: tea-order-placed, concurrency: 4 }",
        "{ queue: tea-order-lost, concurrency: 4 }",
        "which is no queue",
    );
    broken(
        "{ queue: tea-order-placed, concurrency: 4 }",
        "{ queue: tea-order-placed, concurrency: 4, limit: 1/s }",
        "belongs to a trigger of kind http",
    );
    broken(
        "{ queue: tea-order-placed, concurrency: 4 }",
        "{ queue: tea-order-placed, concurrency: 4, stream: tea }",
        "exactly one of",
    );
    broken("rate(1 hour)", "rate(1 hours)", "refused by AWS");
}

#[test]
fn a_queue_has_one_consumer_and_a_sender() {
    broken(
        "    access: { tea-order-placed: send }\n",
        "",
        "nobody sends to queue",
    );
    broken(
        "{ queue: tea-order-placed, concurrency: 4 }",
        "{ schedule: rate(1 day) }",
        "nobody consumes queue",
    );
}

#[test]
fn routes_are_served_once_and_well_formed() {
    broken("GET /v1/admin/tea'", "get /v1/admin/tea'", "is no route");
    broken(
        "GET /v1/admin/tea'",
        "GET /v1/{a}/{a}'",
        "names a parameter twice",
    );
    let twin =
        "  tea-show:\n    trigger: { http: 'POST /v1/tea', auth: public, idempotency: none }\n  tea-list:";
    broken("  tea-list:", twin, "is served by `tea-create` and by `tea-show`");
}

#[test]
fn a_route_has_the_tables_and_secrets_its_callers_need() {
    broken(
        "tea: read, authority: read",
        "tea: read",
        "expected `authority: read`",
    );
    broken(
        "limits: readwrite,",
        "limits: read,",
        "expected `limits: readwrite`",
    );
    broken(
        "idempotency: readwrite }",
        "idempotency: read }",
        "expected `idempotency: readwrite`",
    );
    broken("    secrets: [signing]\n", "", "expected `secrets: [signing]`");
    broken(", scope: tea.read", "", "names its `scope`");
    broken(", auth: guest", "", "who may call it");
}

#[test]
fn limits_and_times_are_in_range() {
    broken("limit: 20/min", "limit: 20/week", "is no limit");
    broken(
        "    secrets: [signing]",
        "    secrets: [signing]\n    timeout_s: 30",
        "at most 29",
    );
    broken(
        "    secrets: [signing]",
        "    secrets: [signing]\n    memory_mb: 64",
        "expected 128 to 10240",
    );
    broken(
        "{ queue: tea-order-placed, concurrency: 4 }",
        "{ queue: tea-order-placed, concurrency: 4, batch: 50 }",
        "at least 1 above 10",
    );
    broken(
        "{ queue: tea-order-placed, concurrency: 4 }",
        "{ queue: tea-order-placed, concurrency: 1 }",
        "expected 2 to 1000",
    );
    broken(
        "{ queue: tea-order-placed, concurrency: 4 }",
        "{ queue: tea-order-placed }",
        "sends to the outside (`mail`)",
    );
}

#[test]
fn a_listener_that_stays_inside_needs_no_bound_and_gets_none() {
    let shop = SHOP
        .replace(", concurrency: 4 }", " }")
        .replace("{ tea: readwrite, mail: send }", "{ tea: readwrite }");
    let manifest = parse(&shop).unwrap();
    let bound = |manifest: &Manifest| match &manifest.functions["tea-on-order-placed"].trigger {
        Trigger::Queue(trigger) => trigger.concurrency,
        other => panic!("{other:?}"),
    };
    assert_eq!(bound(&manifest), None);
    assert_eq!(bound(&parse(SHOP).unwrap()), Some(4));
}

#[test]
fn every_problem_is_told_at_once() {
    let shop = SHOP
        .replace("authority: read", "coffee: read")
        .replace("limit: 20/min", "limit: often");
    let ManifestError::Wrong(problems) = parse(&shop).unwrap_err() else {
        panic!("not Wrong")
    };
    assert!(problems.len() >= 3, "{problems:?}");
}

#[test]
fn an_http_function_finds_its_route_tables_and_secrets_in_its_environment() {
    let environment = shipped().environment("orders-create", &physical());
    let expected = [
        ("APP_ENV", "local"),
        ("APP_NAME", "cartwright"),
        ("MAIL_FROM", "shop@example.com"),
        ("SECRET_SIGNING", "00ff"),
        ("SHOP_URL", "http://127.0.0.1:8787"),
        ("STOREFRONT_URL", "http://127.0.0.1:8787"),
        ("TABLE_AUTHORITY", "cartwright-local-authority"),
        ("TABLE_CARTS", "cartwright-local-carts"),
        ("TABLE_CATALOG", "cartwright-local-catalog"),
        ("TABLE_IDEMPOTENCY", "cartwright-local-idempotency"),
        ("TABLE_INVENTORY", "cartwright-local-inventory"),
        ("TABLE_LIMITS", "cartwright-local-limits"),
        ("TABLE_ORDERS", "cartwright-local-orders"),
        ("TABLE_PRICING", "cartwright-local-pricing"),
        ("TABLE_TRAIL", "cartwright-local-trail"),
        ("TABLE_USAGE", "cartwright-local-usage"),
        ("TRIGGER_AUTH", "guest,customer"),
        ("TRIGGER_BODY_BYTES_MAX", "262144"),
        ("TRIGGER_IDEMPOTENCY", "required"),
        ("TRIGGER_LIMIT", "30/min"),
        ("TRIGGER_ROUTE", "POST /v1/orders"),
    ];
    let found: Vec<(&str, &str)> = environment
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn a_route_for_several_kinds_of_callers_lists_them_all() {
    let environment = shipped().environment("orders-cancel", &physical());
    assert_eq!(environment["TRIGGER_AUTH"], "guest,customer,staff");
    assert_eq!(environment["TRIGGER_SCOPE"], "orders.write");
    assert!(!environment.contains_key("TRIGGER_LIMIT"));
}

#[test]
fn a_queue_function_finds_its_queue_and_the_parked_one() {
    let environment = shipped().environment("inventory-on-order-placed", &physical());
    let base = "http://127.0.0.1:8787/000000000000/cartwright-local-inventory-order-placed";
    assert_eq!(environment["TRIGGER_QUEUE_URL"], base);
    assert_eq!(environment["TRIGGER_PARKED_URL"], format!("{base}-parked"));
    assert!(!environment.contains_key("TRIGGER_ROUTE"));
}

#[test]
fn a_stream_function_finds_the_listeners_of_each_fact() {
    let environment = shipped().environment("orders-stream", &physical());
    let base = "http://127.0.0.1:8787/000000000000/cartwright-local";
    assert_eq!(
        environment["LISTENERS_ORDER_PLACED"],
        format!("{base}-inventory-order-placed")
    );
    assert_eq!(environment["LISTENERS_ORDER_CANCELED"].split(',').count(), 4);
    assert_eq!(
        environment["QUEUE_CARTS_ORDER_CANCELED"],
        format!("{base}-carts-order-canceled")
    );
}

fn may(manifest: &Manifest, function: &str, action: &str, resource: &Resource) -> bool {
    let service = match resource {
        Resource::Table(_) | Resource::Index { .. } | Resource::Stream(_) => Service::Dynamodb,
        Resource::Queue(_) => Service::Sqs,
        Resource::Mail => Service::Ses,
    };
    manifest
        .rights(function)
        .iter()
        .any(|right| right.covers(service, action, resource))
}

#[test]
fn read_grants_reads_of_the_table_and_its_indexes_and_never_a_scan() {
    let manifest = shipped();
    let orders = Resource::Table("orders".into());
    let by_status = Resource::Index {
        table: "orders".into(),
        index: "by_status".into(),
    };
    for action in ["GetItem", "BatchGetItem", "Query", "ConditionCheckItem"] {
        assert!(may(&manifest, "orders-list", action, &orders), "{action}");
    }
    for action in ["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "Scan"] {
        assert!(!may(&manifest, "orders-list", action, &orders), "{action}");
    }
    assert!(may(&manifest, "orders-list", "Query", &by_status));
    assert!(!may(&manifest, "orders-list", "Scan", &by_status));
    assert!(!may(
        &manifest,
        "orders-list",
        "GetItem",
        &Resource::Table("payments".into())
    ));
}

#[test]
fn a_queue_trigger_grants_consuming_it_and_sending_to_its_parked_twin() {
    let manifest = shipped();
    let queue = Resource::Queue("orders-stock-decided".into());
    let parked = Resource::Queue("orders-stock-decided-parked".into());
    assert!(may(
        &manifest,
        "orders-on-stock-decided",
        "ReceiveMessage",
        &queue
    ));
    assert!(may(
        &manifest,
        "orders-on-stock-decided",
        "ChangeMessageVisibility",
        &queue
    ));
    assert!(!may(&manifest, "orders-on-stock-decided", "SendMessage", &queue));
    assert!(may(&manifest, "orders-on-stock-decided", "SendMessage", &parked));
    assert!(may(&manifest, "inventory-stream", "SendMessageBatch", &queue));
    assert!(may(
        &manifest,
        "inventory-stream",
        "GetRecords",
        &Resource::Stream("inventory".into())
    ));
    assert!(may(
        &manifest,
        "notifications-on-order-shipped",
        "SendEmail",
        &Resource::Mail
    ));
    assert!(!may(&manifest, "orders-create", "SendEmail", &Resource::Mail));
}

#[test]
fn a_mutating_route_honors_keys_unless_told_otherwise() {
    let manifest = shipped();
    let of = |name: &str| match &manifest.functions[name].trigger {
        Trigger::Http(http) => http.idempotency,
        other => panic!("{other:?}"),
    };
    assert_eq!(of("carts-create"), Idempotency::Optional);
    assert_eq!(of("orders-create"), Idempotency::Required);
    assert_eq!(of("payments-receive-webhook"), Idempotency::None);
    assert_eq!(of("pricing-put-region"), Idempotency::None);
}

#[test]
fn physical_names_and_logical_names_are_each_other_s_inverse() {
    let physical = physical();
    assert_eq!(physical.logical(&physical.name("orders")), Some("orders"));
    assert_eq!(physical.logical("other-local-orders"), None);
}

#[track_caller]
fn next(text: &str, now: OffsetDateTime, expected: Option<OffsetDateTime>) {
    assert_eq!(Schedule::parse(text).unwrap().next_after(now), expected, "{text}");
}

#[test]
fn a_schedule_knows_its_next_moment() {
    let now = datetime!(2025-02-27 10:30:20 UTC);
    next("rate(5 minutes)", now, Some(datetime!(2025-02-27 10:35:20 UTC)));
    next("cron(0 3 * * ? *)", now, Some(datetime!(2025-02-28 03:00 UTC)));
    next("cron(0/15 * * * ? *)", now, Some(datetime!(2025-02-27 10:45 UTC)));
    next(
        "cron(30 10 ? * MON-FRI *)",
        now,
        Some(datetime!(2025-02-28 10:30 UTC)),
    );
    next(
        "cron(0 0 1 JAN,jul ? *)",
        now,
        Some(datetime!(2025-07-01 00:00 UTC)),
    );
    next("cron(0 12 29 2 ? *)", now, Some(datetime!(2028-02-29 12:00 UTC)));
    next("cron(0 12 1 1 ? 2024)", now, None);
}

#[test]
fn a_schedule_that_is_not_understood_is_refused() {
    for text in [
        "every minute",
        "rate(0 minutes)",
        "rate(1 week)",
        "rate(2 minute)",
        "cron(* * * * *)",
        "cron(0 3 * * * *)",
        "cron(0 3 ? * ? *)",
        "cron(60 3 * * ? *)",
        "cron(0 3 L * ? *)",
        "cron(5-1 3 * * ? *)",
    ] {
        assert!(Schedule::parse(text).is_err(), "{text}");
    }
}

#[test]
fn the_schema_for_editors_is_the_one_of_the_parser() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra/manifest.schema.json");
    let kept: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(
        kept,
        crate::schema(),
        "run `cargo run -p manifest --example schema > infra/manifest.schema.json`"
    );
}

#[test]
fn a_function_may_be_invoked_by_an_operator_and_by_nothing_else() {
    let shop = SHOP.replace("{ schedule: rate(1 hour) }", "{ invoke: true }");
    let manifest = parse(&shop).unwrap();
    assert_eq!(manifest.functions["tea-expire"].trigger, Trigger::Invoke);
    broken(
        "{ schedule: rate(1 hour) }",
        "{ invoke: false }",
        "must have exactly one of",
    );
    broken(
        "{ schedule: rate(1 hour) }",
        "{ invoke: true, schedule: rate(1 hour) }",
        "must have exactly one of",
    );
    broken(
        "{ schedule: rate(1 hour) }",
        "{ invoke: true, auth: public }",
        "belongs to a trigger of kind http",
    );
}

#[test]
fn who_may_call_fits_together_and_is_known_and_audited() {
    let staff = "auth: staff, scope: tea.read";
    broken(
        staff,
        "auth: [public, staff], scope: tea.read",
        "`public` stands alone",
    );
    broken(
        staff,
        "auth: customer, scope: tea.read",
        "a route for staff names its `scope`",
    );
    broken(
        staff,
        "auth: staff, scope: tea.read, delegated: tea.own",
        "`delegated` needs `auth: customer`",
    );
    broken(staff, "auth: customer, delegated: Tea", "is no scope");
    broken(staff, "auth: customer, assurance: 3", "expected 1 or 2");
    broken(staff, "auth: customer, fresh: soon", "is no span of time");
    broken(
        "auth: guest,",
        "auth: guest, fresh: 10m,",
        "are asked of customers and staff",
    );
    broken(", trail: append", "", "expected `trail: append`");
    broken("trail: append", "trail: readwrite", "expected `trail: append`");
}

#[test]
fn what_is_asked_of_customers_is_in_the_environment() {
    let shop = SHOP.replace(
        "auth: staff, scope: tea.read",
        "auth: [public, customer], delegated: openid, assurance: 2, fresh: 10m",
    );
    let environment = parse(&shop).unwrap().environment("tea-list", &physical());
    let expected = [
        ("TRIGGER_AUTH", "public,customer"),
        ("TRIGGER_DELEGATED", "openid"),
        ("TRIGGER_ASSURANCE", "2"),
        ("TRIGGER_FRESH_S", "600"),
        ("TABLE_TRAIL", "cartwright-local-trail"),
        ("STOREFRONT_URL", "http://127.0.0.1:8787"),
    ];
    for (name, value) in expected {
        assert_eq!(environment[name], value, "{name}");
    }
}

#[test]
fn who_appends_can_only_put() {
    let manifest = parse(SHOP).unwrap();
    let rights = manifest.rights("tea-list");
    let trail = Resource::Table("trail".to_owned());
    let own: Vec<_> = rights.iter().filter(|right| right.resource == trail).collect();
    assert_eq!(own.len(), 1);
    assert_eq!(own[0].actions, ["PutItem"]);
}
