//! `GET /v1/admin/roles`: every role and what it may do.

use authority::wire::RoleView;
use authority::{Authority, Guard};
use kernel::{Fault, Page};
use platform::http::{self, Call, Listed};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Authority::new, list).await
}

async fn list(authority: &'static Authority, _call: Call) -> Result<Listed<RoleView>, Fault> {
    let items = authority.roles().await?;
    Ok(Listed::new(Page { items, next: None }))
}
