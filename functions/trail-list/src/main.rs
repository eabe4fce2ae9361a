//! `GET /v1/admin/audit`: who did, or was refused, what; newest first.
//!
//! Filters are applied to what a page reads: it may hold fewer entries than its limit, even none,
//! and still name a next one.

use authority::Guard;
use kernel::Fault;
use platform::http::{self, Call, Listed};
use trail::wire::{EntryView, ListEntries};
use trail::{Filter, Trail};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Trail::new, list).await
}

async fn list(trail: &'static Trail, call: Call<(), ListEntries>) -> Result<Listed<EntryView>, Fault> {
    let (page, now) = (call.page(), call.now());
    let filter = Filter::try_from(call.query)?;
    let entries = trail.list(&filter, page.limit, page.cursor, now).await?;
    Ok(Listed::new(entries))
}
