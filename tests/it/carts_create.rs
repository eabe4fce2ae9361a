//! `POST /v1/carts`, seen from outside.

use serde_json::json;

use crate::shop::TestShop;

#[tokio::test]
async fn a_cart_opens_in_a_region_with_a_token_that_opens_it() {
    let shop = TestShop::open().await;
    let region_id = shop.region().await;

    let made = shop
        .post("/v1/carts")
        .json(&json!({ "region_id": region_id }))
        .await
        .expect(201);

    let path = made.header("location").unwrap();
    assert_eq!(path, format!("/v1/carts/{}", made.text("/cart_id")));
    let seen = shop.get(path).guest(made.text("/cart_token")).await.expect(200);
    assert_eq!((seen.text("/status"), seen.text("/currency")), ("active", "EUR"));
    assert!(seen.at("/cart_token").is_null(), "the token is shown once");
}

#[tokio::test]
async fn an_unknown_region_is_refused_by_its_field() {
    let shop = TestShop::open().await;
    let refused = shop
        .post("/v1/carts")
        .json(&json!({ "region_id": "atlantis" }))
        .await;
    refused.refuses(400, "invalid_request").names("region_id");
}

#[tokio::test]
async fn every_bad_field_is_named_at_once() {
    let shop = TestShop::open().await;
    let body = json!({ "region_id": "Not A Handle", "email": 7, "colour": "red" });
    let refused = shop.post("/v1/carts").json(&body).await;
    refused
        .refuses(400, "invalid_request")
        .names("region_id")
        .names("email")
        .names("colour");
}

#[tokio::test]
async fn a_repeated_create_is_one_cart() {
    let shop = TestShop::open().await;
    let body = json!({ "region_id": shop.region().await });

    let first = shop.post("/v1/carts").key("k-1").json(&body).await.expect(201);
    let again = shop.post("/v1/carts").key("k-1").json(&body).await.expect(201);

    assert_eq!(again.bytes(), first.bytes());
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    let other = json!({ "region_id": shop.region().await, "email": "anna@example.com" });
    shop.post("/v1/carts")
        .key("k-1")
        .json(&other)
        .await
        .refuses(422, "idempotency_key_reused");
}

// ID-14: what opens a cart is not to be read from the table that keeps the answers.
#[tokio::test]
async fn the_answer_that_is_kept_for_a_repeat_shows_no_token() {
    let shop = TestShop::open().await;
    let body = json!({ "region_id": shop.region().await });
    let first = shop.post("/v1/carts").key("k-1").json(&body).await.expect(201);
    let rows = serde_json::Value::from(shop.rows("idempotency").await).to_string();
    assert!(
        rows.contains(first.header("location").unwrap()),
        "the answer is kept"
    );
    assert!(!rows.contains(first.text("/cart_token")) && !rows.contains("cart_token"));
    let again = shop.post("/v1/carts").key("k-1").json(&body).await.expect(201);
    assert_eq!(again.bytes(), first.bytes());
}

// ID-22
#[tokio::test]
async fn the_limit_is_told_and_kept() {
    let shop = TestShop::open().await;
    let body = json!({ "region_id": shop.region().await });
    let first = shop.post("/v1/carts").json(&body).await.expect(201);
    assert!(first.header("ratelimit").is_some() && first.header("ratelimit-policy").is_some());
    // The burst, and what comes back while it is used up, on a slow machine too.
    for _ in 0..1_000 {
        let answer = shop.post("/v1/carts").json(&body).await;
        if answer.status() == 429 {
            answer.refuses(429, "rate_limited");
            return;
        }
        answer.expect(201);
    }
    panic!("a thousand carts in a moment, and the limit is 300 a minute");
}

#[tokio::test]
async fn a_customer_has_one_open_cart_and_needs_no_token() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let body = json!({ "region_id": shop.region().await });
    let first = shop.post("/v1/carts").person(&anna).json(&body).await.expect(201);
    let again = shop.post("/v1/carts").person(&anna).json(&body).await.expect(201);
    assert_eq!(again.text("/cart_id"), first.text("/cart_id"));
    assert!(first.at("/cart_token").is_null() && first.at("/customer_id").is_string());
    let idle_days = |cart: &crate::shop::Answer| cart.text("/expires_at").to_owned();
    let guests = shop.post("/v1/carts").json(&body).await.expect(201);
    assert!(idle_days(&first) > idle_days(&guests), "90 days, not 30");
}

#[tokio::test]
async fn a_customer_who_brings_a_guests_cart_gets_that_one() {
    let shop = TestShop::open().await;
    shop.product("tea").stock(9).await;
    let anna = shop.customer("anna@example.com").await;
    let cart = shop.cart_with([("tea", 2)]).await;
    let body = json!({ "region_id": shop.region().await });
    let ask = shop.post("/v1/carts").person(&anna).guest(&cart.token);
    let made = ask.json(&body).await.expect(201);
    assert_eq!(
        (made.text("/cart_id"), made.at("/lines/0/quantity")),
        (&*cart.id, &2.into())
    );
}
