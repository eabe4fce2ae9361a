//! A crash, a lost answer, a throttle or a conflict at every call of a way to a provider and back, to
//! AWS and to the provider alike: nothing half-done stays, and whoever tries again gets there.

use std::sync::Arc;

use authority::{Authority, NewUser, UserId};
use kernel::{Duration, Email, Fault, Ids, Origin, SeededRandom};
use platform::Cloud;
use platform::table::Transaction;
use platform::token::{CartTokens, Es256Key};
use platform::wire::{WireAnswer, WireRequest};
use serde_json::{Value, json};
use testing::{Ended, FaultKind, Handler, Host, Plan, World, cloud, handler};

use crate::secrets::hash;
use crate::{Federation, FederationError, ProviderName, Returned, Settings};

const ANNA: &str = "anna@example.com";
const ISSUER: &str = "https://accounts.example.com";

/// A provider whose one user is Anna. Its codes are nonce and challenge of the way there; it takes
/// one as often as it is shown, so that only the shop sees to it that a way is gone once.
struct Accounts {
    key: Es256Key,
    clock: Arc<World>,
    issuer: &'static str,
}

impl Accounts {
    fn answer(&self, request: &WireRequest) -> Option<WireAnswer> {
        let body = match request.uri.strip_prefix(self.issuer)? {
            "/.well-known/openid-configuration" => json!({
                "issuer": self.issuer,
                "authorization_endpoint": format!("{}/authorize", self.issuer),
                "token_endpoint": format!("{}/token", self.issuer),
                "jwks_uri": format!("{}/keys", self.issuer),
            }),
            "/keys" => {
                let (x, y) = self.key.public().coordinates();
                let key = json!({
                    "kty": "EC", "crv": "P-256", "kid": self.key.kid(), "use": "sig", "alg": "ES256", "x": x, "y": y,
                });
                json!({ "keys": [key] })
            }
            "/token" => self.tokens(&String::from_utf8_lossy(&request.body))?,
            _ => return None,
        };
        Some(WireAnswer {
            status: 200,
            headers: Vec::new(),
            body: body.to_string().into_bytes(),
        })
    }

    fn tokens(&self, form: &str) -> Option<Value> {
        let (nonce, challenge) = parameter(form, "code")?.split_once('.')?;
        if hash(parameter(form, "code_verifier")?) != challenge {
            return None;
        }
        let now_s = self.clock.now().unix_s();
        let claims = json!({
            "iss": self.issuer, "aud": "shop", "sub": "248289761001", "nonce": nonce,
            "iat": now_s, "exp": now_s + 300, "email": ANNA, "email_verified": true,
        });
        Some(json!({ "id_token": self.key.sign("JWT", &claims).unwrap() }))
    }
}

fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// A shop that knows two providers, and those providers.
struct Desk {
    world: Arc<World>,
    accounts: [Accounts; 2],
}

const PROVIDERS: [(&str, &str); 2] = [("first", ISSUER), ("second", "https://login.example.org")];

impl Desk {
    async fn open() -> Self {
        let world = Arc::new(World::new().unwrap());
        let federation = Federation::new(&cloud(&world, "federation-put-provider"));
        for (name, issuer) in PROVIDERS {
            let settings = Settings {
                title: name.to_owned(),
                issuer: issuer.to_owned(),
                client_id: "shop".to_owned(),
                client_secret: Some("a secret".to_owned()),
                scopes: Vec::new(),
                enabled: true,
            };
            federation
                .put_provider(&provider(name), None, settings)
                .await
                .unwrap();
        }
        let accounts = PROVIDERS.map(|(_, issuer)| Accounts {
            key: Es256Key::from_pkcs8(&Es256Key::generate().unwrap()).unwrap(),
            clock: Arc::clone(&world),
            issuer,
        });
        Self { world, accounts }
    }

