//! Factors on the embedded DynamoDB: what is used up, what is refused, what is told.

use std::sync::Arc;

use authenticator::{Authenticator, Lie};
use authority::{Authority, Method, NewUser, SecondStep, Start, Tokens, User, UserId};
use kernel::{Duration, Email, Fault, Handle, Ids, Origin, SeededRandom};
use platform::http::{Caller, Customer, Presence};
use platform::table::Transaction;
use serde_json::{Value, json};
use testing::{World, cloud};

use crate::totp::{TotpSecret, step_at};
use crate::wire::{CompleteLogin, CreatePasskey, MethodBody, PasskeyLogin};
use crate::{FactorId, Factors, Owner};

mod apps;
mod crashes;
mod fresh;
mod keys;

/// Where the pages of the simulated shop are.
const PAGE: &str = "http://shop.test";

/// A world with one user, Anna, and what she does.
struct Desk {
    world: Arc<World>,
    factors: Arc<Factors>,
    authority: Arc<Authority>,
    random: SeededRandom,
    user_id: UserId,
}

impl Desk {
    async fn open() -> Self {
        Self::open_for(&[]).await
    }

    /// Anna has these roles.
    async fn open_for(roles: &[&str]) -> Self {
        let world = Arc::new(World::new().unwrap());
        let cloud = cloud(&world, "factors-login");
        let factors = Arc::new(Factors::new(&cloud));
        let authority = Arc::new(Authority::new(&cloud));
        Self::of((world, factors, authority), "anna@example.com", roles).await
    }

    /// Somebody else in the same world.
    async fn beside(&self, email: &str) -> Self {
        let same = (
            Arc::clone(&self.world),
            Arc::clone(&self.factors),
            Arc::clone(&self.authority),
        );
        Self::of(same, email, &[]).await
    }

    async fn of(
        (world, factors, authority): (Arc<World>, Arc<Factors>, Arc<Authority>),
        email: &str,
        roles: &[&str],
    ) -> Self {
        let random = SeededRandom::new(email.len() as u64);
        let user_id = UserId::mint(&Ids::new(world.now(), &random));
        let new = NewUser {
            user_id: user_id.clone(),
            email: Email::parse(email).unwrap(),
            name: None,
            locale: None,
            roles: roles.iter().map(|role| Handle::parse(role).unwrap()).collect(),
            cart_id: None,
        };
        let writes = authority.creating(&new).into_iter();
        writes
            .fold(Transaction::new(), Transaction::with)
            .commit()
            .await
            .unwrap();
        Self {
            world,
            factors,
            authority,
            random,
            user_id,
        }
    }

    async fn user(&self) -> User {
        self.authority.user(&self.user_id).await.unwrap().unwrap()
    }

