//! Who may call what, and what a stranger is told.

use kernel::{Clock as _, Duration};

use super::{SECRET, cart_token, cloud, create, get, people, shop};
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
    assert_eq!(
        start(&[route, ("TRIGGER_AUTH", "public,customer")]),
        Err(BadTrigger::NoGuardian)
    );
    let bad = [
        ("TRIGGER_AUTH", "everybody"),
        ("TRIGGER_ASSURANCE", "3"),
        ("TRIGGER_FRESH_S", "0"),
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
async fn a_main_with_a_guardian_may_serve_staff() {
    let (cloud, ..) = cloud(&[("TRIGGER_ROUTE", "GET /v1/me"), ("TRIGGER_AUTH", "staff")]);
    assert!(Endpoint::guarded(&cloud, people(), super::Shared::default(), whoami).is_ok());
}

/// What each credential comes to on each kind of route. `P`ublic, `G`uest, `C`ustomer, `S`taff, or
/// the status with the code's first letter: 401 `u`nauthenticated, 403 `f`orbidden,
/// `i`nsufficient_scope, `c`ustomer_required. Routes for staff want `things.write`; routes for
/// customers take applications with `things.own`.
const MATRIX: &str = "
credential          public public,customer guest customer guest,customer staff guest,staff customer,staff guest,customer,staff
-                   P      P               401u  401u     401u           401u  401u        401u           401u
wrong               P      401u            401u  401u     401u           401u  401u        401u           401u
cw_sk_right         P      403c            401u  403c     403c           S     S           S              S
cw_sk_all           P      403c            401u  403c     403c           S     S           S              S
cw_sk_weak          P      403c            401u  403c     403c           403f  403f        403f           403f
client_right        P      403c            401u  403c     403c           S     S           S              S
client_weak         P      403c            401u  403c     403c           403f  403f        403f           403f
anna                P      C               401u  C        C              403f  403f        C              C
staff_right         P      C               401u  C        C              S     S           S              S
staff_strong        P      C               401u  C        C              S     S           S              S
staff_weak          P      C               401u  C        C              403f  403f        C              C
app_own             P      C               401u  C        C              403i  403i        C              C
app_of_staff_right  P      C               401u  C        C              403i  403i        C              C
app_other           P      403i            401u  403i     403i           403i  403i        403i           403i
cart                P      P               G     401u     G              401u  G           401u           G
";

async fn kind(_: &'static super::Shared, call: Call) -> Result<Json<String>, kernel::Fault> {
    Ok(Json::new(call.caller.kind().to_owned()))
}

/// What a request with this credential comes to, in the words of the matrix.
async fn comes_to(auth: &str, credential: &str) -> String {
    let mut trigger = vec![("TRIGGER_ROUTE", "GET /v1/me"), ("TRIGGER_AUTH", auth)];
    trigger.extend(
        auth.contains("staff")
            .then_some(("TRIGGER_SCOPE", "things.write")),
    );
    trigger.extend(
        auth.contains("customer")
            .then_some(("TRIGGER_DELEGATED", "things.own")),
    );
    let (cloud, clock, tables) = cloud(&trigger);
    let things = super::Shared::default();
    let endpoint = Endpoint::guarded(&cloud, people(), std::sync::Arc::clone(&things), kind).unwrap();
    let shop = super::Shop {
        endpoint,
        things,
        clock,
        tables,
    };
    let token = cart_token("cart_1", shop.clock.now().plus(Duration::days(1)));
    let bearer = format!("Bearer {credential}");
    let headers: &[(&str, &str)] = match credential {
        "-" => &[],
        "cart" => &[("x-cart-token", &token)],
        _ => &[("authorization", &bearer)],
    };
    let got = shop.send("GET /v1/me", headers, "").await;
    if got.status == 200 {
        return got.json().as_str().unwrap()[..1].to_uppercase();
    }
    assert_eq!(
        got.headers.contains_key("www-authenticate"),
        got.code() != "customer_required"
    );
    format!("{}{}", got.status, &got.code()[..1])
}

#[tokio::test]
async fn every_kind_of_route_tells_every_kind_of_caller_apart() {
    let mut lines = MATRIX.trim().lines().map(str::split_whitespace);
    let routes: Vec<&str> = lines.next().unwrap().skip(1).collect();
    for mut line in lines {
        let credential = line.next().unwrap();
        for (auth, expected) in routes.iter().zip(line) {
            assert_eq!(
                comes_to(auth, credential).await,
                expected,
                "{credential} on {auth}"
            );
        }
    }
}

#[tokio::test]
async fn an_application_enters_only_routes_that_name_a_scope_for_it() {
    let shop = shop!(kind, "GET /v1/me", "TRIGGER_AUTH" = "customer");
    let got = shop
        .send("GET /v1/me", &[("authorization", "Bearer app_own")], "")
        .await;
    assert_eq!((got.status, got.code().as_str()), (403, "insufficient_scope"));
    let named = shop!(
        kind,
        "GET /v1/me",
        "TRIGGER_AUTH" = "customer",
        "TRIGGER_DELEGATED" = "things.own"
    );
    let got = named
        .send("GET /v1/me", &[("authorization", "Bearer app_other")], "")
        .await;
    assert!(
        got.header("www-authenticate")
            .contains(r#"error="insufficient_scope", scope="things.own""#)
    );
}

#[tokio::test]
async fn a_second_factor_is_asked_of_people_and_not_of_machines() {
    let shop = shop!(
        kind,
        "GET /v1/me",
        "TRIGGER_AUTH" = "customer,staff",
        "TRIGGER_SCOPE" = "things.write",
        "TRIGGER_ASSURANCE" = "2"
    );
    let ask = async |who: &str| {
        let bearer = format!("Bearer {who}");
        shop.send("GET /v1/me", &[("authorization", &bearer)], "").await
    };
    for enough in ["staff_strong", "cw_sk_right", "client_right"] {
        assert_eq!(ask(enough).await.status, 200, "{enough}");
    }
    for single in ["anna", "staff_right"] {
        let got = ask(single).await;
        assert_eq!(
            (got.status, got.code().as_str()),
            (403, "second_factor_required"),
            "{single}"
        );
        assert!(got.header("www-authenticate").contains(r#"acr_values="aal2""#));
    }
}

// ID-15: what is sensitive wants a proof of who it is that is not old.
#[tokio::test]
async fn a_proof_that_is_too_old_is_asked_for_again() {
    let shop = shop!(
        kind,
        "GET /v1/me",
        "TRIGGER_AUTH" = "customer,staff",
        "TRIGGER_SCOPE" = "things.write",
        "TRIGGER_FRESH_S" = "600"
    );
    let ask = async |who: &str| {
        let bearer = format!("Bearer {who}");
        shop.send("GET /v1/me", &[("authorization", &bearer)], "").await
    };
    shop.clock.forward(Duration::minutes(10));
    assert_eq!(ask("anna").await.status, 200);
    shop.clock.forward(Duration::millis(1));
    for person in ["anna", "staff_right"] {
        let got = ask(person).await;
        assert_eq!(
            (got.status, got.code().as_str()),
            (401, "step_up_required"),
            "{person}"
        );
        assert_eq!(
            got.header("www-authenticate"),
            r#"Bearer realm="cartwright", error="insufficient_user_authentication", max_age=600"#
        );
    }
    assert_eq!(ask("cw_sk_right").await.status, 200);
}

async fn carts(_: &'static super::Shared, call: Call) -> Result<Json<[Option<String>; 3]>, kernel::Fault> {
    let customer = call.customer()?;
    let beside = customer.guest.as_ref().map(|guest| guest.cart_id.clone());
    let own: Option<String> = call.guest_cart().ok();
    Ok(Json::new([Some(customer.user_id.clone()), beside, own]))
}

#[tokio::test]
async fn a_customer_may_bring_a_cart_token_and_it_must_be_right() {
    let shop = shop!(carts, "GET /v1/me", "TRIGGER_AUTH" = "guest,customer");
    let token = cart_token("cart_1", shop.clock.now().plus(Duration::days(1)));
    let with = async |token: &str| {
        let headers = [("authorization", "Bearer anna"), ("x-cart-token", token)];
        shop.send("GET /v1/me", &headers, "").await
    };
    assert_eq!(
        with(&token).await.json(),
        serde_json::json!(["usr_anna", "cart_1", "cart_1"])
    );
    assert_eq!(with("forged").await.status, 401);
    let alone = shop
        .send("GET /v1/me", &[("authorization", "Bearer anna")], "")
        .await;
    assert_eq!(alone.json(), serde_json::json!(["usr_anna", null, null]));
}

async fn origin(_: &'static super::Shared, call: Call) -> Result<Json<serde_json::Value>, kernel::Fault> {
    Ok(Json::new(
        serde_json::to_value(call.origin()).map_err(kernel::Fault::broken)?,
    ))
}

#[tokio::test]
async fn a_call_knows_where_it_came_from() {
    let shop = shop!(origin, "GET /v1/me");
    let long = "x".repeat(300);
    let headers = [("user-agent", long.as_str()), ("x-request-id", "req-1")];
    let got = shop.send("GET /v1/me", &headers, "").await.json();
    assert_eq!(
        got,
        serde_json::json!({ "address": "192.0.2.1", "user_agent": "x".repeat(256), "request_id": "req-1" })
    );
}

#[tokio::test]
async fn what_comes_past_the_edge_is_refused_and_the_edge_knows_the_client() {
    // SHA-256 of "open sesame".
    let hash = "41ef4bb0b23661e66301aac36066912dac037827b4ae63a7b1165a5aa93ed4eb";
    let shop = shop!(origin, "GET /v1/me", "ORIGIN_SHA256" = hash);
    for headers in [&[][..], &[("x-origin-word", "open barley")]] {
        let got = shop.send("GET /v1/me", headers, "").await;
        assert_eq!((got.status, got.code().as_str()), (403, "edge_required"));
    }
    // What clients say of themselves stands first, the edge's own address last.
    let stations = "203.0.113.9, 198.51.100.7, 192.0.2.1";
    let headers = [("x-origin-word", "open sesame"), ("x-forwarded-for", stations)];
    let got = shop.send("GET /v1/me", &headers, "").await.json();
    assert_eq!(got["address"], "198.51.100.7");
    // Without an edge nobody believes the header.
    let shop = shop!(origin, "GET /v1/me");
    let got = shop.send("GET /v1/me", &headers, "").await.json();
    assert_eq!(got["address"], "192.0.2.1");
}

#[tokio::test]
async fn a_limit_counts_each_customer_for_themselves() {
    let shop = shop!(
        kind,
        "GET /v1/me",
        "TRIGGER_AUTH" = "customer",
        "TRIGGER_LIMIT" = "1/hour"
    );
    let ask = async |who: &str| {
        let bearer = format!("Bearer {who}");
        shop.send("GET /v1/me", &[("authorization", &bearer)], "")
            .await
            .status
    };
    assert_eq!((ask("anna").await, ask("staff_weak").await), (200, 200));
    assert_eq!((ask("anna").await, ask("staff_weak").await), (429, 429));
}
