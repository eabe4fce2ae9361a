//! What changes factors asks for somebody who has just proven who they are.

use authority::Guard;
use platform::http::{Call, NoContent};
use testing::{Ended, Handler, Host, edges};

use super::*;

/// Every route that changes what somebody holds.
const ROUTES: [(&str, &str, &str); 6] = [
    ("factors-enrol-totp", "POST", "/v1/account/factors/totp"),
    ("factors-confirm-totp", "POST", "/v1/account/factors/totp/confirm"),
    (
        "factors-delete",
        "DELETE",
        "/v1/account/factors/factor_01h455vb4pex5vsknk084sn02q",
    ),
    (
        "factors-create-recovery-codes",
        "POST",
        "/v1/account/recovery-codes",
    ),
    ("factors-begin-passkey", "POST", "/v1/account/passkeys/options"),
    ("factors-create-passkey", "POST", "/v1/account/passkeys"),
];

/// The gate as the manifest sets it; what is behind it does not matter here.
fn gate(cloud: &platform::Cloud) -> Handler {
    async fn pass(_: &'static Factors, _: Call) -> Result<NoContent, Fault> {
        Ok(NoContent::default())
    }
    edges::guarded(cloud, Guard::new, Factors::new, pass)
}

async fn status(desk: &Desk, (function, method, path): (&str, &str, &str), token: &str) -> (Value, Value) {
    let bearer = format!("Bearer {token}");
    let event = json!({ "method": method, "path": path, "headers": { "authorization": bearer } });
    match Host::start(&desk.world, function, gate, 5).run(event).await {
        Ended::Answered(Ok(answer)) => (answer["status"].clone(), answer["body"]["error"]["code"].clone()),
        other => panic!("{function}: {other:?}"),
    }
}

// ID-15
#[tokio::test]
async fn ten_minutes_after_the_login_factors_are_changed_only_after_a_new_proof() {
    let desk = Desk::open().await;
    let secret = desk.app().await;
    let challenge = desk.challenge().await;
    let code = desk.code(&secret);
    let tokens = desk.complete(&challenge, json!({ "totp": code })).await.unwrap();
    for route in ROUTES {
        assert_eq!(
            status(&desk, route, &tokens.access_token).await.0,
            204,
            "{}",
            route.0
        );
    }
    desk.wait(Duration::minutes(10));
    desk.wait(Duration::seconds(1));
    let (token, origin) = (tokens.refresh_token.unwrap(), Origin::default());
    let later = desk
        .authority
        .refresh(&token, authority::STOREFRONT, &origin)
        .await
        .unwrap();
    for route in ROUTES {
        let refused = status(&desk, route, &later.access_token).await;
        assert_eq!(refused, (json!(401), json!("step_up_required")), "{}", route.0);
    }

    let mut customer = desk.customer(2);
    customer.presence.session_id = later.session_id.unwrap().to_string();
    let proof: MethodBody = read(json!({ "totp": desk.code(&secret) }));
    let now = desk.world.now();
    let raised = desk
        .factors
        .confirm(&customer, proof.try_into().unwrap(), &origin, now)
        .await
        .unwrap();
    for route in ROUTES {
        assert_eq!(
            status(&desk, route, &raised.access_token).await.0,
            204,
            "{}",
            route.0
        );
    }
}
