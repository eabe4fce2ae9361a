//! `PATCH /v1/admin/oauth-clients/{client_id}`, seen from outside.

use serde_json::json;

use crate::shop::TestShop;
use crate::shop::clients::refuses;

#[tokio::test]
async fn a_client_is_changed_and_stopped_with_what_it_has() {
    let shop = TestShop::open().await;
    shop.customer("anna@example.com").await;
    let client = shop.client(&["openid", "offline_access"]).await;
    let tokens = shop
        .grant(&client, "anna@example.com", "openid offline_access")
        .await;
    let path = format!("/v1/admin/oauth-clients/{}", client.id);
    let renamed = shop
        .patch(&*path)
        .staff()
        .patch_with(&json!({ "name": "Renamed" }))
        .await
        .expect(200);
    assert_eq!(renamed.text("/name"), "Renamed");
    shop.get("/oauth/userinfo")
        .bearer(tokens.text("/access_token"))
        .await
        .expect(200);
    shop.patch(&*path)
        .staff()
        .patch_with(&json!({ "enabled": false }))
        .await
        .expect(200);
    assert_eq!(
        shop.get("/oauth/userinfo")
            .bearer(tokens.text("/access_token"))
            .await
            .status(),
        401
    );
    let pairs = [
        ("grant_type", "refresh_token"),
        ("refresh_token", tokens.text("/refresh_token")),
    ];
    refuses(
        &shop.form_of(&client, "/oauth/token", &pairs).await,
        401,
        "invalid_client",
    );
}

#[tokio::test]
async fn two_editors_never_overwrite_each_other() {
    let shop = TestShop::open().await;
    let client = shop.client(&["openid"]).await;
    let path = format!("/v1/admin/oauth-clients/{}", client.id);
    let read = shop.get(&*path).staff().await.expect(200);
    let change = |name: &str| {
        shop.patch(&*path)
            .staff()
            .if_match(read.etag())
            .patch_with(&json!({ "name": name }))
    };
    change("One").await.expect(200);
    change("Two").await.refuses(412, "stale");
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    let client = shop.client(&["openid"]).await;
    let path = format!("/v1/admin/oauth-clients/{}", client.id);
    let change = json!({ "permissions": ["orders.write"] });
    shop.patch(&*path)
        .patch_with(&change)
        .await
        .refuses(401, "unauthenticated");
    let key = shop.key_with(&["clients.write"]).await;
    shop.patch(&*path)
        .bearer(&key)
        .patch_with(&change)
        .await
        .refuses(403, "forbidden");
    shop.patch(&*path).staff().patch_with(&change).await.expect(200);
    // What they do not hold they do not take away either.
    shop.patch(&*path)
        .bearer(&key)
        .patch_with(&json!({ "permissions": [] }))
        .await
        .refuses(403, "forbidden");
    let told = shop
        .get("/v1/admin/audit?action=client.changed")
        .staff()
        .await
        .expect(200);
    assert_eq!(told.text("/data/0/subject"), client.id);
    assert_eq!(told.text("/data/0/detail/permissions"), "orders.write");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let client = shop.client(&["openid"]).await;
    let path = format!("/v1/admin/oauth-clients/{}", client.id);
    for body in [
        json!({ "name": null }),
        json!({ "secrets": [] }),
        json!({ "redirect_uris": ["x"] }),
    ] {
        shop.patch(&*path)
            .staff()
            .patch_with(&body)
            .await
            .refuses(400, "invalid_request");
    }
    shop.send_sample("oauth-update-client", "stop")
        .await
        .refuses(404, "not_found");
}
