//! `POST /v1/sessions/refresh`, seen from outside.

use serde_json::json;

use crate::shop::{Answer, TestShop, together};

/// The answer to a refresh with this token.
async fn refresh(shop: &TestShop, token: &str) -> Answer {
    shop.post("/v1/sessions/refresh")
        .json(&json!({ "refresh_token": token }))
        .await
}

#[tokio::test]
async fn a_refresh_brings_tokens_that_open() {
    let shop = TestShop::open().await;
    let ada = shop.customer("ada@example.com").await;
    let next = refresh(&shop, &ada.refresh_token).await.expect(200);
    assert_eq!(next.header("cache-control"), Some("no-store"));
    assert_ne!(next.text("/refresh_token"), ada.refresh_token);
    assert_eq!(next.text("/session_id"), ada.session_id);
    shop.get("/v1/account/sessions")
        .bearer(next.text("/access_token"))
        .await
        .expect(200);
}

// ID-10: tabs at once get one successor; the reuse of an older token ends the session for all.
#[tokio::test]
async fn tabs_get_one_successor_and_a_thief_ends_the_session() {
    let shop = TestShop::open().await;
    let ada = shop.customer("ada@example.com").await;
    let answers = together((0..6).map(|_| refresh(&shop, &ada.refresh_token))).await;
    let mut successors: Vec<String> = answers
        .into_iter()
        .map(|answer| answer.expect(200).text("/refresh_token").to_owned())
        .collect();
    successors.dedup();
    assert_eq!(successors.len(), 1);
    let third = refresh(&shop, &successors[0]).await.expect(200);
    refresh(&shop, &ada.refresh_token)
        .await
        .refuses(401, "refresh_token_invalid");
    refresh(&shop, third.text("/refresh_token"))
        .await
        .refuses(401, "refresh_token_invalid");
    shop.get("/v1/account/sessions")
        .bearer(third.text("/access_token"))
        .await
        .refuses(401, "unauthenticated");
    let told = shop.rows("trail").await;
    assert!(
        told.iter()
            .any(|row| row["action"] == "session.reused" && row["outcome"] == "denied")
    );
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    let ada = shop.customer("ada@example.com").await;
    let (head, _) = ada.refresh_token.rsplit_once('_').unwrap();
    for token in [
        head.to_owned(),
        format!("{head}_AAAA"),
        format!("{}A", ada.refresh_token),
    ] {
        refresh(&shop, &token).await.refuses(401, "refresh_token_invalid");
    }
    refresh(&shop, &ada.refresh_token).await.expect(200);
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    shop.post("/v1/sessions/refresh")
        .json(&json!({ "refresh_token": 7, "client_id": "x" }))
        .await
        .refuses(400, "invalid_request")
        .names("refresh_token");
}
