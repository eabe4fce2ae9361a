//! What this context announces: mails that are owed.

use kernel::Fault;
use platform::stream::{Announcement, Change};

/// The facts that a change amounts to.
pub fn from_change(change: &Change) -> Result<Vec<Announcement>, Fault> {
    Ok(authority::mail::from_change(change)?.into_iter().collect())
}
