//! `POST /v1/sessions/logout`, seen from outside.

use serde_json::json;

use crate::shop::TestShop;

#[tokio::test]
async fn logging_out_ends_the_session_at_once() {
    let shop = TestShop::open().await;
    let ada = shop.customer("ada@example.com").await;
    let body = json!({ "refresh_token": ada.refresh_token });
    for _ in 0..2 {
        shop.post("/v1/sessions/logout").json(&body).await.expect(204);
    }
    shop.get("/v1/account/sessions")
        .person(&ada)
        .await
        .refuses(401, "unauthenticated");
    shop.post("/v1/sessions/refresh")
        .json(&body)
        .await
        .refuses(401, "refresh_token_invalid");
}

// ID-13: what names nobody is answered as what names somebody.
#[tokio::test]
async fn a_stranger_ends_nothing_and_learns_nothing() {
    let shop = TestShop::open().await;
    let ada = shop.customer("ada@example.com").await;
    let (head, _) = ada.refresh_token.rsplit_once('_').unwrap();
    for token in ["nonsense".to_owned(), format!("{head}_AAAA")] {
        shop.post("/v1/sessions/logout")
            .json(&json!({ "refresh_token": token }))
            .await
            .expect(204);
    }
    shop.get("/v1/account/sessions").person(&ada).await.expect(200);
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    shop.post("/v1/sessions/logout")
        .json(&json!({}))
        .await
        .refuses(400, "invalid_request")
        .names("refresh_token");
}
