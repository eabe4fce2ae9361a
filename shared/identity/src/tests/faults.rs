//! A crash, a lost answer, a throttle or a conflict at every single call of every flow: nothing
//! half-done stays, and whoever tries again gets where they wanted to be.

use kernel::Duration;
use platform::Cloud;
use serde_json::json;
use testing::{Ended, FaultKind, Handler, Host, Plan, handler};

use super::*;

/// One step of a flow, named by the event.
fn build(cloud: &Cloud) -> Handler {
    let identity = Arc::new(Identity::new(cloud));
    handler(move |event: Value| {
        let identity = Arc::clone(&identity);
        async move { step(&identity, &event).await.map_err(Fault::from) }
    })
}

async fn step(identity: &Identity, event: &Value) -> Result<Value, Refusal> {
    let word = |name: &str| text(event, name);
    let (anna, origin) = (email(ANNA), visit().origin);
    match event["step"].as_str().unwrap_or_default() {
        "register" => {
            let asked = identity.register(new_account(ANNA), &visit()).await?;
            return Ok(json!({ "ticket": asked.ticket }));
        }
        "verify" => {
            let shown = Shown::Code {
                registration_id: word("ticket"),
                code: word("code"),
            };
            identity.verify(&shown, visit()).await?;
        }
        "ask for a reset" => identity.request_reset(&anna, &origin).await?,
        "reset" => identity.reset_password(&word("token"), NEW, &origin).await?,
        "ask for a link" => {
            let asked = identity.request_link(&anna, &origin).await?;
            return Ok(json!({ "ticket": asked.ticket }));
        }
        "redeem" => drop(
            identity
                .redeem_link(&both(&word("ticket"), &word("token")), visit())
                .await?,
        ),
        "log in" => drop(identity.log_in(&anna, PASSWORD, visit()).await?),
        other => panic!("{other}"),
    }
    Ok(json!({}))
}

async fn run(world: &Arc<World>, event: Value, seed: u64) -> Result<Value, ()> {
    match Host::start(world, FUNCTION, build, seed).run(event).await {
        Ended::Answered(Ok(answer)) => Ok(answer),
        Ended::Answered(Err(_)) | Ended::Crashed => Err(()),
    }
}

/// Runs one step with a fault at one call. Says whether the call was reached, and what came of it.
async fn faulty(world: &Arc<World>, event: Value, call: u64, kind: FaultKind) -> (bool, Result<Value, ()>) {
    world.faults.arm(Plan::calm().with(call, kind));
    let ended = run(world, event, 1).await;
    let reached = world.faults.calls() > call;
    world.faults.disarm();
    (reached, ended)
}

/// Every fault at every call of a step, each in a history of its own.
async fn at_every_call<F: Future<Output = bool>>(history: impl Fn(u64, FaultKind) -> F) {
    let mut calls = 0;
    for kind in FaultKind::ALL {
        for call in 0..50 {
            if !history(call, kind).await {
                calls = calls.max(call);
                break;
            }
        }
    }
    assert!((3..50).contains(&calls), "{calls} calls");
}

/// All of an account, or nothing of it.
fn is_whole(world: &Arc<World>) -> bool {
    let parts = [
        count(world, "authority", "user#", "user"),
        count(world, "authority", "email#", ""),
        count(world, "identity", "user#", "password"),
    ];
    assert!(
        parts == [0, 0, 0] || parts == [1, 1, 1],
        "half an account: {parts:?}"
    );
    parts == [1, 1, 1]
}

