//! Sessions when anything goes wrong at any call. ID-10

use std::rc::Rc;
use std::sync::Arc;

use authority::{Authority, RefreshError, STOREFRONT, Start, Tokens, User};
use kernel::Fault;
use proptest::prelude::*;
use serde_json::{Value, json};
use testing::{Ended, FaultKind, Host, Plan, World, handler};

use crate::desk::{Desk, origin};

/// What one process of a function is asked to do.
#[derive(Clone)]
enum Work {
    Start(Box<(User, Start)>),
    Refresh(String),
}

/// Runs the work in a process of its own, which may die of the plan.
async fn run(world: &Arc<World>, work: Work, plan: Plan, seed: u64) -> Ended {
    let build = |cloud: &platform::Cloud| {
        let authority: Rc<Authority> = Rc::new(Authority::new(cloud));
        let work = work.clone();
        handler(move |_| {
            let (authority, work) = (Rc::clone(&authority), work.clone());
            async move {
                let tokens = match work {
                    Work::Start(work) => authority.start_session(&work.0, work.1).await?,
                    Work::Refresh(token) => match authority.refresh(&token, STOREFRONT, &origin()).await {
                        Ok(tokens) => tokens,
                        Err(RefreshError::Reused) => return Ok(json!("reused")),
                        Err(RefreshError::Invalid) => return Ok(json!("invalid")),
                        Err(RefreshError::Store(fault)) => return Err(fault),
                    },
                };
                Ok(json!({ "access": tokens.access_token, "refresh": tokens.refresh_token }))
            }
        })
    };
    let host = Host::start(world, "authority-refresh", build, seed);
    world.faults.arm(plan);
    let ended = host.run(Value::Null).await;
    world.faults.disarm();
    ended
}

async fn calm(world: &Arc<World>, work: Work) -> Value {
    match run(world, work, Plan::calm(), 77).await {
        Ended::Answered(Ok(answer)) => answer,
        other => panic!("{other:?}"),
    }
}

fn refresh_of(tokens: &Tokens) -> Work {
    Work::Refresh(tokens.refresh_token.clone().unwrap())
}

fn text(answer: &Value) -> String {
    answer["refresh"]
        .as_str()
        .unwrap_or_else(|| panic!("{answer}"))
        .to_owned()
}

// Every kind of fault at every call of a refresh: whatever the client saw, its next try goes on, and
// there is one lineage.
#[tokio::test(start_paused = true)]
async fn a_refresh_that_dies_anywhere_is_finished_by_the_next() {
    let mut histories = 0;
    for kind in FaultKind::ALL {
        for call in 0..12 {
            let desk = Desk::open();
            let first = desk.log_in(&desk.user("ada@example.com", &[]).await).await;
            run(&desk.world, refresh_of(&first), Plan::calm().with(call, kind), 5).await;
            let was_reached = desk.world.faults.calls() > call;
            let second = text(&calm(&desk.world, refresh_of(&first)).await);
            assert_eq!(
                second,
                text(&calm(&desk.world, refresh_of(&first)).await),
                "{kind:?} at {call}"
            );
            let third = calm(&desk.world, Work::Refresh(second)).await;
            assert!(third["access"].is_string(), "{kind:?} at {call}");
            histories += u32::from(was_reached);
        }
    }
    assert!(histories >= 15, "the plan reached {histories} calls only");
}

// The end of a family is written whatever happens to the request that found the reuse: the next
// reuse finishes it, and nobody gets tokens in between.
#[tokio::test(start_paused = true)]
async fn a_reuse_that_dies_anywhere_still_ends_the_session() {
    for kind in FaultKind::ALL {
        for call in 0..8 {
            let desk = Desk::open();
            let first = desk.log_in(&desk.user("ada@example.com", &[]).await).await;
            let second = text(&calm(&desk.world, refresh_of(&first)).await);
            let third = text(&calm(&desk.world, Work::Refresh(second)).await);
            match run(&desk.world, refresh_of(&first), Plan::calm().with(call, kind), 5).await {
                Ended::Answered(Ok(answer)) => assert!(answer.is_string(), "no tokens: {answer}"),
                Ended::Answered(Err(fault)) => assert!(fault.is_busy(), "{fault:?}"),
                Ended::Crashed => {}
            }
            let again = calm(&desk.world, refresh_of(&first)).await;
            assert!(again == json!("reused") || again == json!("invalid"), "{again}");
            assert_eq!(
                calm(&desk.world, Work::Refresh(third)).await,
                json!("invalid"),
                "{kind:?} at {call}"
            );
            let told = desk
                .trail()
                .iter()
                .filter(|action| *action == "session.reused")
                .count();
            assert_eq!(told, 1, "{kind:?} at {call}");
        }
    }
}

