//! Somebody is gone, and something goes wrong at every call on the way.

use std::sync::Arc;

use authority::UserId;
use kernel::{Duration, Fault, Ids, SeededRandom};
use serde_json::Value;
use testing::{Ended, FaultKind, Host, Plan, World, cloud, handler};

use super::Forgetting;
use crate::client::ClientId;
use crate::decision::SignedIn;
use crate::grant::CodeGrant;
use crate::pkce::Challenge;
use crate::scope::Scopes;
use crate::store::{Consent, Late, Store};

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const FUNCTION: &str = "oauth-on-user-erased";

/// A consent of this person with its code, and a browser they are signed in with.
async fn agree(world: &Arc<World>, user_id: &UserId, seed: u64) -> Result<(), Late> {
    let store = Store::new(&cloud(world, "oauth-decide"));
    let random = SeededRandom::new(seed);
    let ids = Ids::new(world.now(), &random);
    let signed_in = SignedIn {
        user_id: user_id.to_string(),
        authenticated_at: world.now(),
        methods: vec!["pwd".to_owned()],
        assurance: 1,
        epoch: 1,
    };
    let consent = Consent {
        client_id: ClientId::mint(&ids),
        client_name: "An app".to_owned(),
        scopes: Scopes::parse("openid").unwrap(),
        granted_at: world.now(),
    };
    let grant = CodeGrant {
        client_id: consent.client_id.clone(),
        redirect_uri: "https://app.example.com/callback".to_owned(),
        challenge: Challenge::parse(Some(CHALLENGE), Some("S256")).unwrap(),
        scopes: consent.scopes.clone(),
        nonce: None,
        signed_in: signed_in.clone(),
        expires_at: world.now().plus(Duration::seconds(60)),
    };
    let code = format!("cw_ac_{user_id}_{seed}");
    store.finish(&code, &grant, None, Some(&consent)).await.unwrap()?;
    let browser = format!("browser-{user_id}-{seed}");
    store.sign_in(&browser, &signed_in).await.unwrap();
    Ok(())
}

/// Anna and Ben, who have both agreed to two programs.
async fn world() -> (Arc<World>, UserId) {
    let world = Arc::new(World::new().unwrap());
    let random = SeededRandom::new(3);
    let ids = Ids::new(world.now(), &random);
    let (anna, ben) = (UserId::mint(&ids), UserId::mint(&ids));
    for (user_id, seed) in [(&anna, 5), (&anna, 6), (&ben, 7), (&ben, 8)] {
        agree(&world, user_id, seed).await.unwrap();
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

/// How many rows name this person, but for the mark; and how many there are of everybody else.
fn rows(world: &World, user_id: &UserId) -> (usize, usize) {
    let rows = world.rows("oauth").unwrap();
    let names = |row: &&Value| row.to_string().contains(user_id.as_str());
    let kept = rows.iter().filter(|row| row["sk"] != "erased");
    let (theirs, others): (Vec<_>, Vec<_>) = kept.partition(names);
    (theirs.len(), others.len())
}

#[tokio::test(start_paused = true)]
async fn whatever_goes_wrong_nothing_of_somebody_is_left_in_the_end_and_all_of_everybody_else() {
    let (calm, anna) = world().await;
    assert_eq!(rows(&calm, &anna), (6, 6));
    calm.faults.arm(Plan::calm());
    let Ended::Answered(Ok(_)) = forget(&calm, &anna, 1).await else {
        panic!("a calm world forgets")
    };
    let calls = calm.faults.calls();
    assert!(calls > 8, "{:?}", calm.faults.trace());
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
            assert_eq!(rows(&world, &anna), (0, 6), "{case}");
        }
    }
}

#[tokio::test]
async fn a_consent_that_comes_after_the_end_is_not_kept() -> Result<(), Fault> {
    let (world, anna) = world().await;
    Forgetting::new(&cloud(&world, FUNCTION)).forget(&anna).await?;
    assert_eq!(agree(&world, &anna, 9).await, Err(Late));
    assert_eq!(rows(&world, &anna), (0, 6));
    Ok(())
}
