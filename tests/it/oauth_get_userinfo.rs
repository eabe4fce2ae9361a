//! `GET /oauth/userinfo`, seen from outside.

use crate::shop::TestShop;

const ANNA: &str = "anna@example.com";

#[tokio::test]
async fn a_client_knows_as_much_as_was_agreed_to() {
    let shop = TestShop::open().await;
    let anna = shop.customer(ANNA).await;
    let client = shop.client(&["openid", "email"]).await;
    let tokens = shop.grant(&client, ANNA, "openid").await;
    let about = shop
        .get("/oauth/userinfo")
        .bearer(tokens.text("/access_token"))
        .await
        .expect(200);
    assert!(
        about.text("/sub").starts_with("usr_") && about.at("/email").is_null(),
        "{about}"
    );
    let tokens = shop.grant(&client, ANNA, "openid email").await;
    let about = shop
        .get("/oauth/userinfo")
        .bearer(tokens.text("/access_token"))
        .await
        .expect(200);
    assert_eq!(
        (about.text("/email"), about.at("/email_verified")),
        (ANNA, &true.into())
    );
    assert!(about.at("/name").is_null());
    shop.get("/oauth/userinfo")
        .bearer(&anna.access_token)
        .await
        .expect(200);
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.get("/oauth/userinfo").await.refuses(401, "unauthenticated");
    shop.customer(ANNA).await;
    let client = shop.client(&["email"]).await;
    let tokens = shop.grant(&client, ANNA, "email").await;
    let refused = shop
        .get("/oauth/userinfo")
        .bearer(tokens.text("/access_token"))
        .await;
    assert_eq!(refused.status(), 403, "it needs openid\n{refused}");
}

#[tokio::test]
async fn an_application_reaches_nothing_that_is_not_delegated() {
    let shop = TestShop::open().await;
    shop.customer(ANNA).await;
    let client = shop.client(&["openid"]).await;
    let tokens = shop.grant(&client, ANNA, "openid").await;
    let refused = shop
        .get("/v1/account/consents")
        .bearer(tokens.text("/access_token"))
        .await;
    assert_eq!(refused.status(), 403, "{refused}");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    shop.get("/oauth/userinfo").bearer("nonsense").await.expect(401);
}
