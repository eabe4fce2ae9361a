//! `DELETE /v1/account/consents/{client_id}`, seen from outside.

use crate::shop::TestShop;

#[tokio::test]
async fn a_consent_taken_back_ends_what_the_client_has_and_is_asked_for_again() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let client = shop.client(&["openid"]).await;
    let tokens = shop.grant(&client, "anna@example.com", "openid").await;
    let path = format!("/v1/account/consents/{}", client.id);
    shop.delete(&*path).bearer(&anna.access_token).await.expect(204);
    assert_eq!(
        shop.get("/oauth/userinfo")
            .bearer(tokens.text("/access_token"))
            .await
            .status(),
        401
    );
    let tab = shop.tab(&shop.authorization(&client, &[]), "").await;
    assert!(shop.sign_in(&tab, "anna@example.com").await.says("Allow An app?"));
    shop.delete(&*path).bearer(&anna.access_token).await.expect(204);
}

// ID-18
#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.customer("anna@example.com").await;
    let ben = shop.customer("ben@example.com").await;
    let client = shop.client(&["openid"]).await;
    let tokens = shop.grant(&client, "anna@example.com", "openid").await;
    let path = format!("/v1/account/consents/{}", client.id);
    shop.delete(&*path).await.refuses(401, "unauthenticated");
    shop.delete(&*path).bearer(&ben.access_token).await.expect(204);
    shop.get("/oauth/userinfo")
        .bearer(tokens.text("/access_token"))
        .await
        .expect(200);
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let refused = shop
        .delete("/v1/account/consents/nonsense")
        .bearer(&anna.access_token)
        .await;
    refused.refuses(404, "not_found");
}
