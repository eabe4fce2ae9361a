//! `POST /v1/admin/oauth-clients/{client_id}/secrets`, seen from outside.

use serde_json::json;

use crate::shop::TestShop;
use crate::shop::clients::Client;

// ID-14
#[tokio::test]
async fn the_old_secret_works_until_the_next_rotation_or_ends_at_once() {
    let shop = TestShop::open().await;
    let body = json!({ "name": "A machine", "confidential": true, "permissions": ["orders.read"] });
    let first = shop.client_of(&body).await;
    let path = format!("/v1/admin/oauth-clients/{}/secrets", first.id);
    let rotate = async |body| {
        let made = shop.post(&*path).staff().json(&body).await.expect(201);
        Client {
            id: first.id.clone(),
            secret: made.text("/client_secret").to_owned(),
        }
    };
    let works = async |client: &Client| {
        shop.form_of(client, "/oauth/token", &[("grant_type", "client_credentials")])
            .await
            .status()
            == 200
    };
    let second = rotate(json!({})).await;
    assert!(works(&first).await && works(&second).await, "both");
    let third = rotate(json!({})).await;
    assert!(
        !works(&first).await && works(&second).await && works(&third).await,
        "the newest two"
    );
    let fourth = rotate(json!({ "end_others": true })).await;
    assert!(
        !works(&second).await && !works(&third).await && works(&fourth).await,
        "one"
    );
}

// ID-20
#[tokio::test]
async fn nobody_gets_the_secret_of_a_client_that_may_do_more_than_they_do() {
    let shop = TestShop::open().await;
    let body = json!({ "name": "A machine", "confidential": true, "permissions": ["users.write"] });
    let client = shop.client_of(&body).await;
    let path = format!("/v1/admin/oauth-clients/{}/secrets", client.id);
    let rotate = async |key: &str| shop.post(&*path).bearer(key).json(&json!({})).await;
    let weak = shop.key_with(&["clients.write"]).await;
    rotate(&weak).await.refuses(403, "forbidden");
    let strong = shop.key_with(&["clients.write", "users.write"]).await;
    rotate(&strong).await.expect(201);
}

// ID-20
#[tokio::test]
async fn a_key_with_an_end_gets_no_secret_without_one() {
    let shop = TestShop::open().await;
    let body = json!({ "name": "A machine", "confidential": true, "permissions": ["orders.read"] });
    let client = shop.client_of(&body).await;
    let key = shop.passing_key(&["clients.write", "orders.read"]).await;
    shop.post(format!("/v1/admin/oauth-clients/{}/secrets", client.id))
        .bearer(&key)
        .json(&json!({}))
        .await
        .refuses(409, "client_outlives_grantor");
}

#[tokio::test]
async fn a_public_client_has_none() {
    let shop = TestShop::open().await;
    let made = shop
        .send_sample("oauth-create-client", "phone-app")
        .await
        .expect(201);
    let path = format!("/v1/admin/oauth-clients/{}/secrets", made.text("/client_id"));
    shop.post(path)
        .staff()
        .json(&json!({}))
        .await
        .refuses(409, "client_public");
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    let client = shop.client(&["openid"]).await;
    let path = format!("/v1/admin/oauth-clients/{}/secrets", client.id);
    shop.post(&*path)
        .json(&json!({}))
        .await
        .refuses(401, "unauthenticated");
    let key = shop.key_with(&["clients.read"]).await;
    shop.post(&*path)
        .bearer(&key)
        .json(&json!({}))
        .await
        .refuses(403, "forbidden");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    shop.send_sample("oauth-rotate-secret", "both-work")
        .await
        .refuses(404, "not_found");
    let client = shop.client(&["openid"]).await;
    let path = format!("/v1/admin/oauth-clients/{}/secrets", client.id);
    shop.post(path)
        .staff()
        .json(&json!({ "secret": "mine" }))
        .await
        .refuses(400, "invalid_request");
}
