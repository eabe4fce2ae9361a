//! `GET /v1/admin/oauth-clients/{client_id}`, seen from outside.

use crate::shop::TestShop;

#[tokio::test]
async fn staff_sees_a_client() {
    let shop = TestShop::open().await;
    let client = shop.client(&["openid"]).await;
    let path = format!("/v1/admin/oauth-clients/{}", client.id);
    let seen = shop.get(&*path).staff().await.expect(200);
    assert_eq!(
        (seen.text("/name"), seen.at("/enabled")),
        ("An app", &true.into())
    );
    assert_eq!(
        shop.get(&*path).staff().if_none_match(seen.etag()).await.status(),
        304
    );
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    let client = shop.client(&["openid"]).await;
    shop.get(format!("/v1/admin/oauth-clients/{}", client.id))
        .await
        .refuses(401, "unauthenticated");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    shop.get("/v1/admin/oauth-clients/nonsense")
        .staff()
        .await
        .refuses(404, "not_found");
    shop.send_sample("oauth-get-client", "unknown")
        .await
        .refuses(404, "not_found");
}
