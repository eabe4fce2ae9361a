//! Rate limits: a burst of the whole quota, then one call per share of the window.

use kernel::Duration;

use super::{TEA, create, shop};

// ID-21 ID-22
#[tokio::test]
async fn a_caller_has_the_quota_at_once_and_then_one_call_per_share() {
    let shop = shop!(create, "POST /v1/things", "TRIGGER_LIMIT" = "3/min");
    for left in ["2", "1", "0"] {
        let got = shop.post("/v1/things", &[], TEA).await;
        assert_eq!(got.status, 201);
        assert_eq!(got.header("ratelimit-policy"), "\"things-test\";q=3;w=60");
        assert_eq!(got.header("ratelimit"), format!("\"things-test\";r={left};t=20"));
    }
    let refused = shop.post("/v1/things", &[], TEA).await;
    assert_eq!(
        (
            refused.status,
            refused.code().as_str(),
            refused.header("retry-after")
        ),
        (429, "rate_limited", "20")
    );
    assert_eq!(refused.header("ratelimit"), "\"things-test\";r=0;t=20");
    shop.clock.forward(Duration::seconds(19));
    assert_eq!(shop.post("/v1/things", &[], TEA).await.header("retry-after"), "1");
    shop.clock.forward(Duration::seconds(1));
    assert_eq!(shop.post("/v1/things", &[], TEA).await.status, 201);
    assert_eq!(shop.post("/v1/things", &[], TEA).await.status, 429);
    shop.clock.forward(Duration::seconds(60));
    for _ in 0..3 {
        assert_eq!(shop.post("/v1/things", &[], TEA).await.status, 201);
    }
    assert_eq!(shop.things.effects(), 7);
}

#[tokio::test]
async fn callers_do_not_share_a_quota() {
    let shop = shop!(
        create,
        "POST /v1/things",
        "TRIGGER_LIMIT" = "1/min",
        "TRIGGER_AUTH" = "staff"
    );
    for (key, status) in [
        ("right", 201),
        ("weak", 201),
        ("right", 429),
        ("weak", 429),
        ("all", 201),
    ] {
        let credential = format!("Bearer cw_sk_{key}");
        assert_eq!(
            shop.post("/v1/things", &[("authorization", &credential)], TEA)
                .await
                .status,
            status,
            "{key}"
        );
    }
}

#[tokio::test]
async fn a_route_without_a_limit_says_nothing_of_one() {
    let shop = shop!(create, "POST /v1/things");
    assert_eq!(shop.post("/v1/things", &[], TEA).await.header("ratelimit"), "");
}
