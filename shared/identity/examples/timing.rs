//! How long an answer takes for an account that exists, for one that is locked, and for one that does not
//! exist, measured: taken in turns, at the cost of a real hash, medians compared (ID-7). The calls are
//! answered by embedded tables in this process, so that what is left is the work of the function itself. The
//! hash is optimized in every profile:
//!
//! ```sh
//! cargo run -p identity --example timing -- 500
//! ```
//!
//! A measurement and not a test: it depends on the machine and on whatever else runs on it. That the same
//! calls are made and as many hashes computed is a test: `src/tests/strangers.rs`.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "it measures time, prints, and ends where something is not as it must be"
)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use authority::mail::{Letter, MailId, MailRequested, Postbox};
use authority::{Actor, Authority, UserChange, UserStatus};
use identity::{Identity, NewAccount, Shown, Visit};
use kernel::{Email, Origin};
use testing::World;

const FUNCTION: &str = "identity-verify-email";
const PASSWORD: &str = "ein Wal im Küchenschrank";
/// An account, a disabled one, and none.
const WHO: [(&str, &str); 3] = [
    ("known", "anna@example.com"),
    ("locked", "ben@example.com"),
    ("unknown", "nobody@example.com"),
];
const WHAT: [&str; 5] = ["login", "registration", "resend", "reset", "magic link"];

struct Desk {
    world: Arc<World>,
    identity: Identity,
}

fn visit() -> Visit {
    Visit {
        origin: Origin {
            address: "192.0.2.1".into(),
            ..Origin::default()
        },
        cart_id: None,
    }
}

fn email(address: &str) -> Email {
    Email::parse(address).unwrap()
}

impl Desk {
    fn open() -> Self {
        let world = Arc::new(World::new().unwrap());
        let identity = Identity::new(&testing::cloud(&world, FUNCTION));
        Self { world, identity }
    }

    async fn register(&self, address: &str) -> String {
        let new = NewAccount {
            email: email(address),
            password: PASSWORD.into(),
            name: None,
            locale: None,
        };
        self.identity.register(new, &visit()).await.unwrap().ticket
    }

    /// Somebody with an account.
    async fn customer(&self, address: &str) {
        let registration_id = self.register(address).await;
        let code = self.code(address);
        let shown = Shown::Code {
            registration_id,
            code,
        };
        self.identity.verify(&shown, visit()).await.unwrap();
    }

    /// The code in the only letter to an address.
    fn code(&self, address: &str) -> String {
        let postbox = Postbox::new(&testing::cloud(&self.world, FUNCTION));
        let rows = self.world.rows("identity").unwrap();
        let mut mails = rows
            .iter()
            .filter(|row| row["sk"] == "mail" && row["to"] == address);
        let row = mails.next().unwrap();
        let text = |name: &str| row[name].as_str().unwrap();
        let mail = MailRequested {
            mail_id: MailId::parse(text("mail_id")).unwrap(),
            kind: text("kind").to_owned(),
            to: email(address),
            sealed: text("sealed").to_owned(),
        };
        match postbox.open(&mail).unwrap().unwrap() {
            Letter::VerifyEmail { code, .. } => Some(code),
            _ => None,
        }
        .unwrap()
    }

    async fn disable(&self, address: &str) {
        let authority = Authority::new(&testing::cloud(&self.world, "authority-update-user"));
        let user = authority.user_by_email(&email(address)).await.unwrap().unwrap();
        let change = UserChange {
            status: Some(UserStatus::Disabled),
            ..UserChange::default()
        };
        authority
            .update_user(&user.user_id, None, change, &Actor::system())
            .await
            .unwrap();
    }

    /// One request of each kind, and how long each took.
    async fn ask(&self, address: &str) -> [Duration; WHAT.len()] {
        // Long enough that no delay and no limit of letters is in the way.
        self.world.clock.advance(kernel::Duration::days(2));
        let (to, origin) = (email(address), visit().origin);
        let began = Instant::now();
        let refused = self.identity.log_in(&to, "not the password of anybody", visit());
        assert!(refused.await.is_err());
        let login = began.elapsed();
        let began = Instant::now();
        let registration_id = self.register(address).await;
        let registration = began.elapsed();
        let began = Instant::now();
        self.identity.resend(&registration_id, &origin).await.unwrap();
        let resend = began.elapsed();
        let began = Instant::now();
        self.identity.request_reset(&to, &origin).await.unwrap();
        let reset = began.elapsed();
        let began = Instant::now();
        self.identity.request_link(&to, &origin).await.unwrap();
        [login, registration, resend, reset, began.elapsed()]
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let rounds: usize = std::env::args().nth(1).map_or(500, |text| text.parse().unwrap());
    let desk = Desk::open();
    for (_, address) in &WHO[..2] {
        desk.customer(address).await;
    }
    desk.disable(WHO[1].1).await;
    let mut samples = vec![[Vec::new(), Vec::new(), Vec::new()]; WHAT.len()];
    for round in 0..rounds {
        for turn in 0..WHO.len() {
            // Each begins a third of the rounds.
            let who = (round + turn) % WHO.len();
            for (what, took) in desk.ask(WHO[who].1).await.into_iter().enumerate() {
                samples[what][who].push(took);
            }
        }
    }
    println!("{rounds} of each in turns, medians (and the middle half of all):");
    for (what, samples) in WHAT.iter().zip(&mut samples) {
        let told: Vec<String> = WHO
            .iter()
            .zip(samples)
            .map(|((who, _), samples)| {
                samples.sort();
                let [first, half, third] = [1, 2, 3].map(|part| samples[(rounds - 1) * part / 4]);
                format!("{who} {half:.2?} ({first:.2?} to {third:.2?})")
            })
            .collect();
        println!("{what}: {}", told.join(", "));
    }
}
