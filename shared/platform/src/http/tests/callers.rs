//! Who may call what, and what a stranger is told.

use kernel::{Clock as _, Duration};

use super::{SECRET, cart_token, cloud, create, get, one_key, shop};
use crate::http::{BadTrigger, Call, Caller, Endpoint, Json};
use crate::token::CartTokens;

#[tokio::test]
async fn staff_needs_a_right_key_with_the_scope() {
    let shop = shop!(
        get,
        "GET /v1/things/{thing_id}",
        "TRIGGER_AUTH" = "staff",
        "TRIGGER_SCOPE" = "things.read"
    );
    let ask = async |credential: &str| {
        shop.send("GET /v1/things/1", &[("authorization", credential)], "")
            .await
    };
    for good in ["Bearer cw_sk_right", "bearer cw_sk_all"] {
        assert_eq!(ask(good).await.status, 200, "{good}");
    }
    for bad in [
        "Bearer cw_sk_wrong",
        "Bearer",
        "Basic cw_sk_right",
        "cw_sk_right",
        "Bearer ",
    ] {
        let got = ask(bad).await;
        assert_eq!(
            (got.status, got.code().as_str()),
            (401, "unauthenticated"),
            "{bad}"
        );
        assert_eq!(
            got.header("www-authenticate"),
            r#"Bearer realm="cartwright", error="invalid_token""#
        );
    }
    let nobody = shop.send("GET /v1/things/1", &[], "").await;
    assert_eq!(
        (nobody.status, nobody.header("www-authenticate")),
        (401, r#"Bearer realm="cartwright""#)
    );
    let weak = ask("Bearer cw_sk_weak").await;
    assert_eq!((weak.status, weak.code().as_str()), (403, "forbidden"));
    assert!(
        weak.header("www-authenticate")
            .contains(r#"error="insufficient_scope", scope="things.read""#)
    );
}

#[tokio::test]
async fn a_guest_needs_a_cart_token_of_this_shop_that_has_not_expired() {
    let shop = shop!(whoami, "GET /v1/me", "TRIGGER_AUTH" = "guest");
    let tomorrow = shop.clock.now().plus(Duration::days(1));
    let token = cart_token("cart_1", tomorrow);
    let ask = async |token: &str| shop.send("GET /v1/me", &[("x-cart-token", token)], "").await;
    assert_eq!(ask(&token).await.json(), "cart:cart_1");
    let foreign = CartTokens::new(&SECRET, "other")
        .sign("cart_1", shop.clock.now(), tomorrow)
        .unwrap();
    for bad in ["", "x.y.z", &foreign] {
        let got = ask(bad).await;
        assert_eq!(
            (got.status, got.code().as_str()),
            (401, "unauthenticated"),
            "{bad}"
        );
        assert!(
            got.header("www-authenticate")
                .contains(r#"error="invalid_token""#)
        );
    }
    assert_eq!(shop.send("GET /v1/me", &[], "").await.status, 401);
    shop.clock.forward(Duration::days(1));
    assert_eq!(ask(&token).await.status, 401);
}

async fn whoami(_: &'static super::Shared, call: Call) -> Result<Json<String>, kernel::Fault> {
    Ok(Json::new(call.caller.identity()))
}

#[tokio::test]
async fn on_a_shared_route_an_authorization_header_speaks_for_staff() {
    let shop = shop!(
        whoami,
        "GET /v1/me",
        "TRIGGER_AUTH" = "guest,staff",
        "TRIGGER_SCOPE" = "things.write"
    );
    let token = cart_token("cart_1", shop.clock.now().plus(Duration::days(1)));
    let guest = shop.send("GET /v1/me", &[("x-cart-token", &token)], "").await;
    assert_eq!(guest.json(), "cart:cart_1");
    let both = [("x-cart-token", &*token), ("authorization", "Bearer cw_sk_right")];
    assert_eq!(
        shop.send("GET /v1/me", &both, "").await.json(),
        "principal:key_right"
    );
    let wrong = [("x-cart-token", &*token), ("authorization", "Bearer cw_sk_wrong")];
    assert_eq!(shop.send("GET /v1/me", &wrong, "").await.status, 401);
    assert_eq!(shop.send("GET /v1/me", &[], "").await.status, 401);
}

#[tokio::test]
async fn on_a_public_route_credentials_are_not_looked_at() {
    let shop = shop!(whoami, "GET /v1/me");
    let got = shop
        .send("GET /v1/me", &[("authorization", "Bearer cw_sk_wrong")], "")
        .await;
    assert_eq!(got.json(), "address:192.0.2.1");
}

#[test]
fn a_handler_cannot_mistake_one_caller_for_another() {
    let public = Caller::Public {
        address: "key:1".into(),
    };
    let guest = Caller::Guest(crate::http::Guest { cart_id: "1".into() });
    assert_ne!(public.identity(), guest.identity());
    assert_eq!((public.kind(), guest.kind()), ("public", "guest"));
}

#[test]
fn a_main_that_does_not_fit_its_trigger_does_not_start() {
    let start = |trigger: &[(&str, &str)]| {
        let (cloud, ..) = cloud(trigger);
        Endpoint::new(&cloud, super::Shared::default(), create).map(drop)
    };
    let route = ("TRIGGER_ROUTE", "POST /v1/things");
    assert_eq!(
        start(&[route, ("TRIGGER_AUTH", "staff")]),
        Err(BadTrigger::NoGuardian)
    );
    assert_eq!(start(&[route, ("TRIGGER_AUTH", "guest")]), Ok(()));
    let bad = [
        ("TRIGGER_AUTH", "everybody"),
        ("TRIGGER_LIMIT", "20"),
        ("TRIGGER_LIMIT", "0/min"),
        ("TRIGGER_IDEMPOTENCY", "always"),
        ("TRIGGER_BODY_BYTES_MAX", "1kb"),
    ];
    for (name, value) in bad {
        let text = start(&[route, ("TRIGGER_AUTH", "public"), (name, value)])
            .unwrap_err()
            .to_string();
        assert!(text.contains(name) && text.contains(value), "{text}");
    }
    let missing = start(&[]).unwrap_err().to_string();
    assert!(missing.contains("TRIGGER_AUTH, TRIGGER_ROUTE"), "{missing}");
}

#[tokio::test]
async fn the_same_main_without_staff_needs_no_keys() {
    let (cloud, ..) = cloud(&[("TRIGGER_ROUTE", "GET /v1/me"), ("TRIGGER_AUTH", "staff")]);
    assert!(Endpoint::for_staff(&cloud, one_key(), super::Shared::default(), whoami).is_ok());
}
