//! `POST /oauth/token`, seen from outside.

use serde_json::json;

use crate::shop::TestShop;
use crate::shop::clients::{CALLBACK, CHALLENGE, VERIFIER, base64url, claims, half_hash, refuses};

const ANNA: &str = "anna@example.com";
const ALL: &str = "openid email offline_access";

#[tokio::test]
async fn a_code_becomes_tokens_that_say_who_signed_in_and_how() {
    let shop = TestShop::open().await;
    let anna = shop.customer(ANNA).await;
    let client = shop.client(&["openid", "email", "offline_access"]).await;
    let address = shop.authorization(&client, &[("nonce", "n-1"), ("scope", ALL)]);
    let tab = shop.sign_in(&shop.tab(&address, "").await, ANNA).await;
    let tab = shop.submit(&tab, &[("answer", "allow")]).await;
    let tokens = shop.exchange(&client, &tab.answered("code")).await.expect(200);
    assert_eq!(
        (tokens.text("/token_type"), tokens.header("cache-control")),
        ("Bearer", Some("no-store"))
    );
    let id = claims(tokens.text("/id_token"));
    let access = claims(tokens.text("/access_token"));
    assert_eq!(id["iss"], shop.url());
    assert_eq!((&id["aud"], &id["nonce"]), (&json!(client.id), &json!("n-1")));
    assert_eq!((&id["acr"], &id["amr"]), (&json!("aal1"), &json!(["pwd"])));
    assert_eq!((&id["sub"], &id["sid"]), (&access["sub"], &access["sid"]));
    assert_eq!(id["sub"], claims(&anna.access_token)["sub"]);
    assert_eq!(
        base64url(id["at_hash"].as_str().unwrap()),
        half_hash(tokens.text("/access_token"))
    );
    assert_eq!(access["client_id"], client.id);
    let scope = access["scope"].as_str().unwrap().split(' ').count();
    assert_eq!(scope, 3, "{access}");
}

#[tokio::test]
async fn without_offline_access_there_is_no_refresh_token_and_without_openid_no_id_token() {
    let shop = TestShop::open().await;
    shop.customer(ANNA).await;
    let client = shop.client(&["openid", "email"]).await;
    let tokens = shop.grant(&client, ANNA, "email").await;
    assert!(
        tokens.at("/refresh_token").is_null() && tokens.at("/id_token").is_null(),
        "{tokens}"
    );
}

// ID-11
#[tokio::test]
async fn a_code_is_bound_to_its_client_its_address_and_its_verifier() {
    let shop = TestShop::open().await;
    shop.customer(ANNA).await;
    let client = shop.client(&["openid"]).await;
    let other = shop.client(&["openid"]).await;
    let code = shop.code(&client, ANNA, "openid").await;
    let ask = |by, code: &str, uri: &str, verifier: &str| {
        let pairs = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", uri),
            ("code_verifier", verifier),
        ];
        shop.form_of(by, "/oauth/token", &pairs)
    };
    refuses(
        &ask(&other, &code, CALLBACK, VERIFIER).await,
        400,
        "invalid_grant",
    );
    refuses(
        &ask(&client, &code, "https://app.example.com/", VERIFIER).await,
        400,
        "invalid_grant",
    );
    refuses(
        &ask(&client, &code, CALLBACK, CHALLENGE).await,
        400,
        "invalid_grant",
    );
    refuses(&ask(&client, &code, CALLBACK, "").await, 400, "invalid_request");
    refuses(
        &ask(&client, "cw_ac_guess", CALLBACK, VERIFIER).await,
        400,
        "invalid_grant",
    );
    ask(&client, &code, CALLBACK, VERIFIER).await.expect(200);
}

// ID-11
#[tokio::test]
async fn a_code_used_twice_ends_what_it_brought() {
    let shop = TestShop::open().await;
    shop.customer(ANNA).await;
    let client = shop.client(&["openid", "offline_access"]).await;
    let code = shop.code(&client, ANNA, "openid offline_access").await;
    let tokens = shop.exchange(&client, &code).await.expect(200);
    shop.get("/oauth/userinfo")
        .bearer(tokens.text("/access_token"))
        .await
        .expect(200);
    refuses(&shop.exchange(&client, &code).await, 400, "invalid_grant");
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
}

