//! What this context hears, and the mail it asks for.

use authority::{UserId, mail};
use kernel::Fault;
use platform::stream::{Announcement, Change, Fact};
use serde::{Deserialize, Serialize};

/// Somebody has signed in. Of the authority's fact, what is needed here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionStarted {
    /// Who.
    pub user_id: UserId,
}

impl Fact for SessionStarted {
    const NAME: &'static str = "SessionStarted";
    const VERSION: u32 = 1;
}

/// The mail that was asked for. Profiles are nobody else's business.
pub fn from_change(change: &Change) -> Result<Vec<Announcement>, Fault> {
    Ok(mail::from_change(change)?.into_iter().collect())
}
