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
