//! What somebody can tell who has no account, from outside and with a clock: nothing. ID-7.
//!
//! Status, headers and body are compared, and what takes time: which calls to AWS are made, in which order,
//! and how many passwords are hashed. `examples/timing.rs` measures it.

use kernel::Duration;
use platform::Cloud;
use platform::http::{Accepted, Call, Json, NoContent};
use serde_json::json;
use testing::{Ended, Handler, Host, Plan, edges};

use super::*;
use crate::hash::COMPUTED;
use crate::wire::{
    ByEmail, LinkView, LogIn, LoginView, RedeemLink, Register, RegistrationView, ResendCode, ResetPassword,
    SentView, VerifyEmail,
};

type Build = fn(&Cloud) -> Handler;

fn register(cloud: &Cloud) -> Handler {
    edges::guest(
        cloud,
        Identity::new,
        async |identity: &'static Identity, call: Call<Register>| {
            let visit = identity.visit(call.origin(), None);
            let asked = identity.register(call.body.into(), &visit).await?;
            Ok::<_, Fault>(Accepted::<RegistrationView>::new(asked))
        },
    )
}

fn verify(cloud: &Cloud) -> Handler {
    edges::guest(
        cloud,
        Identity::new,
        async |identity: &'static Identity, call: Call<VerifyEmail>| {
            let visit = identity.visit(call.origin(), None);
            let logged_in = identity.verify(&call.body.try_into()?, visit).await?;
            Ok::<_, Fault>(Json::<LoginView>::new(logged_in))
        },
    )
}

fn resend(cloud: &Cloud) -> Handler {
    edges::guest(
        cloud,
        Identity::new,
        async |identity: &'static Identity, call: Call<ResendCode>| {
            let asked = identity
                .resend(&call.body.registration_id, &call.origin())
                .await?;
            Ok::<_, Fault>(Accepted::<RegistrationView>::new(asked))
        },
    )
}

fn log_in(cloud: &Cloud) -> Handler {
    edges::guest(
        cloud,
        Identity::new,
        async |identity: &'static Identity, call: Call<LogIn>| {
            let visit = identity.visit(call.origin(), None);
            let logged_in = identity
                .log_in(&call.body.email, &call.body.password, visit)
                .await?;
            Ok::<_, Fault>(Json::<LoginView>::new(logged_in))
        },
    )
}

fn request_reset(cloud: &Cloud) -> Handler {
    edges::guest(
        cloud,
        Identity::new,
        async |identity: &'static Identity, call: Call<ByEmail>| {
            identity.request_reset(&call.body.email, &call.origin()).await?;
            Ok::<_, Fault>(Accepted::<SentView>::new(SentView::new()))
        },
    )
}

fn reset(cloud: &Cloud) -> Handler {
    edges::guest(
        cloud,
        Identity::new,
        async |identity: &'static Identity, call: Call<ResetPassword>| {
            identity
                .reset_password(&call.body.token, &call.body.password, &call.origin())
                .await?;
            Ok::<_, Fault>(NoContent::new())
        },
    )
}

fn request_link(cloud: &Cloud) -> Handler {
    edges::guest(
        cloud,
        Identity::new,
        async |identity: &'static Identity, call: Call<ByEmail>| {
            let asked = identity.request_link(&call.body.email, &call.origin()).await?;
            Ok::<_, Fault>(Accepted::<LinkView>::new(asked))
        },
    )
}

fn redeem(cloud: &Cloud) -> Handler {
    edges::guest(
        cloud,
        Identity::new,
        async |identity: &'static Identity, call: Call<RedeemLink>| {
            let visit = identity.visit(call.origin(), None);
            let logged_in = identity.redeem_link(&call.body.into(), visit).await?;
            Ok::<_, Fault>(Json::<LoginView>::new(logged_in))
        },
    )
}

/// All that a stranger sees of an answer, without what is random in every one, and the calls behind it.
#[derive(Debug, PartialEq)]
struct Seen {
    status: Value,
    headers: Value,
    body: Value,
    calls: Vec<String>,
    hashes: u32,
}

struct Street {
    desk: Desk,
}

impl Street {
    /// One request, long after the one before it, so that no limit tells them apart.
    async fn ask(&self, function: &str, build: Build, body: Value) -> (Seen, Value) {
        let world = &self.desk.world;
        world.clock.advance(Duration::minutes(2));
        let host = Host::start(world, function, build, world.now().unix_ms().unsigned_abs());
        let route = testing_route(function);
        world.faults.arm(Plan::calm());
        COMPUTED.set(0);
        let event = json!({
            "method": "POST", "path": route, "body": body,
            "headers": { "content-type": "application/json", "x-request-id": "req_01h455vb4pex5vsknk084sn02q" },
        });
        let Ended::Answered(Ok(answer)) = host.run(event).await else {
            panic!("no answer of {function}");
        };
        world.faults.disarm();
        let calls = world.faults.trace();
        let calls = calls
            .iter()
            .map(|call| call.split_once(' ').unwrap_or_default().1.to_owned());
        let seen = Seen {
            status: answer["status"].clone(),
            headers: answer["headers"].clone(),
            body: without_secrets(&answer["body"]),
            calls: calls.collect(),
            hashes: COMPUTED.get(),
        };
        (seen, answer["body"].clone())
    }

