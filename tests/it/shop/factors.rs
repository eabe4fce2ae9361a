//! Second factors: authenticator apps and passkeys, as people use them.

use authenticator::{Authenticator, Lie};
use ring::hmac;
use serde_json::{Value, json};

use super::{Answer, PASSWORD, Person, TestShop};

/// The page that uses the passkeys of a shop under development.
pub(crate) const PAGE: &str = "http://localhost:3000";

/// An authenticator app. It shows each code once: two in a row are right without waiting, the
/// present one and the next.
#[derive(Debug)]
pub(crate) struct App {
    secret: Vec<u8>,
    step: u64,
}

impl App {
    /// From the secret as a person types it.
    pub(crate) fn of(secret: &str) -> Self {
        let now = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap();
        Self {
            secret: base32(secret),
            step: now.as_secs() / 30,
        }
    }

    /// The next code (RFC 6238).
    pub(crate) fn code(&mut self) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.secret);
        let tag = hmac::sign(&key, &self.step.to_be_bytes());
        let offset = usize::from(tag.as_ref()[19] & 15);
        let chosen: [u8; 4] = tag.as_ref()[offset..offset + 4].try_into().unwrap();
        self.step += 1;
        format!("{:06}", (u32::from_be_bytes(chosen) & 0x7fff_ffff) % 1_000_000)
    }
}

fn base32(text: &str) -> Vec<u8> {
    let values = text.bytes().map(|letter| match letter {
        b'A'..=b'Z' => letter - b'A',
        _ => letter - b'2' + 26,
    });
    let bits: Vec<u8> = values
        .flat_map(|value| (0..5).rev().map(move |bit| value >> bit & 1))
        .collect();
    bits.chunks_exact(8)
        .map(|byte| byte.iter().fold(0, |byte, bit| byte << 1 | bit))
        .collect()
}

impl TestShop {
    /// Enrols an authenticator app. The answer to its first code has the recovery codes.
    pub(crate) async fn app_of(&self, person: &Person) -> (App, Answer) {
        let enrolled = self
            .post("/v1/account/factors/totp")
            .person(person)
            .await
            .expect(200);
        let mut app = App::of(enrolled.text("/secret"));
        let confirmed = self
            .post("/v1/account/factors/totp/confirm")
            .person(person)
            .json(&json!({ "code": app.code() }))
            .await
            .expect(200);
        (app, confirmed)
    }

    /// The first step of a login that asks for a second.
    pub(crate) async fn challenge_of(&self, email: &str) -> String {
        let answer = self.log_in(email, PASSWORD).await.expect(200);
        assert_eq!(answer.at("/status"), "second_factor_required", "{answer}");
        answer.text("/challenge").to_owned()
    }

    /// The second step.
    pub(crate) async fn complete(&self, challenge: &str, method: Value) -> Answer {
        let body = json!({ "challenge": challenge, "method": method });
        self.post("/v1/sessions/second-factor").json(&body).await
    }

    /// Registers a passkey that this authenticator makes.
    pub(crate) async fn passkey_of(&self, person: &Person, authenticator: &mut Authenticator) -> Answer {
        self.false_passkey_of(person, authenticator, &Lie::default())
            .await
    }

    /// Registers a passkey about which this authenticator lies.
    pub(crate) async fn false_passkey_of(
        &self,
        person: &Person,
        authenticator: &mut Authenticator,
        lie: &Lie,
    ) -> Answer {
        let options = self
            .post("/v1/account/passkeys/options")
            .person(person)
            .await
            .expect(200);
        let credential = authenticator.create_lying(options.at("/public_key"), PAGE, lie);
        let body = json!({ "ceremony": options.at("/ceremony"), "name": "Laptop", "credential": credential });
        self.post("/v1/account/passkeys").person(person).json(&body).await
    }

    /// Signs these options: a passkey's proof.
    pub(crate) fn sign(options: &Answer, authenticator: &mut Authenticator, lie: &Lie) -> Value {
        let credential = authenticator.get_lying(options.at("/public_key"), PAGE, lie);
        json!({ "ceremony": options.at("/ceremony"), "credential": credential })
    }

    /// Logs in with a passkey alone.
    pub(crate) async fn passkey_login(&self, authenticator: &mut Authenticator, lie: &Lie) -> Answer {
        let options = self
            .post("/v1/passkeys/options")
            .json(&json!({}))
            .await
            .expect(200);
        let proof = Self::sign(&options, authenticator, lie);
        self.post("/v1/sessions/passkey").json(&proof).await
    }
}
