//! `DELETE /v1/account/providers/{provider}`, seen from outside. Whole ways there and back are in `oidc`.

use crate::shop::TestShop;

#[tokio::test]
async fn what_is_not_linked_is_missing() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let ask = shop
        .delete("/v1/account/providers/example")
        .bearer(&anna.access_token);
    ask.await.refuses(404, "not_found");
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.delete("/v1/account/providers/example")
        .await
        .refuses(401, "unauthenticated");
}
