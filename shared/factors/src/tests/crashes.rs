//! A crash, a lost answer, a throttle or a conflict at every call leaves nothing half done, and the
//! same request again, or the next step of the user's, comes to its end.

use serde::Deserialize;
use testing::{FaultKind, Handler, Host, Plan, edges};

use super::*;

/// What a process of a function is asked.
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
enum Work {
    Enrol { user_id: String },
    Confirm { user_id: String, code: String },
    Complete { challenge: String, method: Value },
    Create { user_id: String, body: Value },
    Remove { user_id: String, factor_id: FactorId },
}

async fn work(factors: &'static Factors, work: Work) -> Result<Value, Fault> {
    let now = factors.clock.now();
    let (customer, random) = (
        |user_id| Customer {
            user_id,
            name: "Anna".into(),
            presence: Presence {
                session_id: "ses_01h455vb4pex5vsknk084sn02q".into(),
                assurance: 2,
                authenticated_at: now,
            },
            client_id: None,
            delegated: None,
            guest: None,
        },
        SeededRandom::new(11),
    );
    let ids = Ids::new(now, &random);
    let answer = match work {
        Work::Enrol { user_id } => {
            let view = factors.enrol_totp(&owner(&customer(user_id)), &ids).await?;
            serde_json::to_value(view)
        }
        Work::Confirm { user_id, code } => {
            let view = factors
                .confirm_totp(&owner(&customer(user_id)), &code, &ids)
                .await?;
            serde_json::to_value(view)
        }
        Work::Complete { challenge, method } => {
            let step = CompleteLogin {
                challenge,
                method: read(method),
            };
            let tokens = factors.complete_login(step, Origin::default(), now).await?;
            Ok(json!({ "session_id": tokens.session_id }))
        }
        Work::Create { user_id, body } => {
            let view = factors
                .create_passkey(&owner(&customer(user_id)), read(body), &ids)
                .await?;
            serde_json::to_value(view)
        }
        Work::Remove { user_id, factor_id } => {
            factors
                .remove(&owner(&customer(user_id)), &factor_id, true, &ids)
                .await?;
            Ok(Value::Null)
        }
    };
    answer.map_err(Fault::broken)
}

fn process(cloud: &platform::Cloud) -> Handler {
    edges::invoked(cloud, Factors::new, work)
}

/// Runs the request with this fault at this call; how many calls it made.
async fn struck(desk: &Desk, request: &Value, call: u64, kind: FaultKind) -> u64 {
    let host = Host::start(&desk.world, "factors-login", process, 5);
    desk.world.faults.arm(Plan::calm().with(call, kind));
    drop(host.run(request.clone()).await);
    let calls = desk.world.faults.calls();
    desk.world.faults.disarm();
    calls
}

/// Tries every fault at every call: `prepare` makes the world and the request, `after` looks at it.
async fn at_every_call<P, A>(prepare: P, after: A)
where
    P: AsyncFn(&Desk) -> Value,
    A: AsyncFn(&Desk, &Value),
{
    for kind in FaultKind::ALL {
        for call in 0.. {
            let desk = Desk::open().await;
            let request = prepare(&desk).await;
            let calls = struck(&desk, &request, call, kind).await;
            desk.agrees().await;
            after(&desk, &request).await;
            desk.agrees().await;
            if call >= calls {
                break;
            }
        }
    }
}

/// Runs the request once more, in peace.
async fn again(desk: &Desk, request: &Value) -> Result<Value, Fault> {
    let host = Host::start(&desk.world, "factors-login", process, 6);
    match host.run(request.clone()).await {
        testing::Ended::Answered(answer) => answer,
        testing::Ended::Crashed => panic!("it crashed in peace"),
    }
}

// ID-15
#[tokio::test]
async fn an_enrolment_that_dies_can_be_repeated() {
    let prepare = async |desk: &Desk| json!({ "do": "enrol", "user_id": desk.user_id });
    let after = async |desk: &Desk, request: &Value| {
        assert_eq!(desk.user().await.second_factors, []);
        let enrolled = again(desk, request).await.unwrap();
        let secret = TotpSecret::from_bytes(&base32(enrolled["secret"].as_str().unwrap())).unwrap();
        let code = desk.code(&secret);
        let confirm = json!({ "do": "confirm", "user_id": desk.user_id, "code": code });
        again(desk, &confirm).await.unwrap();
    };
    at_every_call(prepare, after).await;
}

