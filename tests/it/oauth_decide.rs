//! `POST /oauth/authorize`, seen from outside.

use serde_json::json;

use crate::shop::TestShop;
use crate::shop::clients::claims;

const ANNA: &str = "anna@example.com";

// ID-12
#[tokio::test]
async fn a_person_signs_in_agrees_and_goes_on_with_a_code() {
    let shop = TestShop::open().await;
    shop.customer(ANNA).await;
    let client = shop.client(&["openid"]).await;
    let tab = shop.tab(&shop.authorization(&client, &[]), "").await;
    let before = tab.cookie.clone();
    let tab = shop.sign_in(&tab, ANNA).await;
    assert!(
        tab.says("Allow An app?") && tab.says("Know that it is you"),
        "{}",
        tab.page
    );
    assert_ne!(tab.cookie, before, "who signs in gets a new secret");
    let tab = shop.submit(&tab, &[("answer", "allow")]).await;
    assert!(tab.answered("code").starts_with("cw_ac_"));
    assert_eq!(
        (tab.answered("state").as_str(), tab.answered("iss").as_str()),
        ("s-1", shop.url())
    );
}

#[tokio::test]
async fn consent_is_remembered_for_what_was_agreed_to() {
    let shop = TestShop::open().await;
    shop.customer(ANNA).await;
    let client = shop.client(&["openid", "email"]).await;
    let tab = shop.tab(&shop.authorization(&client, &[]), "").await;
    let tab = shop.sign_in(&tab, ANNA).await;
    let cookie = shop.submit(&tab, &[("answer", "allow")]).await.cookie;
    let again = shop.tab(&shop.authorization(&client, &[]), &cookie).await;
    assert!(again.answered("code").starts_with("cw_ac_"));
    let more = shop
        .tab(
            &shop.authorization(&client, &[("scope", "openid email")]),
            &cookie,
        )
        .await;
    assert!(more.says("Read your e-mail address"), "{}", more.page);
    let asked = shop
        .tab(&shop.authorization(&client, &[("prompt", "consent")]), &cookie)
        .await;
    assert!(asked.says("Allow An app?"), "{}", asked.page);
    let other = shop.client(&["openid"]).await;
    let other = shop.tab(&shop.authorization(&other, &[]), &cookie).await;
    assert!(
        other.says("Allow An app?"),
        "no password, but the question\n{}",
        other.page
    );
}

#[tokio::test]
async fn a_person_says_no_or_is_somebody_else() {
    let shop = TestShop::open().await;
    shop.customer(ANNA).await;
    let client = shop.client(&["openid"]).await;
    let address = shop.authorization(&client, &[]);
    let tab = shop.tab(&address, "").await;
    let tab = shop.sign_in(&tab, ANNA).await;
    let cookie = tab.cookie.clone();
    assert_eq!(
        shop.submit(&tab, &[("answer", "deny")]).await.answered("error"),
        "access_denied"
    );
    let tab = shop.tab(&address, &cookie).await;
    let tab = shop.submit(&tab, &[("answer", "another")]).await;
    assert!(tab.says("<h1>Sign in</h1>"), "{}", tab.page);
    assert!(
        shop.tab(&address, &cookie).await.says("<h1>Sign in</h1>"),
        "signed out"
    );
}

// ID-7
#[tokio::test]
async fn a_wrong_password_and_nobody_s_address_are_one_page() {
    let shop = TestShop::open().await;
    shop.customer(ANNA).await;
    let client = shop.client(&["openid"]).await;
    let mut pages = Vec::new();
    for email in [ANNA, "nobody@example.com"] {
        let tab = shop.tab(&shop.authorization(&client, &[]), "").await;
        let values = [
            ("answer", "sign_in"),
            ("email", email),
            ("password", "not the one"),
        ];
        let tab = shop.submit(&tab, &values).await;
        assert!(
            tab.says("There is a problem") && tab.says("href=\"#email\""),
            "{}",
            tab.page
        );
        let text = String::from_utf8_lossy(tab.page.bytes()).into_owned();
        pages.push(text.replace(&tab.transaction(), "").replace(email, ""));
    }
    assert_eq!(pages[0], pages[1]);
}