// A session and its entry in the trail are there together or not at all.
#[tokio::test(start_paused = true)]
async fn a_start_that_dies_anywhere_leaves_nothing_half_done() {
    for kind in FaultKind::ALL {
        for call in 0..10 {
            let desk = Desk::open();
            let user = desk.user("ada@example.com", &[]).await;
            let work = Work::Start(Box::new((user.clone(), desk.start())));
            let ended = run(&desk.world, work.clone(), Plan::calm().with(call, kind), 5).await;
            let sessions = desk.authority.sessions(&user.user_id).await.unwrap().len();
            let told = desk.trail().len();
            assert_eq!(sessions, told, "{kind:?} at {call}");
            if let Ended::Answered(Ok(answer)) = ended {
                assert_eq!(sessions, 1, "{kind:?} at {call}");
                let next = calm(&desk.world, Work::Refresh(text(&answer))).await;
                assert!(next["access"].is_string());
            }
            assert!(
                calm(&desk.world, work).await["access"].is_string(),
                "the next login works"
            );
        }
    }
}

/// What happens to one session.
#[derive(Debug, Clone)]
enum Step {
    /// The honest client presents what it has; its answer may be lost.
    Honest { lost: bool },
    /// Somebody presents a copy of an earlier token.
    Thief { back: usize },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let honest = any::<bool>().prop_map(|lost| Step::Honest { lost });
    let thief = (1_usize..4).prop_map(|back| Step::Thief { back });
    proptest::collection::vec(prop_oneof![4 => honest, 1 => thief], 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// A client that is honest stays logged in however many answers are lost, until a copy of a token
    /// comes back whose successor was used: then nobody is logged in any more.
    #[test]
    fn a_session_lives_until_a_copy_shows_up(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(history(&steps))?;
    }
}

async fn history(steps: &[Step]) -> Result<(), TestCaseError> {
    let desk = Desk::open();
    let first = desk.log_in(&desk.user("ada@example.com", &[]).await).await;
    // Every token of the lineage; the client holds `lineage[held]`.
    let mut lineage = vec![first.refresh_token.unwrap()];
    let (mut held, mut over) = (0, false);
    for step in steps {
        let presented = match step {
            Step::Honest { .. } => held,
            Step::Thief { back } => (lineage.len() - 1).saturating_sub(*back),
        };
        let result = desk
            .authority
            .refresh(&lineage[presented], STOREFRONT, &origin())
            .await;
        let present = lineage.len() - 1;
        match (over, present - presented) {
            (true, _) => prop_assert!(matches!(result, Err(RefreshError::Invalid))),
            (false, 0 | 1) => {
                let next = result.map_err(|error| TestCaseError::fail(format!("{error:?}")))?;
                let next = next.refresh_token.unwrap();
                match lineage.get(presented + 1) {
                    Some(known) => prop_assert_eq!(known, &next, "the same successor"),
                    None => lineage.push(next),
                }
                if matches!(step, Step::Honest { lost: false }) {
                    held = presented + 1;
                }
            }
            (false, _) => {
                prop_assert!(matches!(result, Err(RefreshError::Reused)));
                over = true;
            }
        }
    }
    Ok(())
}

#[test]
fn a_fault_is_not_taken_for_an_invalid_token() {
    let busy = Fault::from(RefreshError::Store(Fault::busy("throttled")));
    assert!(busy.is_busy());
    let (one, other) = (
        Fault::from(RefreshError::Invalid),
        Fault::from(RefreshError::Reused),
    );
    assert_eq!(
        (one.code(), one.to_string()),
        (other.code(), other.to_string()),
        "one answer"
    );
}
