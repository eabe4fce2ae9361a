//! What this context announces, from its table's stream: the mails that somebody is owed.

use authority::mail;
use kernel::Fault;
use platform::stream::{Announcement, Change};

/// Mails that were asked for. Passwords, proofs and tallies are nobody else's business.
pub fn from_change(change: &Change) -> Result<Vec<Announcement>, Fault> {
    Ok(mail::from_change(change)?.into_iter().collect())
}
