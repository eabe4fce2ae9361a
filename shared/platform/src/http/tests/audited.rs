//! What the edge tells the audit trail by itself.

use serde_json::Value;

use super::{Shop, TEA, create, get, shop};
use crate::http::{Call, Json};

const KEY: (&str, &str) = ("authorization", "Bearer cw_sk_right");

/// Action, outcome, actor and subject of every entry, in the order of writing.
fn entries(shop: &Shop) -> Vec<[String; 4]> {
    let mut rows = shop.tables.rows("trail");
    let text = |row: &Value, name: &str| row[name]["S"].as_str().unwrap_or_default().to_owned();
    rows.sort_by_key(|row| (text(row, "at"), row["outcome"]["S"] != "attempted"));
    rows.iter()
        .map(|row| ["action", "outcome", "actor", "subject"].map(|name| text(row, name)))
        .collect()
}

fn entry(action: &str, outcome: &str, actor: &str, subject: &str) -> [String; 4] {
    [action, outcome, actor, subject].map(str::to_owned)
}

macro_rules! staff_shop {
    ($handler:path, $route:literal) => {
        shop!(
            $handler,
            $route,
            "TRIGGER_AUTH" = "customer,staff",
            "TRIGGER_SCOPE" = "things.write",
            "TABLE_TRAIL" = "trail"
        )
    };
}

// ASVS 16.3: every staff change is on the trail, with who, what and from where.
#[tokio::test]
async fn a_staff_change_is_told_before_and_after() {
    let shop = staff_shop!(create, "POST /v1/things/{thing_id}");
    let headers = [KEY, ("user-agent", "curl"), ("x-request-id", "req-1")];
    assert_eq!(shop.post("/v1/things/thing_1", &headers, TEA).await.status, 201);
    let expected = [
        entry("things-test", "attempted", "key_right", "thing_1"),
        entry("things-test", "allowed", "key_right", "thing_1"),
    ];
    assert_eq!(entries(&shop), expected);
    for row in shop.tables.rows("trail") {
        assert_eq!(row["address"]["S"], "192.0.2.1");
        assert_eq!(row["request_id"]["S"], "req-1");
        assert_eq!(row["user_agent"]["S"], "curl");
        assert!(row["pk"]["S"].as_str().unwrap().starts_with("day#2027-01-15#"));
    }
}

#[tokio::test]
async fn a_change_that_dies_leaves_its_attempt() {
    let shop = staff_shop!(create, "POST /v1/things");
    shop.things.die_next();
    let request = Box::pin(shop.post("/v1/things", &[KEY], TEA));
    let died = tokio::time::timeout(std::time::Duration::from_millis(50), request).await;
    assert!(died.is_err());
    assert_eq!(
        entries(&shop),
        [entry("things-test", "attempted", "key_right", "")]
    );
}

#[tokio::test]
async fn a_change_that_cannot_be_told_is_not_made() {
    let shop = staff_shop!(create, "POST /v1/things");
    shop.tables.drop_table("trail");
    let got = shop.post("/v1/things", &[KEY], TEA).await;
    assert!(got.status >= 500, "{}", got.status);
    assert_eq!(shop.things.effects(), 0);
}

#[tokio::test]
async fn a_change_that_a_rule_refuses_is_told_as_failed_with_its_code() {
    let shop = staff_shop!(create, "POST /v1/things");
    shop.things
        .fail_next(kernel::Fault::refused("sold_out", "none left"));
    assert_eq!(shop.post("/v1/things", &[KEY], TEA).await.status, 409);
    assert_eq!(entries(&shop)[1][1], "failed");
    let codes: Vec<Value> = shop
        .tables
        .rows("trail")
        .iter()
        .map(|row| row["detail"]["M"]["code"]["S"].clone())
        .collect();
    assert!(codes.contains(&"sold_out".into()), "{codes:?}");
}

#[tokio::test]
async fn a_repeated_change_is_told_once() {
    let shop = staff_shop!(create, "POST /v1/things");
    let headers = [KEY, ("idempotency-key", "k-1")];
    for _ in 0..2 {
        assert_eq!(shop.post("/v1/things", &headers, TEA).await.status, 201);
    }
    assert_eq!(entries(&shop).len(), 2);
}