// ID-12
#[tokio::test]
async fn a_form_is_sent_once_from_the_browser_that_was_shown_it() {
    let shop = TestShop::open().await;
    shop.customer(ANNA).await;
    let client = shop.client(&["openid"]).await;
    let address = shop.authorization(&client, &[]);
    let shown = shop.tab(&address, "").await;
    let mut foreign = shop.tab(&address, "").await;
    foreign.page = shown.page.clone();
    assert_eq!(
        shop.sign_in(&foreign, ANNA).await.page.status(),
        400,
        "another browser's cookie"
    );
    let mut bare = shown.clone();
    bare.cookie = "cartwright=".to_owned();
    assert_eq!(shop.sign_in(&bare, ANNA).await.page.status(), 400);
    let consent = shop.sign_in(&shown, ANNA).await;
    assert_eq!(shop.sign_in(&shown, ANNA).await.page.status(), 400, "sent twice");
    let skipped = shop.submit(&shown, &[("answer", "allow")]).await;
    assert_eq!(skipped.page.status(), 400);
    let done = shop.submit(&consent, &[("answer", "allow")]).await;
    assert!(done.answered("code").starts_with("cw_ac_"));
    assert_eq!(
        shop.submit(&consent, &[("answer", "allow")]).await.page.status(),
        400
    );
}

// ID-12 ID-15
#[tokio::test]
async fn a_person_with_an_app_is_asked_for_its_code_before_anything_else() {
    let shop = TestShop::open().await;
    let anna = shop.customer(ANNA).await;
    let (mut app, _) = shop.app_of(&anna).await;
    let client = shop.client(&["openid"]).await;
    let address = shop.authorization(&client, &[]);
    let tab = shop.tab(&address, "").await;
    let asked = shop.sign_in(&tab, ANNA).await;
    assert!(asked.says("<h1>Confirm that it is you</h1>"), "{}", asked.page);
    assert!(
        shop.tab(&address, &asked.cookie).await.says("<h1>Sign in</h1>"),
        "half of a sign-in is remembered nowhere"
    );
    let code = app.code();
    let wrong = wrong(&code);
    let again = shop
        .submit(&asked, &[("answer", "second_factor"), ("code", &wrong)])
        .await;
    assert!(
        again.says("<h1>Confirm that it is you</h1>") && again.says("href=\"#code\""),
        "{}",
        again.page
    );
    let right = [("answer", "second_factor"), ("code", code.as_str())];
    let consent = shop.submit(&again, &right).await;
    assert!(consent.says("Allow An app?"), "{}", consent.page);
    assert_ne!(consent.cookie, asked.cookie, "who is in gets a new secret");
    let done = shop.submit(&consent, &[("answer", "allow")]).await;
    let tokens = shop.exchange(&client, &done.answered("code")).await.expect(200);
    let id = claims(tokens.text("/id_token"));
    assert_eq!((&id["acr"], &id["amr"]), (&json!("aal2"), &json!(["pwd", "otp"])));
}

// ID-12 ID-15
#[tokio::test]
async fn consent_does_not_stand_in_for_the_code() {
    let shop = TestShop::open().await;
    let anna = shop.customer(ANNA).await;
    let (mut app, _) = shop.app_of(&anna).await;
    let client = shop.client(&["openid"]).await;
    let tab = shop.tab(&shop.authorization(&client, &[]), "").await;
    let asked = shop.sign_in(&tab, ANNA).await;
    let skipped = shop.submit(&asked, &[("answer", "allow")]).await;
    assert!(
        skipped.says("<h1>Confirm that it is you</h1>") && skipped.page.header("location").is_none(),
        "{}",
        skipped.page
    );
    let code = app.code();
    let right = [("answer", "second_factor"), ("code", code.as_str())];
    let first = shop.submit(&skipped, &right).await;
    assert!(
        first.says("Allow An app?"),
        "what was agreed to without the code counts for nothing\n{}",
        first.page
    );
    // The same code in another browser.
    let tab = shop.tab(&shop.authorization(&client, &[]), "").await;
    let asked = shop.sign_in(&tab, ANNA).await;
    let second = shop.submit(&asked, &right).await;
    assert!(
        second.says("href=\"#code\"") && second.page.header("location").is_none(),
        "a code is good once\n{}",
        second.page
    );
}

#[tokio::test]
async fn nobody_agrees_before_it_is_known_who_they_are() {
    let shop = TestShop::open().await;
    let client = shop.client(&["openid"]).await;
    let tab = shop.tab(&shop.authorization(&client, &[]), "").await;
    let tab = shop.submit(&tab, &[("answer", "allow")]).await;
    assert!(
        tab.page.status() == 400 && tab.page.header("location").is_none(),
        "{}",
        tab.page
    );
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let client = shop.client(&["openid"]).await;
    let tab = shop.tab(&shop.authorization(&client, &[]), "").await;
    assert_eq!(shop.submit(&tab, &[("answer", "dance")]).await.page.status(), 400);
    let bare = shop.form("/oauth/authorize", &[("transaction", "x")]).await;
    assert_eq!(bare.status(), 400);
    let json = shop.post("/oauth/authorize").json(&json!({})).await;
    assert_eq!(json.status(), 400);
}

/// A code of the same form with another last digit.
fn wrong(code: &str) -> String {
    let (rest, last) = code.split_at(5);
    let last: u8 = last.parse().unwrap();
    format!("{rest}{}", (last + 5) % 10)
}
