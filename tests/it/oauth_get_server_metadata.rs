//! `GET /.well-known/oauth-authorization-server`, seen from outside.

use crate::shop::TestShop;

// ID-13
#[tokio::test]
async fn both_documents_say_the_same() {
    let shop = TestShop::open().await;
    let one = shop
        .get("/.well-known/oauth-authorization-server")
        .await
        .expect(200);
    let other = shop.get("/.well-known/openid-configuration").await.expect(200);
    assert_eq!(one.bytes(), other.bytes());
    assert_eq!(one.text("/issuer"), shop.url());
}
