//! `DELETE /v1/admin/oauth-clients/{client_id}`, seen from outside.

use crate::shop::TestShop;

#[tokio::test]
async fn with_a_client_goes_what_it_had() {
    let shop = TestShop::open().await;
    shop.customer("anna@example.com").await;
    let client = shop.client(&["openid"]).await;
    let tokens = shop.grant(&client, "anna@example.com", "openid").await;
    let path = format!("/v1/admin/oauth-clients/{}", client.id);
    shop.delete(&*path).staff().await.expect(204);
    assert_eq!(
        shop.get("/oauth/userinfo")
            .bearer(tokens.text("/access_token"))
            .await
            .status(),
        401
    );
    assert_eq!(
        shop.tab(&shop.authorization(&client, &[]), "")
            .await
            .page
            .status(),
        400
    );
    shop.get(&*path).staff().await.refuses(404, "not_found");
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    let client = shop.client(&["openid"]).await;
    let path = format!("/v1/admin/oauth-clients/{}", client.id);
    shop.delete(&*path).await.refuses(401, "unauthenticated");
    let key = shop.key_with(&["clients.read"]).await;
    shop.delete(&*path).bearer(&key).await.refuses(403, "forbidden");
    shop.get(&*path).staff().await.expect(200);
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    shop.send_sample("oauth-delete-client", "unknown")
        .await
        .refuses(404, "not_found");
}

// ID-20
#[tokio::test]
async fn nobody_ends_a_client_that_may_do_more_than_they_do() {
    let shop = TestShop::open().await;
    let body =
        serde_json::json!({ "name": "A machine", "confidential": true, "permissions": ["users.write"] });
    let client = shop.client_of(&body).await;
    let path = format!("/v1/admin/oauth-clients/{}", client.id);
    let weak = shop.key_with(&["clients.write"]).await;
    shop.delete(&*path).bearer(&weak).await.refuses(403, "forbidden");
    let disabling = serde_json::json!({ "enabled": false });
    let stopped = shop.patch(&*path).bearer(&weak).json(&disabling).await;
    stopped.refuses(403, "forbidden");
    let strong = shop.key_with(&["clients.write", "users.write"]).await;
    shop.delete(&*path).bearer(&strong).await.expect(204);
}
