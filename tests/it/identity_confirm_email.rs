//! `POST /v1/account/email/confirm`, seen from outside.

use serde_json::json;

use crate::shop::{PASSWORD, TestShop};

#[tokio::test]
async fn the_account_has_the_new_address_and_the_old_one_is_told() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let asked = shop
        .post("/v1/account/email")
        .person(&anna)
        .json(&json!({ "email": "new@example.com" }));
    asked.await.expect(202);
    let code = shop.code_for("new@example.com").await;
    let confirm = || {
        shop.post("/v1/account/email/confirm")
            .person(&anna)
            .json(&json!({ "code": code }))
    };
    confirm().await.expect(204);
    confirm().await.refuses(409, "bad_code");
    shop.log_in("new@example.com", PASSWORD).await.expect(200);
    shop.log_in("anna@example.com", PASSWORD)
        .await
        .refuses(401, "bad_credentials");
    let told = shop.mails_to("anna@example.com").await;
    let last = told.last().unwrap()["text"].as_str().unwrap();
    assert!(
        last.contains("n…@example.com") && !last.contains("new@example.com"),
        "{last}"
    );
    // The old address is free again.
    shop.customer("anna@example.com").await;
}

#[tokio::test]
async fn a_wrong_code_changes_nothing_and_five_kill_the_right_one() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let asked = shop
        .post("/v1/account/email")
        .person(&anna)
        .json(&json!({ "email": "new@example.com" }));
    asked.await.expect(202);
    let code = shop.code_for("new@example.com").await;
    let wrong = if code == "00000000" {
        "00000001"
    } else {
        "00000000"
    };
    let confirm = |code: &str| {
        shop.post("/v1/account/email/confirm")
            .person(&anna)
            .json(&json!({ "code": code }))
    };
    for _ in 0..5 {
        confirm(wrong).await.refuses(409, "bad_code");
    }
    confirm(&code).await.refuses(409, "bad_code");
    shop.log_in("anna@example.com", PASSWORD).await.expect(200);
}

// ID-18
#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    let body = json!({ "code": "12345678" });
    shop.post("/v1/account/email/confirm")
        .json(&body)
        .await
        .refuses(401, "unauthenticated");
    let (anna, ben) = (
        shop.customer("anna@example.com").await,
        shop.customer("ben@example.com").await,
    );
    let asked = shop
        .post("/v1/account/email")
        .person(&anna)
        .json(&json!({ "email": "new@example.com" }));
    asked.await.expect(202);
    let code = shop.code_for("new@example.com").await;
    let others = shop
        .post("/v1/account/email/confirm")
        .person(&ben)
        .json(&json!({ "code": code }));
    others.await.refuses(409, "bad_code");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let asked = shop
        .post("/v1/account/email/confirm")
        .person(&anna)
        .json(&json!({ "code": 12 }))
        .await;
    asked.refuses(400, "invalid_request").names("code");
}
