//! `GET /v1/admin/identity-providers`, seen from outside. Whole ways there and back are in `oidc`.

use crate::shop::TestShop;

#[tokio::test]
async fn staff_sees_every_provider_and_no_secret() {
    let shop = TestShop::open().await;
    shop.send_sample("federation-put-provider", "example")
        .await
        .expect(200);
    let seen = shop.get("/v1/admin/identity-providers").staff().await.expect(200);
    assert_eq!(seen.text("/data/0/provider"), "example");
    assert!(!seen.body().to_string().contains("secret"), "{seen}");
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.get("/v1/admin/identity-providers")
        .await
        .refuses(401, "unauthenticated");
    let key = shop.key_with(&["orders.read"]).await;
    shop.get("/v1/admin/identity-providers")
        .bearer(&key)
        .await
        .refuses(403, "forbidden");
}
