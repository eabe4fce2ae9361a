//! `GET /oauth/authorize`, seen from outside.

use crate::shop::TestShop;

// ID-12
#[tokio::test]
async fn a_person_is_shown_a_page_that_nobody_can_frame_and_that_runs_nothing() {
    let shop = TestShop::open().await;
    let client = shop.client(&["openid"]).await;
    let tab = shop
        .tab(
            &shop.authorization(&client, &[("login_hint", "anna@example.com")]),
            "",
        )
        .await;
    assert!(
        tab.page.status() == 200 && tab.says("<h1>Sign in</h1>"),
        "{}",
        tab.page
    );
    assert!(tab.says("value=\"anna@example.com\""));
    let policy = tab.page.header("content-security-policy").unwrap();
    for part in [
        "default-src 'none'",
        "frame-ancestors 'none'",
        "style-src 'sha256-",
        "form-action 'self' https://app.example.com",
    ] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(
        !policy.contains("unsafe") && !policy.contains("script-src"),
        "{policy}"
    );
    assert_eq!(tab.page.header("cache-control"), Some("no-store"));
    let cookie = tab.page.header("set-cookie").unwrap();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
}

// ID-12
#[tokio::test]
async fn what_is_wrong_is_told_to_the_client_with_its_state_and_our_name() {
    let shop = TestShop::open().await;
    let client = shop.client(&["openid"]).await;
    for (changes, error) in [
        (vec![("response_type", "token")], "unsupported_response_type"),
        (vec![("code_challenge_method", "plain")], "invalid_request"),
        (vec![("code_challenge", "")], "invalid_request"),
        (vec![("scope", "openid orders.read")], "invalid_scope"),
        (vec![("prompt", "none")], "login_required"),
    ] {
        let tab = shop.tab(&shop.authorization(&client, &changes), "").await;
        assert_eq!(tab.answered("error"), error, "{changes:?}");
        assert_eq!(tab.answered("state"), "s-1");
        assert_eq!(tab.answered("iss"), shop.url());
    }
}

// ID-12
#[tokio::test]
async fn an_address_that_is_not_the_client_s_is_never_redirected_to() {
    let shop = TestShop::open().await;
    let client = shop.client(&["openid"]).await;
    for changes in [
        [("redirect_uri", "https://evil.example/")],
        [("redirect_uri", "https://app.example.com/callback/../x")],
        [("redirect_uri", "")],
        [("client_id", "cli_01h455vb4pex5vsknk084sn02q")],
        [("client_id", "<script>")],
    ] {
        let tab = shop.tab(&shop.authorization(&client, &changes), "").await;
        assert_eq!(tab.page.status(), 400, "{changes:?}\n{}", tab.page);
        assert!(tab.page.header("location").is_none());
        assert!(!tab.says("evil.example") && !tab.says("<script>"));
    }
    let twice = format!("{}&state=other", shop.authorization(&client, &[]));
    assert_eq!(shop.tab(&twice, "").await.page.status(), 400);
}

#[tokio::test]
async fn a_client_that_was_stopped_is_not_served() {
    let shop = TestShop::open().await;
    let client = shop.client(&["openid"]).await;
    let body = serde_json::json!({ "enabled": false });
    shop.patch(format!("/v1/admin/oauth-clients/{}", client.id))
        .staff()
        .patch_with(&body)
        .await
        .expect(200);
    let tab = shop.tab(&shop.authorization(&client, &[]), "").await;
    assert_eq!(tab.page.status(), 400);
}
