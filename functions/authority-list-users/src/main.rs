//! `GET /v1/admin/users`: users, newest first.

use authority::wire::UserView;
use authority::{Authority, Guard};
use kernel::Fault;
use platform::http::{self, Call, Listed};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Authority::new, list).await
}

async fn list(authority: &'static Authority, call: Call) -> Result<Listed<UserView>, Fault> {
    let page = call.page();
    Ok(Listed::new(authority.users(page.limit, page.cursor).await?))
}