    /// One step in a process of its own, of the function that has it.
    async fn run(&self, function: &str, event: Value, seed: u64) -> Result<Value, ()> {
        let host = Host::start(&self.world, function, build, seed);
        let serve = |request: WireRequest| {
            let answer = self
                .accounts
                .iter()
                .find_map(|accounts| accounts.answer(&request));
            std::future::ready(answer)
        };
        match host.invoke(event, serve).await {
            Ended::Answered(Ok(answer)) => Ok(answer),
            Ended::Answered(Err(_)) | Ended::Crashed => Err(()),
        }
    }

    /// The same with a fault at one call. Says whether the call was reached, and what came of it.
    async fn faulty(&self, function: &str, event: Value, at: (u64, FaultKind)) -> (bool, Result<Value, ()>) {
        self.world.faults.arm(Plan::calm().with(at.0, at.1));
        let ended = self.run(function, event, 1).await;
        let reached = self.world.faults.calls() > at.0;
        self.world.faults.disarm();
        (reached, ended)
    }

    /// A way to the provider; what the browser comes back with.
    async fn way(&self, provider: &str, linking: Option<&UserId>, seed: u64) -> Value {
        let function = match linking {
            Some(_) => "federation-link",
            None => "federation-begin",
        };
        let event = begin(provider, linking);
        back(&self.run(function, event, seed).await.unwrap())
    }

    /// Signs in by a way of its own.
    async fn sign_in(&self, seed: u64) {
        let mut event = self.way("first", None, seed).await;
        event["step"] = json!("finish");
        self.run("federation-finish", event, seed + 1).await.unwrap();
    }

    /// Links by a way of its own.
    async fn link(&self, provider: &str, user_id: &UserId, seed: u64) {
        let event = linking(self.way(provider, Some(user_id), seed).await, user_id);
        self.run("federation-finish-link", event, seed + 1).await.unwrap();
    }

    /// Somebody who came without a provider.
    async fn customer(&self) -> UserId {
        let authority = self.authority();
        let user_id = UserId::mint(&Ids::new(self.world.now(), &SeededRandom::new(9)));
        let new = NewUser {
            user_id: user_id.clone(),
            email: Email::parse("own@example.com").unwrap(),
            name: None,
            locale: None,
            roles: Vec::new(),
            cart_id: None,
        };
        let writes = authority.creating(&new);
        let transaction = writes.into_iter().fold(Transaction::new(), Transaction::with);
        transaction.commit().await.unwrap();
        user_id
    }

    fn authority(&self) -> Authority {
        Authority::new(&cloud(&self.world, "federation-finish"))
    }

    fn rows(&self, table: &str, pk: &str, sk: &str) -> Vec<Value> {
        let starts = |row: &Value, name: &str, with: &str| row[name].as_str().unwrap().starts_with(with);
        let mut rows = self.world.rows(table).unwrap();
        rows.retain(|row| starts(row, "pk", pk) && starts(row, "sk", sk));
        rows
    }

    /// How often the trail has this.
    fn told(&self, action: &str) -> usize {
        let rows = self.world.rows("trail").unwrap();
        rows.iter().filter(|row| row["action"] == action).count()
    }

    /// How many ways into an account there are; each of them whole.
    fn links(&self) -> usize {
        let subjects = self.rows("federation", "subject#", "subject").len();
        assert_eq!(
            subjects,
            self.rows("federation", "user#", "link#").len(),
            "half a link"
        );
        subjects
    }

    /// Whether there is an account, all of it, with a way in and a line in the trail.
    fn has_account(&self) -> bool {
        let parts = [
            self.rows("authority", "user#", "user").len(),
            self.rows("authority", "email#", "").len(),
            self.links(),
            self.told("user.created"),
        ];
        assert!(parts == [0; 4] || parts == [1; 4], "half an account: {parts:?}");
        parts == [1; 4]
    }

    async fn sessions(&self) -> usize {
        let Some(user) = self
            .authority()
            .user_by_email(&Email::parse(ANNA).unwrap())
            .await
            .unwrap()
        else {
            return 0;
        };
        self.authority().sessions(&user.user_id).await.unwrap().len()
    }
}