#[tokio::test]
async fn neither_reads_nor_a_customers_own_changes_are_staff_changes() {
    let reads = staff_shop!(get, "GET /v1/things/{thing_id}");
    assert_eq!(reads.send("GET /v1/things/1", &[KEY], "").await.status, 200);
    assert!(entries(&reads).is_empty());
    let shop = staff_shop!(create, "POST /v1/things");
    assert_eq!(
        shop.post("/v1/things", &[("authorization", "Bearer anna")], TEA)
            .await
            .status,
        201
    );
    assert!(entries(&shop).is_empty());
}

// ASVS 16.3: every denial is on the trail; a stranger without any credential is no news.
#[tokio::test]
async fn whoever_is_turned_away_is_on_the_trail() {
    let shop = shop!(
        create,
        "POST /v1/things",
        "TRIGGER_AUTH" = "staff",
        "TRIGGER_SCOPE" = "things.write",
        "TABLE_TRAIL" = "trail"
    );
    assert_eq!(shop.post("/v1/things", &[], TEA).await.status, 401);
    assert!(entries(&shop).is_empty());
    for bad in [
        "Bearer wrong",
        "Bearer anna",
        "Bearer cw_sk_weak",
        "Bearer cw_sk_revoked",
    ] {
        shop.post("/v1/things", &[("authorization", bad)], TEA).await;
    }
    let mut actors: Vec<String> = entries(&shop).into_iter().map(|[_, _, actor, _]| actor).collect();
    actors.sort();
    assert_eq!(actors, ["key_revoked", "key_weak", "usr_anna"]);
    assert!(
        entries(&shop)
            .iter()
            .all(|[action, outcome, ..]| action == "access.denied" && outcome == "denied")
    );
    assert!(
        shop.tables
            .rows("trail")
            .iter()
            .all(|row| !row.to_string().contains("wrong"))
    );
}

// ID-21
#[tokio::test]
async fn what_strangers_make_up_writes_nothing() {
    let shop = shop!(
        create,
        "POST /v1/things",
        "TRIGGER_AUTH" = "guest,staff",
        "TRIGGER_SCOPE" = "things.write",
        "TABLE_TRAIL" = "trail"
    );
    for made_up in [
        ("authorization", "Bearer wrong"),
        ("authorization", "Basic d3Jvbmc6"),
        ("x-cart-token", "wrong"),
    ] {
        assert_eq!(shop.post("/v1/things", &[made_up], TEA).await.status, 401);
    }
    assert!(entries(&shop).is_empty());
}

async fn deny(_: &'static super::Shared, _: Call) -> Result<Json<()>, kernel::Fault> {
    Err(kernel::Fault::Denied {
        permission: "things.own".to_owned(),
    })
}

#[tokio::test]
async fn a_denial_by_the_handler_is_on_the_trail_too() {
    let shop = staff_shop!(deny, "GET /v1/things/{thing_id}");
    assert_eq!(
        shop.send("GET /v1/things/7", &[("authorization", "Bearer anna")], "")
            .await
            .status,
        403
    );
    assert_eq!(
        entries(&shop),
        [entry("access.denied", "denied", "usr_anna", "7")]
    );
}

#[tokio::test]
async fn an_answer_that_was_lost_does_not_make_a_second_entry() {
    let shop = staff_shop!(deny, "GET /v1/things/{thing_id}");
    shop.tables.lose_next_answer_to("PutItem");
    assert_eq!(shop.send("GET /v1/things/7", &[KEY], "").await.status, 403);
    assert_eq!(entries(&shop).len(), 1);
}

#[tokio::test]
async fn what_cannot_be_an_id_is_no_subject() {
    let shop = staff_shop!(deny, "GET /v1/things/{thing_id}");
    let long = format!("GET /v1/things/{}", "x".repeat(200));
    assert_eq!(shop.send(&long, &[KEY], "").await.status, 403);
    assert_eq!(entries(&shop)[0][3], "");
}
