//! `DELETE /v1/admin/identity-providers/{provider}`, seen from outside. Whole ways there and back are in `oidc`.

use crate::shop::TestShop;

const PATH: &str = "/v1/admin/identity-providers/example";

#[tokio::test]
async fn a_provider_is_taken_away_once() {
    let shop = TestShop::open().await;
    shop.send_sample("federation-put-provider", "example")
        .await
        .expect(200);
    shop.delete(PATH).staff().await.expect(204);
    shop.delete(PATH).staff().await.refuses(404, "not_found");
}

#[tokio::test]
async fn a_provider_that_was_changed_meanwhile_stays() {
    let shop = TestShop::open().await;
    let put = || shop.send_sample("federation-put-provider", "example");
    let first = put().await.expect(200).header("etag").unwrap().to_owned();
    let second = put().await.expect(200).header("etag").unwrap().to_owned();
    let delete = |etag: &str| shop.delete(PATH).staff().header("if-match", etag);
    delete(&first).await.refuses(412, "stale");
    delete(&second).await.expect(204);
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.delete(PATH).await.refuses(401, "unauthenticated");
    let key = shop.key_with(&["providers.read"]).await;
    shop.delete(PATH).bearer(&key).await.refuses(403, "forbidden");
}
