//! `POST /v1/admin/oauth-clients`, seen from outside.

use serde_json::json;

use crate::shop::TestShop;

// ID-14
#[tokio::test]
async fn a_client_is_registered_and_its_secret_shown_once_and_kept_as_a_hash() {
    let shop = TestShop::open().await;
    let made = shop
        .send_sample("oauth-create-client", "web-app")
        .await
        .expect(201);
    let (id, secret) = (made.text("/client_id"), made.text("/client_secret"));
    assert!(id.starts_with("cli_") && secret.starts_with("cw_cs_"));
    let seen = shop
        .get(made.header("location").unwrap())
        .staff()
        .await
        .expect(200);
    assert!(seen.at("/client_secret").is_null() && !seen.body().to_string().contains(secret));
    assert_eq!(seen.at("/secrets").as_array().unwrap().len(), 1);
    for table in ["oauth", "authority", "idempotency", "trail"] {
        assert!(
            !json!(shop.rows(table).await).to_string().contains(secret),
            "{table}"
        );
    }
}

#[tokio::test]
async fn a_public_client_has_no_secret_and_cannot_act_for_itself() {
    let shop = TestShop::open().await;
    let made = shop
        .send_sample("oauth-create-client", "phone-app")
        .await
        .expect(201);
    assert!(made.at("/client_secret").is_null());
    let body = json!({ "name": "x", "confidential": false, "permissions": ["orders.read"] });
    let refused = shop.post("/v1/admin/oauth-clients").staff().json(&body).await;
    refused.refuses(400, "client_invalid").names("permissions");
}

// ID-20
#[tokio::test]
async fn nobody_gives_what_they_do_not_have() {
    let shop = TestShop::open().await;
    let key = shop.key_with(&["clients.write"]).await;
    let body = json!({ "name": "x", "confidential": true, "permissions": ["orders.write"] });
    shop.post("/v1/admin/oauth-clients")
        .bearer(&key)
        .json(&body)
        .await
        .refuses(403, "forbidden");
}

// ID-20: a client's secret has no end, and would be a way around the end of the key.
#[tokio::test]
async fn a_key_with_an_end_gives_nothing_to_a_client() {
    let shop = TestShop::open().await;
    let key = shop.passing_key(&["clients.write", "orders.read"]).await;
    let create = |permissions: &[&str]| {
        let body = json!({ "name": "x", "confidential": true, "permissions": permissions });
        shop.post("/v1/admin/oauth-clients").bearer(&key).json(&body)
    };
    create(&["orders.read"])
        .await
        .refuses(409, "client_outlives_grantor");
    let made = create(&[]).await.expect(201);
    let path = made.header("location").unwrap();
    let change = json!({ "permissions": ["orders.read"] });
    let change = shop.ask(http::Method::PATCH, path.to_owned()).json(&change);
    change.bearer(&key).await.refuses(409, "client_outlives_grantor");
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    let body = json!({ "name": "x", "confidential": true });
    shop.post("/v1/admin/oauth-clients")
        .json(&body)
        .await
        .refuses(401, "unauthenticated");
    let key = shop.key_with(&["clients.read"]).await;
    shop.post("/v1/admin/oauth-clients")
        .bearer(&key)
        .json(&body)
        .await
        .refuses(403, "forbidden");
    let anna = shop.customer("anna@example.com").await;
    shop.post("/v1/admin/oauth-clients")
        .bearer(&anna.access_token)
        .json(&body)
        .await
        .expect(403);
}

// ID-12 ID-19
#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let body = json!({
        "name": "x", "confidential": true, "scopes": ["openid", "everything"],
        "redirect_uris": ["https://app.example.com/#x", "http://app.example.com/", "javascript:alert(1)"],
    });
    let refused = shop.post("/v1/admin/oauth-clients").staff().json(&body).await;
    refused
        .refuses(400, "invalid_request")
        .names("redirect_uris[0]")
        .names("redirect_uris[1]")
        .names("redirect_uris[2]")
        .names("scopes");
    let body = json!({ "name": "x", "confidential": true, "client_id": "cli_mine" });
    shop.post("/v1/admin/oauth-clients")
        .staff()
        .json(&body)
        .await
        .refuses(400, "invalid_request");
    let body = json!({ "name": "x", "confidential": true, "scopes": ["openid"] });
    let refused = shop.post("/v1/admin/oauth-clients").staff().json(&body).await;
    refused.refuses(400, "client_invalid").names("redirect_uris");
}
