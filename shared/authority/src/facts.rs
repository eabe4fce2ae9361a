//! What this context announces, from its table's stream.

use kernel::{Email, Fault};
use platform::stream::{Announcement, Change, ChangeKind, Fact};
use serde::{Deserialize, Serialize};

use crate::mail;
use crate::session::SessionId;
use crate::store::{SessionRow, UserRow};
use crate::user::{UserId, UserStatus};

macro_rules! fact {
    ($name:ident) => {
        impl Fact for $name {
            const NAME: &'static str = stringify!($name);
            const VERSION: u32 = 1;
        }
    };
}

/// Somebody has logged in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionStarted {
    /// Who.
    pub user_id: UserId,
    /// Which session.
    pub session_id: SessionId,
    /// The cart they came with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cart_id: Option<String>,
}
fact!(SessionStarted);

/// There is a further user; the address is proven.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserCreated {
    /// Who.
    pub user_id: UserId,
    /// Their address.
    pub email: Email,
    /// The cart they came with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cart_id: Option<String>,
}
fact!(UserCreated);

/// A user has another address, and it is proven.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserEmailChanged {
    /// Who.
    pub user_id: UserId,
    /// Their address from now on.
    pub email: Email,
    /// The address before.
    pub former_email: Email,
}
fact!(UserEmailChanged);

/// A user is gone, and everybody is to forget them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserErased {
    /// Who it was.
    pub user_id: UserId,
}
fact!(UserErased);

/// The facts of one change of the table. Other rows than users, sessions and mails tell nothing.
pub fn from_change(change: &Change) -> Result<Vec<Announcement>, Fault> {
    let (pk, _) = change.key();
    if pk.starts_with("session#") {
        return of_session(change);
    }
    if pk.starts_with("user#") {
        return of_user(change);
    }
    Ok(mail::from_change(change)?.into_iter().collect())
}

fn of_session(change: &Change) -> Result<Vec<Announcement>, Fault> {
    if change.kind != ChangeKind::Insert {
        return Ok(Vec::new());
    }
    let row = change.new::<SessionRow>()?;
    Ok(row
        .map(|row| {
            Announcement::of(&SessionStarted {
                user_id: row.user_id,
                session_id: row.session_id,
                cart_id: row.cart_id,
            })
        })
        .into_iter()
        .collect())
}

fn of_user(change: &Change) -> Result<Vec<Announcement>, Fault> {
    let (old, new) = (change.old::<UserRow>()?, change.new::<UserRow>()?);
    let erased = UserStatus::Erased.as_str();
    Ok(match (old, new) {
        (None, Some(new)) => vec![Announcement::of(&UserCreated {
            user_id: new.user_id,
            email: new.email,
            cart_id: new.cart_id,
        })],
        (Some(old), Some(new)) if new.status == erased && old.status != erased => {
            vec![Announcement::of(&UserErased { user_id: new.user_id })]
        }
        (Some(old), Some(new)) if new.email != old.email => vec![Announcement::of(&UserEmailChanged {
            user_id: new.user_id,
            email: new.email,
            former_email: old.email,
        })],
        (Some(_), Some(_)) | (_, None) => Vec::new(),
    })
}
