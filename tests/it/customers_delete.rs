//! `DELETE /v1/account`, seen from outside.

use authenticator::Authenticator;
use serde_json::json;

use crate::shop::{PASSWORD, Person, TestShop, sample};

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

/// Every row that names the person by their id, where nothing may: what proves who they are, and
/// what others may do in their name. That they are gone is kept.
async fn named(shop: &TestShop, user_id: &str) -> Vec<String> {
    let mut found = Vec::new();
    for table in ["factors", "oauth", "federation"] {
        for row in shop.rows(table).await {
            if row.to_string().contains(user_id) && row["sk"] != "erased" {
                found.push(format!("{table}: {row}"));
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
    // A program that acts for her, an authenticator app, a passkey.
    let client = shop.client(&["openid", "email"]).await;
    shop.grant(&client, "anna@example.com", "openid email").await;
    let (mut app, _) = shop.app_of(&anna).await;
    let raised = shop
        .post("/v1/account/step-up/factor")
        .person(&anna)
        .json(&json!({ "method": { "totp": app.code() } }))
        .await
        .expect(200);
    let access_token = raised.text("/access_token").to_owned();
    let anna = Person { access_token, ..anna };
    shop.passkey_of(&anna, &mut Authenticator::new())
        .await
        .expect(201);
    let account = shop.get(PATH).person(&anna).await.expect(200);
    let user_id = account.text("/user_id");
    shop.quiet().await;
    assert!(!traces(&shop).await.is_empty(), "the search finds nobody at all");
    // Consent, browser and code; what she holds, and whose the passkey is.
    assert_eq!(named(&shop, user_id).await.len(), 5);

    shop.delete(PATH).person(&anna).await.expect(204);
    shop.quiet().await;

    assert_eq!(traces(&shop).await, [""; 0]);
    assert_eq!(named(&shop, user_id).await, [""; 0]);
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

// Sessions know the network address and the browser; none outlives its person, running or ended.
#[tokio::test]
async fn no_session_is_left_of_somebody_who_is_gone() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let other = shop.log_in("anna@example.com", PASSWORD).await.expect(200);
    let ended = json!({ "refresh_token": other.text("/refresh_token") });
    shop.post("/v1/sessions/logout").json(&ended).await.expect(204);
    let bens = shop.customer("ben@example.com").await;
    let sessions = async || -> Vec<String> {
        let rows = shop.rows("authority").await.into_iter();
        let ids = rows.filter(|row| row["sk"] == "session");
        ids.map(|row| row["session_id"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(sessions().await.len(), 3);
    shop.delete(PATH).person(&anna).await.expect(204);
    assert_eq!(sessions().await, [bens.session_id]);
}

// ID-17
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

// ID-15
#[tokio::test]
async fn an_old_login_ends_no_account_and_a_new_proof_does() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    shop.grow_stale(&anna.session_id).await;
    shop.delete(PATH)
        .person(&anna)
        .await
        .refuses(401, "step_up_required");
    let raised = shop
        .post("/v1/account/step-up/password")
        .person(&anna)
        .json(&json!({ "password": PASSWORD }))
        .await
        .expect(200);
    let token = raised.text("/access_token");
    shop.delete(PATH).bearer(token).await.expect(204);
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
