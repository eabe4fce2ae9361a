//! People with accounts: registered, verified and logged in as anybody would be.

use serde_json::{Value, json};

use super::{Answer, TestShop};

/// The password of everybody here, unless they say otherwise.
pub(crate) const PASSWORD: &str = "ein Wal im Küchenschrank";

/// Somebody who is logged in.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) email: String,
    pub(crate) access_token: String,
    pub(crate) refresh_token: String,
    pub(crate) session_id: String,
}

impl Person {
    /// Whoever this answer to a login lets in.
    #[track_caller]
    pub(crate) fn of(email: &str, answer: &Answer) -> Self {
        assert_eq!(answer.at("/status"), "authenticated", "{answer}");
        let text = |pointer: &str| answer.text(pointer).to_owned();
        Self {
            email: email.to_owned(),
            access_token: text("/access_token"),
            refresh_token: text("/refresh_token"),
            session_id: text("/session_id"),
        }
    }
}

impl TestShop {
    /// Somebody who has registered, proven the address and is logged in.
    pub(crate) async fn customer(&self, email: &str) -> Person {
        let registration_id = self.register(email).await;
        let code = self.code_for(email).await;
        let verified = self
            .post("/v1/accounts/verify")
            .json(&json!({ "registration_id": registration_id, "code": code }))
            .await
            .expect(200);
        Person::of(email, &verified)
    }

    /// Somebody who is logged in, no matter who. The same person as before, unless what was done in
    /// their name has ended the session or the account.
    pub(crate) async fn somebody(&self) -> Person {
        let mut somebody = self.somebody.lock().await;
        if let Some((_, person)) = &*somebody {
            let account = self.get("/v1/account").bearer(&person.access_token).await;
            if account.status() == 200 {
                return person.clone();
            }
        }
        let count = somebody.as_ref().map_or(1, |(count, _)| count + 1);
        let person = self.customer(&format!("somebody-{count}@example.com")).await;
        *somebody = Some((count, person.clone()));
        person
    }

    /// Somebody who has registered and has not proven the address. Answers with the registration.
    pub(crate) async fn register(&self, email: &str) -> String {
        let registered = self
            .post("/v1/accounts")
            .json(&json!({ "email": email, "password": PASSWORD }))
            .await
            .expect(202);
        registered.text("/registration_id").to_owned()
    }

    /// Logs in by password.
    pub(crate) async fn log_in(&self, email: &str, password: &str) -> Answer {
        self.post("/v1/sessions")
            .json(&json!({ "email": email, "password": password }))
            .await
    }

    /// The mails that somebody got, oldest first.
    pub(crate) async fn mails_to(&self, email: &str) -> Vec<Value> {
        self.quiet().await;
        let mut mails = self.mails().await;
        mails.retain(|mail| mail["to"].as_array().is_some_and(|to| to.contains(&json!(email))));
        mails
    }

    /// The last code that somebody was mailed.
    pub(crate) async fn code_for(&self, email: &str) -> String {
        let mails = self.mails_to(email).await;
        let codes = mails.iter().rev().filter_map(|mail| {
            let lines = mail["text"].as_str().unwrap_or_default().lines();
            let mut codes =
                lines.filter(|line| line.len() == 8 && line.bytes().all(|byte| byte.is_ascii_digit()));
            codes.next().map(str::to_owned)
        });
        let mut codes = codes;
        codes.next().unwrap_or_else(|| panic!("no code: {mails:#?}"))
    }

    /// The token of the last link that somebody was mailed, which must be of this kind (`rst_`).
    pub(crate) async fn token_for(&self, email: &str, kind: &str) -> String {
        let mails = self.mails_to(email).await;
        let mut tokens = mails.iter().rev().filter_map(|mail| {
            let (_, token) = mail["text"].as_str()?.split_once("#token=")?;
            token.split_whitespace().next().map(str::to_owned)
        });
        let token = tokens.next().unwrap_or_default();
        assert!(
            token.starts_with(kind),
            "the last link is not {kind}…: {mails:#?}"
        );
        token
    }
}
