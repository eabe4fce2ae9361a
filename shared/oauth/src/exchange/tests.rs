//! A code is exchanged, and something goes wrong at every call on the way.

use std::sync::Arc;

use authority::{Authority, NewUser, Start, UserId};
use kernel::{Duration, Email, Fault, Ids, Origin, SeededRandom};
use platform::http::Staff;
use platform::table::Transaction;
use serde_json::{Value, json};
use testing::{Ended, FaultKind, Host, Plan, World, cloud, handler};

use crate::Provider;
use crate::client::ClientId;
use crate::credentials::Failure;
use crate::decision::SignedIn;
use crate::grant::CodeGrant;
use crate::manage::{Draft, Registered};
use crate::parameters::Parameters;
use crate::pkce::Challenge;
use crate::redirect::RedirectUri;
use crate::scope::Scopes;
use crate::store::Consent;

const CODE: &str = "cw_ac_a-code-of-this-test";
const HOME: &str = "https://app.example.com/callback";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const FUNCTION: &str = "oauth-token";

/// A world with a person, a client, and a code between them.
async fn world() -> (Arc<World>, UserId, String) {
    let world = Arc::new(World::new().unwrap());
    let cloud = cloud(&world, FUNCTION);
    let (authority, provider) = (Authority::new(&cloud), Provider::new(&cloud));
    let random = SeededRandom::new(3);
    let user_id = UserId::mint(&Ids::new(world.now(), &random));
    let mut transaction = Transaction::new();
    for write in authority.creating(&NewUser {
        user_id: user_id.clone(),
        email: Email::parse("anna@example.com").unwrap(),
        name: None,
        locale: None,
        roles: Vec::new(),
        cart_id: None,
    }) {
        transaction = transaction.with(write);
    }
    transaction.commit().await.unwrap();
    let draft = Draft {
        name: "An app".to_owned(),
        confidential: false,
        redirect_uris: vec![RedirectUri::parse(HOME).unwrap()],
        scopes: Scopes::parse("openid offline_access").unwrap(),
        permissions: Vec::new(),
        pushed_only: false,
    };
    let owner = Staff {
        id: "usr_owner".to_owned(),
        name: "Olga".to_owned(),
        permissions: vec!["*".to_owned()],
        presence: None,
        ends_at: None,
    };
    let Registered { client, .. } = provider
        .register(draft, (&owner, &Origin::default()), world.now())
        .await
        .unwrap();
    let user = authority.user(&user_id).await.unwrap().unwrap();
    let grant = CodeGrant {
        client_id: client.client_id.clone(),
        redirect_uri: HOME.to_owned(),
        challenge: Challenge::parse(Some(CHALLENGE), Some("S256")).unwrap(),
        scopes: client.scopes.clone(),
        nonce: None,
        signed_in: SignedIn {
            user_id: user_id.to_string(),
            authenticated_at: world.now(),
            methods: vec!["pwd".to_owned()],
            assurance: 1,
            epoch: user.epoch,
        },
        expires_at: world.now().plus(Duration::seconds(60)),
    };
    let consent = Consent {
        client_id: client.client_id.clone(),
        client_name: client.name.clone(),
        scopes: client.scopes.clone(),
        granted_at: world.now(),
    };
    let given = provider.store.finish(CODE, &grant, None, Some(&consent));
    given.await.unwrap().unwrap();
    (world, user_id, client.client_id.to_string())
}

