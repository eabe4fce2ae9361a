//! Identity over real (embedded) tables: whole flows, faults at every call, and what a stranger can tell.

use std::sync::Arc;

use authority::mail::{Letter, MailRequested, Postbox};
use authority::{Authority, UserId};
use kernel::{Email, Fault, Origin};
use serde_json::Value;
use testing::World;

use crate::{Identity, LoggedIn, NewAccount, Redeemed, Refusal, Shown, Visit};

mod breaches;
mod faults;
mod flows;
mod strangers;

const ANNA: &str = "anna@example.com";
const PASSWORD: &str = "ein Wal im Küchenschrank";
const NEW: &str = "zwei Wale im Kühlschrank";
/// A function that is granted all that this context uses.
const FUNCTION: &str = "identity-verify-email";

/// A shop with nobody in it, and what its customers do.
struct Desk {
    world: Arc<World>,
    identity: Identity,
}

pub(crate) fn cheap_world() -> Arc<World> {
    let world = Arc::new(World::new().unwrap());
    // What a hash costs is tested elsewhere.
    world.set("PASSWORD_HASH_MEMORY_KIB", "8");
    world
}

fn origin(address: &str) -> Origin {
    Origin {
        address: address.to_owned(),
        user_agent: None,
        request_id: "req".to_owned(),
    }
}

fn visit() -> Visit {
    visit_from("192.0.2.1")
}

fn visit_from(address: &str) -> Visit {
    Visit {
        origin: origin(address),
        cart_id: None,
    }
}

fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

fn new_account(address: &str) -> NewAccount {
    NewAccount {
        email: email(address),
        password: PASSWORD.to_owned(),
        name: None,
        locale: None,
    }
}

impl Desk {
    fn open() -> Self {
        Self::at(cheap_world())
    }

    fn at(world: Arc<World>) -> Self {
        let identity = Identity::new(&testing::cloud(&world, FUNCTION));
        Self { world, identity }
    }

    fn authority(&self) -> Authority {
        Authority::new(&testing::cloud(&self.world, FUNCTION))
    }

    async fn customer(&self, address: &str) -> UserId {
        let asked = self
            .identity
            .register(new_account(address), &visit())
            .await
            .unwrap();
        let shown = Shown::Code {
            registration_id: asked.ticket,
            code: code(&self.world, address),
        };
        self.identity.verify(&shown, visit()).await.unwrap();
        let user = self.authority().user_by_email(&email(address)).await.unwrap();
        user.unwrap().user_id
    }

    async fn log_in(&self, address: &str, password: &str) -> Result<LoggedIn, Refusal> {
        self.identity.log_in(&email(address), password, visit()).await
    }

    async fn opens(&self, address: &str, password: &str) -> bool {
        self.log_in(address, password).await.is_ok()
    }
}

/// The letters that somebody is owed, in the order in which they were asked for.
fn letters(world: &Arc<World>, address: &str) -> Vec<Letter> {
    let postbox = Postbox::new(&testing::cloud(world, FUNCTION));
    let mut rows = world.rows("identity").unwrap();
    rows.retain(|row| row["sk"] == "mail" && row["to"] == address);
    rows.sort_by_key(|row| (text(row, "requested_at"), text(row, "mail_id")));
    let mails = rows
        .into_iter()
        .map(|row| serde_json::from_value::<MailRequested>(row).unwrap());
    mails.map(|mail| postbox.open(&mail).unwrap().unwrap()).collect()
}

fn text(row: &Value, name: &str) -> String {
    row[name].as_str().unwrap_or_default().to_owned()
}

fn last<T>(world: &Arc<World>, address: &str, pick: impl Fn(&Letter) -> Option<T>) -> T {
    let letters = letters(world, address);
    letters
        .iter()
        .rev()
        .find_map(pick)
        .unwrap_or_else(|| panic!("{letters:?}"))
}

fn code(world: &Arc<World>, address: &str) -> String {
    last(world, address, |letter| match letter {
        Letter::VerifyEmail { code, .. } | Letter::EmailChangeCode { code, .. } => Some(code.clone()),
        _ => None,
    })
}

/// The token of the last link that begins so.
fn token(world: &Arc<World>, address: &str, prefix: &str) -> String {
    last(world, address, |letter| match letter {
        Letter::VerifyEmail { link, .. }
        | Letter::ResetPassword { link, .. }
        | Letter::MagicLink { link, .. } => {
            let (_, token) = link.split_once("#token=")?;
            token.starts_with(prefix).then(|| token.to_owned())
        }
        _ => None,
    })
}

/// How many rows of a table are of this kind.
fn count(world: &Arc<World>, table: &str, prefix: &str, sk: &str) -> usize {
    let rows = world.rows(table).unwrap();
    let kind = |row: &&Value| text(row, "pk").starts_with(prefix) && (sk.is_empty() || row["sk"] == sk);
    rows.iter().filter(kind).count()
}

/// The rule that a fault asks for, in a word.
fn code_of(refusal: Refusal) -> &'static str {
    match Fault::from(refusal) {
        Fault::Invalid { code, .. } | Fault::Refused { code, .. } | Fault::Unauthenticated { code, .. } => {
            code
        }
        fault if fault.is_busy() => "busy",
        _ => "other",
    }
}

fn both(request_id: &str, token: &str) -> Redeemed {
    Redeemed {
        request_id: request_id.to_owned(),
        token: token.to_owned(),
    }
}
