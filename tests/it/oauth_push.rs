//! `POST /oauth/par`, seen from outside.

use crate::shop::clients::{CALLBACK, CHALLENGE, refuses};
use crate::shop::{Answer, TestShop};

const GOOD: [(&str, &str); 6] = [
    ("response_type", "code"),
    ("redirect_uri", CALLBACK),
    ("scope", "openid"),
    ("state", "pushed"),
    ("code_challenge", CHALLENGE),
    ("code_challenge_method", "S256"),
];

fn opens(shop: &TestShop, client_id: &str, pushed: &Answer) -> String {
    let uri = pushed.text("/request_uri").replace(':', "%3A");
    assert!(!shop.url().is_empty());
    format!("/oauth/authorize?client_id={client_id}&request_uri={uri}")
}

// ID-13
#[tokio::test]
async fn a_pushed_request_is_good_once_and_for_its_client_only() {
    let shop = TestShop::open().await;
    let client = shop.client(&["openid"]).await;
    let other = shop.client(&["openid"]).await;
    let pushed = shop.form_of(&client, "/oauth/par", &GOOD).await.expect(201);
    assert_eq!(pushed.at("/expires_in"), 60);
    let foreign = shop.tab(&opens(&shop, &other.id, &pushed), "").await;
    assert_eq!(foreign.page.status(), 400);
    let address = opens(&shop, &client.id, &pushed);
    let page = shop.tab(&address, "").await;
    assert!(page.page.status() == 200 && page.says("Sign in"), "{}", page.page);
    let again = shop.tab(&address, "").await;
    assert!(
        again.page.status() == 400 && again.says("was used"),
        "{}",
        again.page
    );
}

#[tokio::test]
async fn a_client_that_must_push_cannot_ask_otherwise() {
    let shop = TestShop::open().await;
    let client = shop
        .client_of(&serde_json::json!({
            "name": "A bank", "confidential": true, "redirect_uris": [CALLBACK], "scopes": ["openid"],
            "require_pushed_authorization_requests": true,
        }))
        .await;
    let tab = shop.tab(&shop.authorization(&client, &[]), "").await;
    assert_eq!(tab.answered("error"), "invalid_request");
    let pushed = shop.form_of(&client, "/oauth/par", &GOOD).await.expect(201);
    assert!(
        shop.tab(&opens(&shop, &client.id, &pushed), "")
            .await
            .says("Sign in")
    );
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    let mut client = shop.client(&["openid"]).await;
    client.secret = "guess".to_owned();
    refuses(
        &shop.form_of(&client, "/oauth/par", &GOOD).await,
        401,
        "invalid_client",
    );
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let client = shop.client(&["openid"]).await;
    let mut bad = GOOD;
    bad[5].1 = "plain";
    refuses(
        &shop.form_of(&client, "/oauth/par", &bad).await,
        400,
        "invalid_request",
    );
    bad = GOOD;
    bad[1].1 = "https://evil.example/";
    refuses(
        &shop.form_of(&client, "/oauth/par", &bad).await,
        400,
        "invalid_request",
    );
    let json = shop.post("/oauth/par").json(&serde_json::json!({})).await;
    refuses(&json, 400, "invalid_request");
}
