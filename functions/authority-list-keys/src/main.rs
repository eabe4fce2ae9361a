//! `GET /v1/admin/keys`: API keys, newest first, and when each was used last.

use authority::wire::KeyView;
use authority::{Guard, Keys};
use kernel::Fault;
use platform::http::{self, Call, Listed};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Keys::new, list).await
}

async fn list(keys: &'static Keys, call: Call) -> Result<Listed<KeyView>, Fault> {
    let page = call.page();
    Ok(Listed::new(keys.list(page.limit, page.cursor).await?))
}
