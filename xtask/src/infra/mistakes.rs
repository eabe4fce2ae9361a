//! Wrong edits, each of which must be refused.

use anyhow::Result;

use super::{report::Report, tools::Tools};
use crate::repository::Repository;

pub(super) fn run(_: &Repository, _: &Tools, _: &mut Report) -> Result<()> {
    Ok(())
}