/// What somebody does who wants an account and does not know how far they came.
async fn gets_an_account(world: &Arc<World>) {
    world.clock.advance(Duration::minutes(1));
    if run(world, json!({ "step": "log in" }), 90).await.is_ok() {
        return;
    }
    let asked = run(world, json!({ "step": "register" }), 91).await.unwrap();
    let typed = json!({ "step": "verify", "ticket": asked["ticket"], "code": code(world, ANNA) });
    run(world, typed, 92).await.unwrap();
    run(world, json!({ "step": "log in" }), 93).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_fault_in_a_registration_leaves_nothing_and_a_second_try_succeeds() {
    at_every_call(async |call, kind| {
        let world = cheap_world();
        let (reached, _) = faulty(&world, json!({ "step": "register" }), call, kind).await;
        assert!(!is_whole(&world), "{call} {kind:?}");
        gets_an_account(&world).await;
        assert!(is_whole(&world), "{call} {kind:?}");
        reached
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_fault_in_a_verification_leaves_all_or_nothing_and_a_second_try_succeeds() {
    at_every_call(async |call, kind| {
        let world = cheap_world();
        let asked = run(&world, json!({ "step": "register" }), 1).await.unwrap();
        let typed = json!({ "step": "verify", "ticket": asked["ticket"], "code": code(&world, ANNA) });
        let (reached, ended) = faulty(&world, typed, call, kind).await;
        assert!(is_whole(&world) || ended.is_err(), "{call} {kind:?}");
        gets_an_account(&world).await;
        assert!(is_whole(&world), "{call} {kind:?}");
        reached
    })
    .await;
}

/// Which of the two passwords opens; exactly one does.
async fn opening(desk: &Desk) -> &'static str {
    desk.world.clock.advance(Duration::minutes(1));
    let (old, new) = (desk.opens(ANNA, PASSWORD).await, desk.opens(ANNA, NEW).await);
    assert_ne!(old, new);
    if old { PASSWORD } else { NEW }
}

#[tokio::test(start_paused = true)]
async fn a_fault_in_a_reset_leaves_the_old_password_or_the_new_one_and_a_second_try_succeeds() {
    for faulty_step in ["ask for a reset", "reset"] {
        at_every_call(async |call, kind| {
            let desk = Desk::open();
            let user_id = desk.customer(ANNA).await;
            let ask = json!({ "step": "ask for a reset" });
            let (reached, ended);
            if faulty_step == "reset" {
                run(&desk.world, ask.clone(), 2).await.unwrap();
                let chosen = json!({ "step": "reset", "token": token(&desk.world, ANNA, "rst") });
                (reached, ended) = faulty(&desk.world, chosen, call, kind).await;
            } else {
                (reached, ended) = faulty(&desk.world, ask.clone(), call, kind).await;
                assert_eq!(opening(&desk).await, PASSWORD, "{call} {kind:?}");
            }
            let sessions = desk.authority().sessions(&user_id).await.unwrap();
            let opens = opening(&desk).await;
            assert!(
                opens == NEW || faulty_step != "reset" || ended.is_err(),
                "{call} {kind:?}"
            );
            assert!(
                opens == PASSWORD || sessions.is_empty(),
                "{call} {kind:?}: a session outlived the reset"
            );
            if opens == PASSWORD {
                run(&desk.world, ask, 3).await.unwrap();
                let chosen = json!({ "step": "reset", "token": token(&desk.world, ANNA, "rst") });
                run(&desk.world, chosen, 4).await.unwrap();
            }
            assert_eq!(opening(&desk).await, NEW, "{call} {kind:?}");
            reached
        })
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_fault_in_a_magic_link_lets_nobody_in_twice_and_a_second_try_succeeds() {
    for faulty_step in ["ask for a link", "redeem"] {
        at_every_call(async |call, kind| {
            let desk = Desk::open();
            let user_id = desk.customer(ANNA).await;
            let sessions = async || desk.authority().sessions(&user_id).await.unwrap().len();
            let before = sessions().await;
            let ask = json!({ "step": "ask for a link" });
            let reached = if faulty_step == "redeem" {
                let asked = run(&desk.world, ask.clone(), 2).await.unwrap();
                let followed =
                    json!({ "step": "redeem", "ticket": asked["ticket"], "token": token(&desk.world, ANNA, "lnk") });
                let (reached, _) = faulty(&desk.world, followed.clone(), call, kind).await;
                // Once more by the same link, whatever became of the first time.
                drop(run(&desk.world, followed, 3).await);
                reached
            } else {
                faulty(&desk.world, ask.clone(), call, kind).await.0
            };
            assert!(sessions().await <= before + 1, "{call} {kind:?}");
            desk.world.clock.advance(Duration::minutes(1));
            let asked = run(&desk.world, ask, 4).await.unwrap();
            let followed =
                json!({ "step": "redeem", "ticket": asked["ticket"], "token": token(&desk.world, ANNA, "lnk") });
            run(&desk.world, followed, 5).await.unwrap();
            reached
        })
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_fault_in_a_login_counts_against_the_owner_at_most_once() {
    at_every_call(async |call, kind| {
        let desk = Desk::open();
        desk.customer(ANNA).await;
        let (reached, _) = faulty(&desk.world, json!({ "step": "log in" }), call, kind).await;
        let rows = desk.world.rows("identity").unwrap();
        let failures = rows.iter().filter_map(|row| row["failures"].as_i64()).max();
        assert!(failures.unwrap_or_default() <= 1, "{call} {kind:?}");
        run(&desk.world, json!({ "step": "log in" }), 2).await.unwrap();
        reached
    })
    .await;
}