    fn ids(&self) -> Ids<'_> {
        Ids::new(self.world.now(), &self.random)
    }

    fn wait(&self, span: Duration) {
        self.world.clock.advance(span);
    }

    /// The caller in a session of this assurance.
    fn customer(&self, assurance: u8) -> Customer {
        Customer {
            user_id: self.user_id.to_string(),
            name: "Anna".into(),
            presence: Presence {
                session_id: "ses_01h455vb4pex5vsknk084sn02q".into(),
                assurance,
                authenticated_at: self.world.now(),
            },
            client_id: None,
            delegated: None,
            guest: None,
        }
    }

    /// Enrols an authenticator app; its codes are good half a minute later.
    async fn app(&self) -> TotpSecret {
        let customer = self.customer(2);
        let enrolled = self
            .factors
            .enrol_totp(&owner(&customer), &self.ids())
            .await
            .unwrap();
        let secret = TotpSecret::from_bytes(&base32(&enrolled.secret)).unwrap();
        let code = self.code(&secret);
        self.factors
            .confirm_totp(&owner(&customer), &code, &self.ids())
            .await
            .unwrap();
        self.wait(Duration::seconds(30));
        secret
    }

    fn code(&self, secret: &TotpSecret) -> String {
        secret.code_at(step_at(self.world.now()))
    }

    /// Registers a passkey of this authenticator.
    async fn passkey(&self, authenticator: &mut Authenticator) -> FactorId {
        let made = self.made(authenticator, &Lie::default()).await;
        self.keep(made).await.unwrap()
    }

    /// What a page would send after `navigator.credentials.create()`.
    async fn made(&self, authenticator: &mut Authenticator, lie: &Lie) -> CreatePasskey {
        let customer = self.customer(2);
        let options = self
            .factors
            .begin_passkey(&owner(&customer), self.world.now())
            .await;
        let options = serde_json::to_value(options.unwrap()).unwrap();
        let credential = authenticator.create_lying(&options["public_key"], PAGE, lie);
        read(json!({ "ceremony": options["ceremony"], "credential": credential }))
    }

    async fn keep(&self, made: CreatePasskey) -> Result<FactorId, Fault> {
        let customer = self.customer(2);
        let added = self
            .factors
            .create_passkey(&owner(&customer), made, &self.ids())
            .await?;
        Ok(added.factor.factor_id)
    }

    /// The first step of a login, with a password.
    async fn challenge(&self) -> String {
        let step = SecondStep {
            methods: vec![Method::Password],
            client_id: authority::STOREFRONT.into(),
            scopes: None,
            cart_id: None,
            origin: Origin::default(),
        };
        self.authority.second_step(&self.user().await, step).unwrap()
    }

    async fn complete(&self, challenge: &str, method: Value) -> Result<Tokens, Fault> {
        let method: MethodBody = read(method);
        let step = CompleteLogin {
            challenge: challenge.to_owned(),
            method,
        };
        self.factors
            .complete_login(step, Origin::default(), self.world.now())
            .await
    }

    /// What a page gets before `navigator.credentials.get()`.
    async fn options(&self, challenge: Option<&str>, caller: &Caller) -> Value {
        let options = self
            .factors
            .begin_login(challenge, caller, self.world.now())
            .await;
        serde_json::to_value(options.unwrap()).unwrap()
    }

    /// Logs in with a passkey alone, telling this lie.
    async fn passkey_login(&self, authenticator: &mut Authenticator, lie: &Lie) -> Result<Tokens, Fault> {
        let options = self.options(None, &public()).await;
        let credential = authenticator.get_lying(&options["public_key"], PAGE, lie);
        self.log_in(read(
            json!({ "ceremony": options["ceremony"], "credential": credential }),
        ))
        .await
    }

    async fn log_in(&self, login: PasskeyLogin) -> Result<Tokens, Fault> {
        self.factors
            .login(login, None, Origin::default(), self.world.now())
            .await
    }

    /// A session that was begun with a password alone.
    async fn password_session(&self) -> Customer {
        let start = Start {
            client_id: authority::STOREFRONT.into(),
            scopes: None,
            methods: vec![Method::Password],
            assurance: 1,
            origin: Origin::default(),
            cart_id: None,
            authenticated_at: self.world.now(),
        };
        let tokens = self
            .authority
            .start_session(&self.user().await, start)
            .await
            .unwrap();
        let mut customer = self.customer(1);
        customer.presence.session_id = tokens.session_id.unwrap().to_string();
        customer
    }

    /// `acr` and `amr` of an access token.
    async fn claims(&self, tokens: &Tokens) -> (String, String) {
        let token = &tokens.access_token;
        let audience = self.authority.api();
        let claims = self
            .authority
            .verify(token, authority::ACCESS_TYPE, audience)
            .await;
        let claims = claims.unwrap().unwrap();
        let amr: Vec<&str> = claims.all()["amr"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_str)
            .collect();
        (claims.text("acr").unwrap().to_owned(), amr.join(" "))
    }

    /// The kinds of the mails that were asked for, sorted.
    fn mails(&self) -> Vec<String> {
        let rows = self.world.rows("factors").unwrap().into_iter();
        let mails = rows.filter(|row| row["sk"] == "mail");
        let mut kinds: Vec<String> = mails
            .map(|row| row["kind"].as_str().unwrap().to_owned())
            .collect();
        kinds.sort();
        kinds
    }

    /// How often this is in the audit trail.
    fn audited(&self, action: &str) -> usize {
        let rows = self.world.rows("trail").unwrap();
        rows.iter().filter(|row| row["action"] == action).count()
    }

    /// What the table and the user's row say must be the same.
    async fn agrees(&self) {
        let held = self.factors.store.held(&self.user_id).await.unwrap();
        assert_eq!(held.kinds(), self.user().await.second_factors);
        for passkey in &held.passkeys {
            let owner = self.factors.store.owner(&passkey.credential.id).await.unwrap();
            assert_eq!(owner.as_ref(), Some(&self.user_id));
        }
        let rows = self.world.rows("factors").unwrap();
        let credentials = rows.iter().filter(|row| row["sk"] == "credential");
        let own = credentials.filter(|row| row["user_id"] == self.user_id.as_str());
        assert_eq!(own.count(), held.passkeys.len());
        assert_eq!(held.recovery.is_empty(), held.count() == 0);
    }
}

fn owner(customer: &Customer) -> Owner<'_> {
    Owner {
        customer,
        origin: Origin::default(),
    }
}

fn public() -> Caller {
    Caller::Public {
        address: "192.0.2.1".into(),
    }
}

fn read<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

fn base32(text: &str) -> Vec<u8> {
    let mut bits = 0_u64;
    let mut count = 0;
    let mut bytes = Vec::new();
    for letter in text.bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            _ => letter - b'2' + 26,
        };
        bits = bits << 5 | u64::from(value);
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).unwrap());
        }
    }
    bytes
}

/// Requires this refusal.
#[track_caller]
fn refused<T>(result: Result<T, Fault>, code: &str) {
    match result {
        Ok(_) => panic!("it was not refused; expected {code}"),
        Err(fault) => assert_eq!(fault.code(), code, "{}", fault.chain()),
    }
}