fn provider(name: &str) -> ProviderName {
    ProviderName::parse(name).unwrap()
}

fn begin(provider: &str, linking: Option<&UserId>) -> Value {
    json!({ "step": "begin", "provider": provider, "user_id": linking.map(ToString::to_string) })
}

fn linking(mut way: Value, user_id: &UserId) -> Value {
    way["step"] = json!("link");
    way["user_id"] = json!(user_id.to_string());
    way
}

/// What the provider sends the browser back with.
fn back(begun: &Value) -> Value {
    let address = begun["url"].as_str().unwrap();
    let (_, query) = address.split_once('?').unwrap();
    let word = |name: &str| parameter(query, name).unwrap();
    json!({
        "provider": begun["provider"], "state": word("state"), "secret": begun["secret"],
        "code": format!("{}.{}", word("nonce"), word("code_challenge")),
    })
}

/// One step, named by the event.
fn build(cloud: &Cloud) -> Handler {
    let federation = Arc::new(Federation::new(cloud));
    handler(move |event: Value| {
        let federation = Arc::clone(&federation);
        async move { step(&federation, &event).await.map_err(Fault::from) }
    })
}

async fn step(federation: &Federation, event: &Value) -> Result<Value, FederationError> {
    let word = |name: &str| event[name].as_str().unwrap_or_default().to_owned();
    let name = provider(&word("provider"));
    let user_id = event["user_id"].as_str().map(|text| UserId::parse(text).unwrap());
    let returned = Returned {
        code: word("code"),
        state: word("state"),
        iss: None,
        browser_secret: word("secret"),
    };
    let origin = Origin::default();
    match (word("step").as_str(), user_id) {
        ("begin", linking) => {
            let begun = federation
                .begin(&name, linking, event["cart_token"].as_str())
                .await?;
            return Ok(json!({
                "provider": name.as_str(), "url": begun.authorization_url, "secret": begun.browser_secret,
            }));
        }
        ("finish", None) => drop(federation.finish(&name, &returned, &origin).await?),
        ("link", Some(user_id)) => federation.link(&user_id, &name, &returned, &origin).await?,
        ("unlink", Some(user_id)) => match federation.unlink(&user_id, &name, false, &origin).await {
            // Gone already: 404, which is where somebody who removes it wants to be.
            Ok(()) | Err(FederationError::NoProvider) => {}
            Err(error) => return Err(error),
        },
        other => panic!("{other:?}"),
    }
    Ok(json!({}))
}

// ID-18
#[tokio::test(start_paused = true)]
async fn a_cart_comes_along_by_its_token_and_not_by_its_id() {
    let shop = Desk::open().await;
    let cloud = cloud(&shop.world, "federation-begin");
    let tokens = CartTokens::new(cloud.secret("signing").bytes(), cloud.need("APP_NAME"));
    let now = shop.world.now();
    let token = tokens.sign("crt_1", now, now.plus(Duration::hours(1))).unwrap();
    let mut event = begin("first", None);
    let carts = async |event: &Value, seed| {
        shop.run("federation-begin", event.clone(), seed).await.unwrap();
        let rows = shop.world.rows("federation").unwrap();
        rows.iter().filter(|row| row["cart_id"] == "crt_1").count()
    };
    event["cart_token"] = json!("crt_1");
    assert_eq!(carts(&event, 1).await, 0);
    event["cart_token"] = json!(token);
    assert_eq!(carts(&event, 2).await, 1);
}

/// Every fault at every call of a step, each in a history of its own.
async fn at_every_call<F: Future<Output = bool>>(history: impl Fn((u64, FaultKind)) -> F) {
    let mut calls = 0;
    for kind in FaultKind::ALL {
        for call in 0..50 {
            if !history((call, kind)).await {
                calls = calls.max(call);
                break;
            }
        }
    }
    assert!((3..50).contains(&calls), "{calls} calls");
}