/// One exchange in a process of its own: the tokens, or the protocol's refusal as `null`.
async fn exchange(world: &Arc<World>, client_id: &str, seed: u64) -> Ended {
    let client_id = client_id.to_owned();
    let host = Host::start(
        world,
        FUNCTION,
        move |cloud| {
            let provider: &'static Provider = Box::leak(Box::new(Provider::new(cloud)));
            let client_id = client_id.clone();
            handler(move |_| {
                let text = format!(
                    "grant_type=authorization_code&client_id={client_id}&code={CODE}&redirect_uri={HOME}&code_verifier={VERIFIER}"
                );
                async move {
                    let form = Parameters::parse(&text).map_err(Fault::broken)?;
                    match provider.exchange(None, &form, &Origin::default()).await {
                        Ok(tokens) => Ok(json!({ "refresh_token": tokens.refresh_token })),
                        Err(Failure::Refused(_)) => Ok(Value::Null),
                        Err(Failure::Failed(fault)) => Err(fault),
                    }
                }
            })
        },
        seed,
    );
    host.run(Value::Null).await
}

async fn live(world: &Arc<World>, user_id: &UserId) -> usize {
    let authority = Authority::new(&cloud(world, FUNCTION));
    authority.sessions(user_id).await.unwrap().len()
}

// ID-13: what is taken back brings nothing any more, and nothing of what it brought goes on.
#[tokio::test(start_paused = true)]
async fn a_consent_that_is_taken_back_ends_old_sessions_and_codes_that_are_on_their_way() {
    let (world, user_id, client_id) = world().await;
    let process = cloud(&world, FUNCTION);
    let (authority, provider) = (Authority::new(&process), Provider::new(&process));
    let user = authority.user(&user_id).await.unwrap().unwrap();
    let start = |client_id: &str| Start {
        client_id: client_id.to_owned(),
        scopes: None,
        methods: Vec::new(),
        assurance: 1,
        origin: Origin::default(),
        cart_id: None,
        authenticated_at: world.now(),
    };
    authority.start_session(&user, start(&client_id)).await.unwrap();
    for _ in 0..120 {
        world.clock.advance(Duration::millis(1));
        authority.start_session(&user, start("storefront")).await.unwrap();
    }
    let client = ClientId::parse(&client_id).unwrap();
    provider
        .withdraw(user_id.as_str(), &client, &Origin::default())
        .await
        .unwrap();
    let Ended::Answered(Ok(Value::Null)) = exchange(&world, &client_id, 2).await else {
        panic!("a code of before brings nothing")
    };
    let left = authority.sessions_of_client(&user_id, &client_id).await.unwrap();
    assert!(left.is_empty(), "{left:?}");
    assert_eq!(
        authority
            .sessions_of_client(&user_id, "storefront")
            .await
            .unwrap()
            .len(),
        120
    );
}

// ID-11
#[tokio::test(start_paused = true)]
async fn whatever_goes_wrong_a_code_brings_one_grant_at_most_and_using_it_again_ends_it() {
    let (calm, user_id, client_id) = world().await;
    calm.faults.arm(Plan::calm());
    let Ended::Answered(Ok(Value::Object(_))) = exchange(&calm, &client_id, 1).await else {
        panic!("a calm exchange brings tokens")
    };
    assert_eq!(live(&calm, &user_id).await, 1);
    let calls = calm.faults.calls();
    assert!(calls > 5, "{:?}", calm.faults.trace());
    for kind in FaultKind::ALL {
        for call in 0..calls {
            let (world, user_id, client_id) = world().await;
            world.faults.arm(Plan::calm().with(call, kind));
            let first = exchange(&world, &client_id, 1).await;
            world.faults.disarm();
            let delivered = matches!(&first, Ended::Answered(Ok(Value::Object(_))));
            let case = format!("{kind:?} at {call}: {:?}", world.faults.trace());
            assert!(live(&world, &user_id).await <= 1, "{case}");
            let second = exchange(&world, &client_id, 2).await;
            let again = matches!(&second, Ended::Answered(Ok(Value::Object(_))));
            assert!(!(delivered && again), "two grants of one code: {case}");
            if delivered {
                assert_eq!(live(&world, &user_id).await, 0, "used again, so over: {case}");
            }
            assert!(live(&world, &user_id).await <= 1, "{case}");
        }
    }
}