    /// Both requests look the same from outside, and behind the scenes. Answers with how many passwords
    /// were hashed for each.
    async fn alike(&self, function: &str, build: Build, known: Value, unknown: Value) -> u32 {
        let (known, _) = self.ask(function, build, known).await;
        let (unknown, _) = self.ask(function, build, unknown).await;
        assert_eq!(known, unknown, "{function}");
        assert!(known.calls.len() >= 2, "{function}: {:?}", known.calls);
        known.hashes
    }
}

fn testing_route(function: &str) -> &'static str {
    match function {
        "identity-register" => "/v1/accounts",
        "identity-verify-email" => "/v1/accounts/verify",
        "identity-resend-code" => "/v1/accounts/resend",
        "identity-login" => "/v1/sessions",
        "identity-request-reset" => "/v1/password-resets",
        "identity-reset-password" => "/v1/password-resets/confirm",
        "identity-request-link" => "/v1/magic-links",
        _ => "/v1/magic-links/redeem",
    }
}

/// Random secrets by their length: that they differ says nothing.
fn without_secrets(body: &Value) -> Value {
    match body {
        Value::Object(fields) => {
            let bare = fields.iter().map(|(name, value)| {
                let secret = matches!(name.as_str(), "registration_id" | "request_id");
                let length = value.as_str().filter(|_| secret).map(str::len);
                (
                    name.clone(),
                    length.map_or_else(|| without_secrets(value), |length| json!(length)),
                )
            });
            Value::Object(bare.collect())
        }
        other => other.clone(),
    }
}

async fn street() -> Street {
    let desk = Desk::open();
    desk.customer(ANNA).await;
    Street { desk }
}

const NOBODY: &str = "nobody@example.com";

#[tokio::test(start_paused = true)]
async fn a_registration_of_a_taken_address_is_like_that_of_a_free_one() {
    let street = street().await;
    let body = |email: &str| json!({ "email": email, "password": PASSWORD });
    let hashes = street
        .alike("identity-register", register, body(ANNA), body(NOBODY))
        .await;
    assert_eq!(hashes, 1);
}

#[tokio::test(start_paused = true)]
async fn a_wrong_password_is_like_that_of_nobody_and_like_a_locked_account() {
    let street = street().await;
    let body = |email: &str| json!({ "email": email, "password": "wrong" });
    let hashes = street
        .alike("identity-login", log_in, body(ANNA), body(NOBODY))
        .await;
    assert_eq!(hashes, 1);

    let (unknown, _) = street
        .ask("identity-login", log_in, body("nobody.else@example.com"))
        .await;
    for _ in 0..9 {
        // Each after the delay that the one before has brought; the last brings eight minutes.
        street.desk.world.clock.advance(Duration::minutes(9));
        let from = Origin {
            address: "unknown".into(),
            ..visit().origin
        };
        street
            .desk
            .identity
            .check_password(&email(ANNA), "wrong", &from)
            .await
            .unwrap();
    }
    let locked = json!({ "email": ANNA, "password": PASSWORD });
    let (locked, _) = street.ask("identity-login", log_in, locked).await;
    assert_eq!(locked, unknown, "the right password of a locked account");
    assert_eq!(locked.status, 401);
}

#[tokio::test(start_paused = true)]
async fn a_reset_for_a_known_address_is_like_one_for_an_unknown() {
    let street = street().await;
    let body = |email: &str| json!({ "email": email });
    street
        .alike("identity-request-reset", request_reset, body(ANNA), body(NOBODY))
        .await;
    // A guessed token says nothing about whose it might have been.
    let handle = |address: &str| street.desk.identity.secrets.of_email(&email(address));
    let guess =
        |address: &str| json!({ "token": format!("rst_{}_c2VjcmV0", handle(address)), "password": NEW });
    street
        .alike("identity-reset-password", reset, guess(ANNA), guess(NOBODY))
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_link_for_a_known_address_is_like_one_for_an_unknown() {
    let street = street().await;
    let body = |email: &str| json!({ "email": email });
    street
        .alike("identity-request-link", request_link, body(ANNA), body(NOBODY))
        .await;
    let (_, known) = street
        .ask("identity-request-link", request_link, body(ANNA))
        .await;
    let (_, unknown) = street
        .ask("identity-request-link", request_link, body(NOBODY))
        .await;
    let guess = |asked: &Value| {
        let request_id = text(asked, "request_id");
        let handle = request_id.split('_').nth(1).unwrap_or_default().to_owned();
        json!({ "request_id": request_id, "token": format!("lnk_{handle}_c2VjcmV0") })
    };
    street
        .alike("identity-redeem-link", redeem, guess(&known), guess(&unknown))
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_code_that_was_never_sent_is_like_a_wrong_one_and_so_is_another_letter() {
    let street = street().await;
    let body = |email: &str| json!({ "email": email, "password": PASSWORD });
    let (_, decoy) = street.ask("identity-register", register, body(ANNA)).await;
    let (_, real) = street.ask("identity-register", register, body(NOBODY)).await;
    let again = |asked: &Value| json!({ "registration_id": asked["registration_id"] });
    street
        .alike("identity-resend-code", resend, again(&decoy), again(&real))
        .await;
    let wrong = |asked: &Value| json!({ "registration_id": asked["registration_id"], "code": "00000000" });
    street
        .alike("identity-verify-email", verify, wrong(&decoy), wrong(&real))
        .await;
}
