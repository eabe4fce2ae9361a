//! Somebody is gone, and something goes wrong at every call on the way.

use std::sync::Arc;

use authority::UserId;
use kernel::{Ids, SeededRandom};
use platform::table::Transaction;
use serde_json::Value;
use testing::{Ended, FaultKind, Host, Plan, World, cloud, handler};

use super::Forgetting;
use crate::provider::ProviderName;
use crate::store::{Link, Store, Subject};

const FUNCTION: &str = "federation-on-user-erased";

/// Anna and Ben, who both have accounts at two providers.
async fn world() -> (Arc<World>, UserId) {
    let world = Arc::new(World::new().unwrap());
    let random = SeededRandom::new(3);
    let ids = Ids::new(world.now(), &random);
    let (anna, ben) = (UserId::mint(&ids), UserId::mint(&ids));
    let store = Store::new(&cloud(&world, "federation-finish-link"));
    for user_id in [&anna, &ben] {
        for provider in ["one", "two"] {
            let link = Link {
                user_id: user_id.clone(),
                provider: ProviderName::parse(provider).unwrap(),
                subject: Subject::new(&format!("https://{provider}.example.com"), user_id.as_str()),
                made_account: provider == "one",
                linked_at: world.now(),
            };
            let writes = store.linking(&link).into_iter();
            let transaction = writes.fold(Transaction::new(), Transaction::with);
            transaction.commit().await.unwrap();
        }
    }
    (world, anna)
}

async fn forget(world: &Arc<World>, user_id: &UserId, seed: u64) -> Ended {
    let user_id = user_id.clone();
    let build = move |cloud: &platform::Cloud| {
        let forgetting: &'static Forgetting = Box::leak(Box::new(Forgetting::new(cloud)));
        let user_id = user_id.clone();
        handler(move |_| {
            let user_id = user_id.clone();
            async move { forgetting.forget(&user_id).await.map(|()| Value::Null) }
        })
    };
    Host::start(world, FUNCTION, build, seed).run(Value::Null).await
}

/// How many rows name this person, and how many another.
fn rows(world: &World, user_id: &UserId) -> (usize, usize) {
    let rows = world.rows("federation").unwrap();
    let theirs = rows
        .iter()
        .filter(|row| row["user_id"] == user_id.as_str())
        .count();
    (theirs, rows.len() - theirs)
}

#[tokio::test(start_paused = true)]
async fn whatever_goes_wrong_no_way_into_the_account_is_left_in_the_end_and_all_into_others() {
    let (calm, anna) = world().await;
    assert_eq!(rows(&calm, &anna), (4, 4));
    calm.faults.arm(Plan::calm());
    let Ended::Answered(Ok(_)) = forget(&calm, &anna, 1).await else {
        panic!("a calm world forgets")
    };
    let calls = calm.faults.calls();
    assert!(calls > 3, "{:?}", calm.faults.trace());
    for kind in FaultKind::ALL {
        for call in 0..calls {
            let (world, anna) = world().await;
            world.faults.arm(Plan::calm().with(call, kind));
            let first = forget(&world, &anna, 1).await;
            world.faults.disarm();
            let case = format!("{kind:?} at {call}: {:?}", world.faults.trace());
            if !matches!(first, Ended::Answered(Ok(_))) {
                let again = forget(&world, &anna, 2).await;
                assert!(matches!(again, Ended::Answered(Ok(_))), "{case}");
            }
            assert_eq!(rows(&world, &anna), (0, 4), "{case}");
        }
    }
}
