//! `POST /v1/magic-links/redeem`, seen from outside.

use serde_json::json;

use crate::shop::{Ask, Person, TestShop};

async fn asked(shop: &TestShop, email: &str) -> (String, String) {
    let asked = shop
        .post("/v1/magic-links")
        .json(&json!({ "email": email }))
        .await
        .expect(202);
    let token = shop.token_for(email, "lnk_").await;
    (asked.text("/request_id").to_owned(), token)
}

fn redeem<'a>(shop: &'a TestShop, request_id: &str, token: &str) -> Ask<'a> {
    let body = json!({ "request_id": request_id, "token": token });
    shop.post("/v1/magic-links/redeem").json(&body)
}

// ID-6
#[tokio::test]
async fn both_halves_log_in_once() {
    let shop = TestShop::open().await;
    shop.customer("anna@example.com").await;
    let (request_id, token) = asked(&shop, "anna@example.com").await;
    let redeemed = redeem(&shop, &request_id, &token).await.expect(200);
    Person::of("anna@example.com", &redeemed);
    redeem(&shop, &request_id, &token).await.refuses(409, "bad_link");
}

#[tokio::test]
async fn a_link_that_somebody_else_asked_for_logs_nobody_in() {
    let shop = TestShop::open().await;
    shop.customer("anna@example.com").await;
    let (strangers, mailed) = asked(&shop, "anna@example.com").await;
    let (own, _) = asked(&shop, "anna@example.com").await;
    redeem(&shop, &own, &mailed).await.refuses(409, "bad_link");
    redeem(&shop, &strangers, "lnk_01h455vb4pex5vsknk084sn02q_c2VjcmV0")
        .await
        .refuses(409, "bad_link");
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    redeem(&shop, "lrq_x_y", "lnk_x_y").await.refuses(409, "bad_link");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let refused = shop
        .post("/v1/magic-links/redeem")
        .json(&json!({ "token": "lnk_x_y" }))
        .await;
    refused.refuses(400, "invalid_request").names("request_id");
}
