//! `DELETE /v1/account`, seen from outside.

use serde_json::json;

use crate::shop::{PASSWORD, TestShop, sample};

const PATH: &str = "/v1/account";

/// What the sample customer leaves behind.
const TRACES: [&str; 4] = [
    "anna@example.com",
    "Anna Beispiel",
    "Hauptstr. 1",
    "+49 30 1234567",
];

/// Every row of every table that tells something of the person. Answers kept for repeats, mails on
/// their way and used registrations go by themselves within a day; such a row must say so.
#[expect(clippy::disallowed_methods, reason = "rows die by the real clock")]
async fn traces(shop: &TestShop) -> Vec<String> {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    let tomorrow = now.as_secs() + 24 * 60 * 60;
    let mut found = Vec::new();
    for table in shop.manifest().tables.keys() {
        for row in shop.rows(table).await {
            let text = row.to_string();
            let goes_by_itself = row["expires_at"].as_u64().is_some_and(|at| at <= tomorrow);
            if TRACES.iter().any(|trace| text.contains(trace)) && !goes_by_itself {
                found.push(format!("{table}: {text}"));
            }
        }
    }
    found
}

#[tokio::test]
async fn nothing_in_any_table_tells_of_somebody_who_is_gone() {
    let shop = TestShop::open().await;
    shop.product("tea").stock(20).await;
    // Bought as a guest, before there was an account.
    let cart = shop.cart_with([("tea", 1)]).await;
    let as_guest = shop.place(&cart).await;
    as_guest.until("confirmed").await;
    let anna = shop.customer("anna@example.com").await;
    let profile = sample("customers-update", "profile")["body"].clone();
    shop.patch(PATH)
        .person(&anna)
        .patch_with(&profile)
        .await
        .expect(200);
    let as_customer = shop.order_of_customer(&anna, "tea").await;
    shop.quiet().await;
    for order_id in [&as_guest.id, &as_customer] {
        shop.post(format!("/v1/orders/{order_id}/cancel"))
            .person(&anna)
            .json(&json!({ "reason": "Anna Beispiel moves away" }))
            .await
            .expect(200);
    }
    let body = json!({ "region_id": shop.region().await, "email": "anna@example.com" });
    shop.post("/v1/carts").person(&anna).json(&body).await.expect(201);
    shop.quiet().await;
    assert!(!traces(&shop).await.is_empty(), "the search finds nobody at all");

    shop.delete(PATH).person(&anna).await.expect(204);
    shop.quiet().await;

    assert_eq!(traces(&shop).await, [""; 0]);
    for order_id in [&as_guest.id, &as_customer] {
        let seen = shop
            .get(format!("/v1/admin/orders/{order_id}"))
            .staff()
            .await
            .expect(200);
        assert!(seen.at("/total/amount").as_i64() > Some(0), "the sale stays");
    }
    shop.audit().await;
}

#[tokio::test]
async fn the_session_is_over_at_once_and_the_address_is_free() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let first = shop.get(PATH).person(&anna).await.expect(200);
    shop.delete(PATH).person(&anna).await.expect(204);
    shop.get(PATH).person(&anna).await.refuses(401, "unauthenticated");
    shop.log_in("anna@example.com", PASSWORD)
        .await
        .refuses(401, "bad_credentials");
    let again = shop.customer("anna@example.com").await;
    let second = shop.get(PATH).person(&again).await.expect(200);
    assert_ne!(first.text("/user_id"), second.text("/user_id"));
    let mine = shop.get("/v1/account/orders").person(&again).await.expect(200);
    assert_eq!(mine.data().len(), 0);
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.delete(PATH).await.refuses(401, "unauthenticated");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    shop.delete(format!("{PATH}?nonsense=1"))
        .person(&anna)
        .await
        .refuses(400, "invalid_request")
        .names("nonsense");
    shop.get(PATH).person(&anna).await.expect(200);
}