// ID-11
#[tokio::test]
async fn a_code_is_good_for_a_minute() {
    let shop = TestShop::open().await;
    shop.customer(ANNA).await;
    let client = shop.client(&["openid"]).await;
    let code = shop.code(&client, ANNA, "openid").await;
    let rows = shop.rows("oauth").await;
    let row = rows.iter().find(|row| row["sk"] == "code").unwrap();
    assert!(!row.to_string().contains(&code), "only its hash is kept");
    let pk = row["pk"].as_str().unwrap();
    shop.set("oauth", (pk, "code"), "good_until", "2026-01-01T00:00:00.000Z")
        .await;
    refuses(&shop.exchange(&client, &code).await, 400, "invalid_grant");
}

// ID-10
#[tokio::test]
async fn a_refresh_token_is_its_client_s_and_a_copy_ends_the_grant() {
    let shop = TestShop::open().await;
    shop.customer(ANNA).await;
    let client = shop.client(&["openid", "offline_access"]).await;
    let other = shop.client(&["openid"]).await;
    let first = shop.grant(&client, ANNA, "openid offline_access").await;
    let refresh = |by, token: &str| {
        shop.form_of(
            by,
            "/oauth/token",
            &[("grant_type", "refresh_token"), ("refresh_token", token)],
        )
    };
    refuses(
        &refresh(&other, first.text("/refresh_token")).await,
        400,
        "invalid_grant",
    );
    let second = refresh(&client, first.text("/refresh_token")).await.expect(200);
    let again = refresh(&client, first.text("/refresh_token")).await.expect(200);
    assert_eq!(
        again.text("/refresh_token"),
        second.text("/refresh_token"),
        "a lost answer"
    );
    let third = refresh(&client, second.text("/refresh_token")).await.expect(200);
    refuses(
        &refresh(&client, first.text("/refresh_token")).await,
        400,
        "invalid_grant",
    );
    refuses(
        &refresh(&client, third.text("/refresh_token")).await,
        400,
        "invalid_grant",
    );
}

#[tokio::test]
async fn a_client_acts_for_itself_within_its_permissions() {
    let shop = TestShop::open().await;
    let body = json!({ "name": "A machine", "confidential": true, "permissions": ["inventory.read"] });
    let machine = shop.client_of(&body).await;
    let ask = |pairs: &[(&str, &str)]| shop.form_of(&machine, "/oauth/token", pairs);
    let tokens = ask(&[("grant_type", "client_credentials")]).await.expect(200);
    assert!(tokens.at("/refresh_token").is_null());
    let bearer = tokens.text("/access_token");
    shop.get("/v1/admin/locations").bearer(bearer).await.expect(200);
    shop.get("/v1/admin/orders")
        .bearer(bearer)
        .await
        .refuses(403, "forbidden");
    let more = ask(&[("grant_type", "client_credentials"), ("scope", "orders.read")]).await;
    refuses(&more, 400, "invalid_scope");
    shop.delete(format!("/v1/admin/oauth-clients/{}", machine.id))
        .staff()
        .await
        .expect(204);
    assert_eq!(
        shop.get("/v1/admin/locations").bearer(bearer).await.status(),
        401,
        "over at once"
    );
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    let client = shop.client(&["openid"]).await;
    let pairs = [("grant_type", "client_credentials")];
    let wrong = crate::shop::clients::Client {
        secret: "guess".to_owned(),
        ..client
    };
    let refused = shop.form_of(&wrong, "/oauth/token", &pairs).await;
    refuses(&refused, 401, "invalid_client");
    assert!(
        refused
            .header("www-authenticate")
            .is_some_and(|value| value.starts_with("Basic"))
    );
    refuses(&shop.form("/oauth/token", &pairs).await, 401, "invalid_client");
}

// ID-12
#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let client = shop.client(&["openid"]).await;
    let ask = |grant: &'static str| shop.form_of(&client, "/oauth/token", &[("grant_type", grant)]);
    refuses(&ask("password").await, 400, "unsupported_grant_type");
    refuses(&ask("authorization_code").await, 400, "invalid_request");
    refuses(
        &shop.form_of(&client, "/oauth/token", &[]).await,
        400,
        "invalid_request",
    );
    refuses(
        &shop.post("/oauth/token").json(&json!({})).await,
        400,
        "invalid_request",
    );
    let twice = [
        ("grant_type", "client_credentials"),
        ("grant_type", "client_credentials"),
    ];
    refuses(
        &shop.form_of(&client, "/oauth/token", &twice).await,
        400,
        "invalid_request",
    );
}
