//! `POST /oauth/introspect`, seen from outside.

use serde_json::json;

use crate::shop::TestShop;
use crate::shop::clients::{CALLBACK, refuses};

const ANNA: &str = "anna@example.com";

// ID-13
#[tokio::test]
async fn a_client_learns_whether_its_tokens_are_good() {
    let shop = TestShop::open().await;
    shop.customer(ANNA).await;
    let client = shop.client(&["openid", "offline_access"]).await;
    let tokens = shop.grant(&client, ANNA, "openid offline_access").await;
    for name in ["/access_token", "/refresh_token"] {
        let told = shop
            .form_of(&client, "/oauth/introspect", &[("token", tokens.text(name))])
            .await
            .expect(200);
        assert_eq!(
            (told.at("/active"), told.text("/client_id")),
            (&json!(true), client.id.as_str())
        );
        assert_eq!(told.header("cache-control"), Some("no-store"));
    }
}

// ID-13
#[tokio::test]
async fn of_a_token_that_is_not_good_or_not_its_own_it_learns_nothing_else() {
    let shop = TestShop::open().await;
    let anna = shop.customer(ANNA).await;
    let client = shop.client(&["openid"]).await;
    let other = shop.client(&["openid"]).await;
    let tokens = shop.grant(&client, ANNA, "openid").await;
    for token in ["nonsense", tokens.text("/access_token"), &anna.access_token] {
        let told = shop
            .form_of(&other, "/oauth/introspect", &[("token", token)])
            .await
            .expect(200);
        assert_eq!(told.body(), &json!({ "active": false }));
    }
    let server = json!({ "name": "A server", "confidential": true, "permissions": ["clients.read"] });
    let server = shop.client_of(&server).await;
    let token = tokens.text("/access_token");
    let told = shop
        .form_of(&server, "/oauth/introspect", &[("token", token)])
        .await
        .expect(200);
    assert_eq!(told.at("/active"), true, "a resource server sees all");
}

// ID-13
#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    refuses(
        &shop.form("/oauth/introspect", &[("token", "x")]).await,
        401,
        "invalid_client",
    );
    let public = json!({
        "name": "A phone", "confidential": false, "redirect_uris": [CALLBACK], "scopes": ["openid"],
    });
    let public = shop.client_of(&public).await;
    refuses(
        &shop
            .form_of(&public, "/oauth/introspect", &[("token", "x")])
            .await,
        401,
        "invalid_client",
    );
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let client = shop.client(&["openid"]).await;
    refuses(
        &shop.form_of(&client, "/oauth/introspect", &[]).await,
        400,
        "invalid_request",
    );
}