// ID-15
#[tokio::test]
async fn a_confirmation_that_dies_has_happened_or_has_not() {
    let prepare = async |desk: &Desk| {
        let customer = desk.customer(2);
        let enrolled = desk
            .factors
            .enrol_totp(&owner(&customer), &desk.ids())
            .await
            .unwrap();
        let secret = TotpSecret::from_bytes(&base32(&enrolled.secret)).unwrap();
        json!({ "do": "confirm", "user_id": desk.user_id, "code": desk.code(&secret) })
    };
    let after = async |desk: &Desk, request: &Value| {
        let happened = !desk.user().await.second_factors.is_empty();
        let told = desk.mails().len();
        assert_eq!(
            (told, desk.audited("factor.added")),
            (usize::from(happened), usize::from(happened))
        );
        match again(desk, request).await {
            Ok(_) => assert!(!happened),
            Err(fault) => assert!(happened && fault.code() == "totp_not_started", "{fault}"),
        }
        assert_eq!(desk.mails(), ["factor_added"]);
    };
    at_every_call(prepare, after).await;
}

// ID-16
#[tokio::test]
async fn a_passkey_that_dies_on_the_way_is_there_or_is_not() {
    let prepare = async |desk: &Desk| {
        let mut laptop = Authenticator::new();
        let customer = desk.customer(2);
        let options = desk
            .factors
            .begin_passkey(&owner(&customer), desk.world.now())
            .await;
        let options = serde_json::to_value(options.unwrap()).unwrap();
        let credential = laptop.create(&options["public_key"], PAGE);
        let body = json!({ "ceremony": options["ceremony"], "credential": credential });
        json!({ "do": "create", "user_id": desk.user_id, "body": body })
    };
    let after = async |desk: &Desk, request: &Value| {
        let happened = !desk.user().await.second_factors.is_empty();
        match again(desk, request).await {
            Ok(_) => assert!(!happened),
            Err(fault) => assert!(happened && fault.code() == "passkey_ceremony_over", "{fault}"),
        }
        assert_eq!(desk.mails(), ["factor_added"]);
        assert_eq!(
            desk.factors.list(&desk.customer(2)).await.unwrap().factors.len(),
            1
        );
    };
    at_every_call(prepare, after).await;
}

// ID-15
#[tokio::test]
async fn a_login_that_dies_is_completed_or_begun_anew_and_its_code_is_used_once() {
    let secret = std::cell::RefCell::new(None);
    let prepare = async |desk: &Desk| {
        let app = desk.app().await;
        let request = json!({
            "do": "complete", "challenge": desk.challenge().await, "method": { "totp": desk.code(&app) },
        });
        secret.replace(Some(app));
        request
    };
    let after = async |desk: &Desk, request: &Value| {
        let used = desk.audited("factor.verified");
        let sessions = desk.authority.sessions(&desk.user_id).await.unwrap().len();
        assert!(
            sessions <= used && used <= 1,
            "{sessions} sessions by {used} codes"
        );
        match again(desk, request).await {
            Ok(_) => assert_eq!(used, 0),
            Err(fault) => assert!(used == 1 && fault.code() == "login_step_over", "{fault}"),
        }
        desk.wait(Duration::seconds(30));
        let code = desk.code(secret.borrow().as_ref().unwrap());
        let next = desk.challenge().await;
        desk.complete(&next, json!({ "totp": code })).await.unwrap();
    };
    at_every_call(prepare, after).await;
}

// ID-16
#[tokio::test]
async fn a_removal_that_dies_has_happened_or_has_not() {
    let prepare = async |desk: &Desk| {
        let factor_id = desk.passkey(&mut Authenticator::new()).await;
        json!({ "do": "remove", "user_id": desk.user_id, "factor_id": factor_id })
    };
    let after = async |desk: &Desk, request: &Value| {
        let happened = desk.user().await.second_factors.is_empty();
        assert_eq!(desk.mails().len(), 1 + usize::from(happened));
        match again(desk, request).await {
            Ok(_) => assert!(!happened),
            Err(fault) => assert!(happened && fault.code() == "not_found", "{fault}"),
        }
        assert_eq!(desk.mails(), ["factor_added", "factor_removed"]);
    };
    at_every_call(prepare, after).await;
}
