//! A desk with everything of authority on it, over a world of its own.

use std::sync::Arc;

use authority::{Authority, Guard, Keys, Method, NewUser, RoleName, STOREFRONT, Start, Tokens, User, UserId};
use kernel::{Duration, Email, Ids, Origin, SeededRandom};
use platform::Cloud;
use platform::http::{Guardian, Principal};
use platform::table::{Transaction, TransactionError, Write};
use serde_json::{Value, json};
use testing::{World, cloud};

/// A function that may do all that the façade can.
const FUNCTION: &str = "authority-invite";

pub(crate) struct Desk {
    pub(crate) world: Arc<World>,
    pub(crate) authority: Authority,
    pub(crate) guard: Guard,
    pub(crate) keys: Keys,
    pub(crate) random: SeededRandom,
}

impl Desk {
    pub(crate) fn open() -> Self {
        Self::beside(&Arc::new(World::new().unwrap()), 1)
    }

    /// Another process over the same tables.
    pub(crate) fn beside(world: &Arc<World>, seed: u64) -> Self {
        Self {
            authority: Authority::new(&process(world)),
            guard: Guard::new(&cloud(world, "authority-list-users")),
            keys: Keys::new(&cloud(world, "authority-create-key")),
            random: SeededRandom::new(seed),
            world: Arc::clone(world),
        }
    }

    pub(crate) async fn user(&self, email: &str, roles: &[&str]) -> User {
        let user_id = UserId::mint(&Ids::new(self.world.now(), &self.random));
        let new = NewUser {
            user_id: user_id.clone(),
            email: Email::parse(email).unwrap(),
            name: Some("Ada".into()),
            locale: None,
            roles: roles.iter().map(|role| RoleName::parse(role).unwrap()).collect(),
            cart_id: None,
        };
        commit(self.authority.creating(&new)).await.unwrap();
        self.again(&user_id).await
    }

    pub(crate) async fn again(&self, user_id: &UserId) -> User {
        self.authority.user(user_id).await.unwrap().unwrap()
    }

    pub(crate) fn start(&self) -> Start {
        Start {
            client_id: STOREFRONT.into(),
            scopes: None,
            methods: vec![Method::Password],
            assurance: 1,
            origin: origin(),
            cart_id: None,
            authenticated_at: self.world.now(),
        }
    }

    pub(crate) async fn log_in(&self, user: &User) -> Tokens {
        self.authority.start_session(user, self.start()).await.unwrap()
    }

    /// Whom the guard sees.
    pub(crate) async fn sees(&self, presented: &str) -> Option<Principal> {
        self.guard.recognise(presented, self.world.now()).await.unwrap()
    }

    /// Whom a refused credential was given to, as the trail learns it.
    pub(crate) async fn was_given_to(&self, presented: &str) -> Option<String> {
        self.guard.given_to(presented, self.world.now()).await.unwrap()
    }

    pub(crate) fn later(&self, span: Duration) {
        self.world.clock.advance(span);
    }

    /// The actions in the audit trail, sorted.
    pub(crate) fn trail(&self) -> Vec<String> {
        let mut actions: Vec<String> = self
            .rows("trail")
            .iter()
            .map(|row| row["action"]["S"].as_str().unwrap_or_default().to_owned())
            .collect();
        actions.sort();
        actions
    }

    /// Every row of a table, as DynamoDB's JSON.
    pub(crate) fn rows(&self, table: &str) -> Vec<Value> {
        let name = self.world.physical.name(table);
        let ask = json!({ "TableName": name, "ConsistentRead": true });
        let page = self.world.must("DynamoDB_20120810.Scan", &ask).unwrap();
        page["Items"].as_array().cloned().unwrap_or_default()
    }
}

/// A fresh process of a function that may do all that the façade can.
pub(crate) fn process(world: &Arc<World>) -> Cloud {
    cloud(world, FUNCTION)
}

pub(crate) async fn commit(writes: Vec<Write>) -> Result<(), TransactionError> {
    let transaction = writes.into_iter().fold(Transaction::new(), Transaction::with);
    transaction.commit().await
}

pub(crate) fn origin() -> Origin {
    Origin {
        address: "203.0.113.9".into(),
        user_agent: Some("a test".into()),
        request_id: "req_1".into(),
    }
}

impl Desk {
    /// Signs claims that no serializer would write, with the shop's own key out of its row.
    pub(crate) fn sign_text(&self, header: &Value, claims: &str) -> String {
        use base64::Engine as _;
        use base64::engine::general_purpose::URL_SAFE_NO_PAD;
        use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
        let rng = ring::rand::SystemRandom::new();
        let document = self.private_key();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &document, &rng).unwrap();
        let signed = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(header.to_string()),
            URL_SAFE_NO_PAD.encode(claims)
        );
        let signature = pair.sign(&rng, signed.as_bytes()).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// Opens the sealed key as the vault does: the secret of every test world is known.
    fn private_key(&self) -> Vec<u8> {
        use base64::Engine as _;
        use base64::engine::general_purpose::URL_SAFE_NO_PAD;
        use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
        use ring::hmac::{HMAC_SHA256, Key, sign};
        let rows = self.rows("authority");
        let row = rows.iter().find(|row| row["pk"]["S"] == "signing").unwrap();
        let text = |name: &str| row[name]["S"].as_str().unwrap();
        let derive = |key: &[u8], message: &[u8]| sign(&Key::new(HMAC_SHA256, key), message);
        let purpose = derive(&[0x5e; 32], b"cartwright authority signing key v1");
        let key = derive(purpose.as_ref(), b"aes-256-gcm");
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key.as_ref()).unwrap());
        let mut sealed = URL_SAFE_NO_PAD.decode(text("sealed")).unwrap();
        let (nonce, rest) = sealed.split_at_mut(12);
        let nonce = Nonce::try_assume_unique_for_key(nonce).unwrap();
        key.open_in_place(nonce, Aad::from(text("kid").as_bytes()), rest)
            .unwrap()
            .to_vec()
    }
}
