//! `POST /oauth/revoke`, seen from outside.

use crate::shop::TestShop;
use crate::shop::clients::refuses;

const ANNA: &str = "anna@example.com";
const SCOPE: &str = "openid offline_access";

// ID-13
#[tokio::test]
async fn with_either_token_the_whole_grant_ends() {
    let shop = TestShop::open().await;
    shop.customer(ANNA).await;
    let client = shop.client(&["openid", "offline_access"]).await;
    for name in ["/access_token", "/refresh_token"] {
        let tokens = shop.grant(&client, ANNA, SCOPE).await;
        let revoke = || shop.form_of(&client, "/oauth/revoke", &[("token", tokens.text(name))]);
        assert!(revoke().await.expect(200).bytes().is_empty());
        assert_eq!(
            shop.get("/oauth/userinfo")
                .bearer(tokens.text("/access_token"))
                .await
                .status(),
            401
        );
        let pairs = [
            ("grant_type", "refresh_token"),
            ("refresh_token", tokens.text("/refresh_token")),
        ];
        refuses(
            &shop.form_of(&client, "/oauth/token", &pairs).await,
            400,
            "invalid_grant",
        );
        revoke().await.expect(200);
    }
}

// ID-13
#[tokio::test]
async fn an_unknown_token_is_as_good_as_revoked_and_another_client_s_stays() {
    let shop = TestShop::open().await;
    shop.customer(ANNA).await;
    let client = shop.client(&["openid", "offline_access"]).await;
    let other = shop.client(&["openid"]).await;
    let tokens = shop.grant(&client, ANNA, SCOPE).await;
    for token in [
        "nonsense",
        tokens.text("/access_token"),
        tokens.text("/refresh_token"),
    ] {
        shop.form_of(&other, "/oauth/revoke", &[("token", token)])
            .await
            .expect(200);
    }
    shop.get("/oauth/userinfo")
        .bearer(tokens.text("/access_token"))
        .await
        .expect(200);
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    refuses(
        &shop.form("/oauth/revoke", &[("token", "x")]).await,
        401,
        "invalid_client",
    );
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let client = shop.client(&["openid"]).await;
    refuses(
        &shop.form_of(&client, "/oauth/revoke", &[]).await,
        400,
        "invalid_request",
    );
}
