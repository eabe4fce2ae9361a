//! `GET /v1/account/export`, seen from outside.

use serde_json::json;

use crate::shop::TestShop;

const PATH: &str = "/v1/account/export";

#[tokio::test]
async fn a_customer_gets_everything_the_shop_holds_on_them() {
    let shop = TestShop::open().await;
    shop.product("tea").stock(9).await;
    let anna = shop.customer("anna@example.com").await;
    let order_id = shop.order_of_customer(&anna, "tea").await;
    shop.patch("/v1/account")
        .person(&anna)
        .patch_with(&json!({ "name": "Anna Beispiel", "marketing": true }))
        .await
        .expect(200);
    let archive = shop.get(PATH).person(&anna).await.expect(200);
    assert_eq!(archive.text("/account/name"), "Anna Beispiel");
    assert_eq!(archive.at("/consents/0/granted"), true);
    assert_eq!(archive.text("/sessions/0/session_id"), anna.session_id);
    assert_eq!(archive.text("/orders/0/order_id"), order_id);
    assert_eq!(archive.text("/carts/0/status"), "completed");
    assert_eq!(archive.at("/truncated"), &json!([]));
    assert!(
        !String::from_utf8_lossy(archive.bytes()).contains("tok_approve"),
        "no card's token"
    );
}

#[tokio::test]
async fn the_audit_trail_is_told_newest_first_and_names_nobody_of_the_staff() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let account = shop.get("/v1/account").person(&anna).await.expect(200);
    let user_id = account.text("/user_id");
    shop.post(format!("/v1/admin/users/{user_id}/password-reset"))
        .staff()
        .await
        .expect(202);
    let archive = shop.get(PATH).person(&anna).await.expect(200);
    let entries = archive.at("/audit").as_array().cloned().unwrap_or_default();
    let times: Vec<_> = entries.iter().map(|entry| entry["at"].as_str()).collect();
    assert!(times.is_sorted_by(|newer, older| newer >= older), "{archive}");
    let of = |action: &str| {
        let mut found = entries.iter().filter(|entry| entry["action"] == action);
        let one = found.next().cloned().unwrap_or_else(|| panic!("{archive}"));
        assert!(found.next().is_none(), "{action} is told once\n{archive}");
        one
    };
    let started = of("session.started");
    assert_eq!(started["actor"], user_id);
    assert!(started["address"].is_string(), "{started}");
    let triggered = of("reset.triggered");
    assert_eq!(
        (&triggered["actor"], &triggered["address"]),
        (&json!("staff"), &json!(null))
    );
}

// ID-15
#[tokio::test]
async fn an_old_login_gets_nothing() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    shop.grow_stale(&anna.session_id).await;
    shop.get(PATH)
        .person(&anna)
        .await
        .refuses(401, "step_up_required");
}

#[tokio::test]
async fn nothing_of_another_customer_is_in_it() {
    let shop = TestShop::open().await;
    shop.product("tea").stock(9).await;
    let (anna, ben) = (
        shop.customer("anna@example.com").await,
        shop.customer("ben@example.com").await,
    );
    shop.order_of_customer(&anna, "tea").await;
    let archive = shop.get(PATH).person(&ben).await.expect(200);
    assert_eq!(
        (archive.at("/orders"), archive.at("/carts")),
        (&json!([]), &json!([]))
    );
    assert!(!String::from_utf8_lossy(archive.bytes()).contains("anna@example.com"));
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.get(PATH).await.refuses(401, "unauthenticated");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    shop.get(format!("{PATH}?nonsense=1"))
        .person(&anna)
        .await
        .refuses(400, "invalid_request")
        .names("nonsense");
}