#[tokio::test(start_paused = true)]
async fn a_fault_on_the_way_to_a_provider_keeps_nobody_from_going_again() {
    at_every_call(async |at| {
        let desk = Desk::open().await;
        let (reached, _) = desk.faulty("federation-begin", begin("first", None), at).await;
        assert!(!desk.has_account(), "{at:?}");
        desk.sign_in(2).await;
        assert!(desk.has_account(), "{at:?}");
        reached
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_fault_in_a_first_sign_in_leaves_a_whole_account_or_none_and_a_second_try_succeeds() {
    at_every_call(async |at| {
        let desk = Desk::open().await;
        let mut event = desk.way("first", None, 2).await;
        event["step"] = json!("finish");
        let (reached, first) = desk.faulty("federation-finish", event.clone(), at).await;
        assert!(desk.has_account() || first.is_err(), "{at:?}");
        let sessions = desk.sessions().await;
        assert!(sessions <= 1, "{at:?}");
        // The same way once more, as a page that is reloaded goes.
        let again = desk.run("federation-finish", event, 3).await;
        assert!(first.is_err() || again.is_err(), "gone twice: {at:?}");
        desk.sign_in(4).await;
        assert!(desk.has_account(), "{at:?}");
        assert!(desk.sessions().await > sessions, "{at:?}");
        reached
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_fault_in_a_later_sign_in_opens_one_session_at_most_and_a_second_try_succeeds() {
    at_every_call(async |at| {
        let desk = Desk::open().await;
        desk.sign_in(2).await;
        let mut event = desk.way("first", None, 4).await;
        event["step"] = json!("finish");
        let (reached, first) = desk.faulty("federation-finish", event.clone(), at).await;
        let again = desk.run("federation-finish", event, 5).await;
        assert!(first.is_err() || again.is_err(), "gone twice: {at:?}");
        let sessions = desk.sessions().await;
        assert!((1..=2).contains(&sessions), "{sessions} {at:?}");
        desk.sign_in(6).await;
        assert!(desk.has_account(), "{at:?}");
        assert_eq!(desk.sessions().await, sessions + 1, "{at:?}");
        reached
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_fault_in_a_linking_leaves_all_of_it_or_nothing_and_the_owner_is_told_once() {
    at_every_call(async |at| {
        let desk = Desk::open().await;
        let user_id = desk.customer().await;
        let event = linking(desk.way("first", Some(&user_id), 2).await, &user_id);
        let (reached, first) = desk.faulty("federation-finish-link", event, at).await;
        let whole = |count: usize| {
            let letters = desk.rows("federation", "mail#", "mail").len();
            (desk.links(), desk.told("provider.linked"), letters) == (count, count, count)
        };
        assert!(whole(1) || (whole(0) && first.is_err()), "{at:?}");
        desk.link("first", &user_id, 4).await;
        assert!(whole(1), "{at:?}");
        reached
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_fault_in_an_unlinking_leaves_all_of_it_or_nothing_and_another_way_in_either_way() {
    at_every_call(async |at| {
        let desk = Desk::open().await;
        desk.sign_in(2).await;
        let anna = desk
            .authority()
            .user_by_email(&Email::parse(ANNA).unwrap())
            .await
            .unwrap()
            .unwrap();
        desk.link("second", &anna.user_id, 4).await;
        let event = json!({ "step": "unlink", "provider": "first", "user_id": anna.user_id.to_string() });
        let (reached, first) = desk.faulty("federation-unlink", event.clone(), at).await;
        // What is left, and that the account goes on being one without a password.
        let whole = |left: usize| {
            let links = desk.rows("federation", "user#", "link#");
            let makers = links.iter().filter(|link| link["made_account"] == true).count();
            let letters = desk.rows("federation", "mail#", "mail").len();
            let told = desk.told("provider.unlinked");
            (desk.links(), makers, told, letters) == (left, 1, 2 - left, 3 - left)
        };
        assert!(whole(1) || (whole(2) && first.is_err()), "{at:?}");
        desk.run("federation-unlink", event, 6).await.unwrap();
        assert!(whole(1), "{at:?}");
        reached
    })
    .await;
}
