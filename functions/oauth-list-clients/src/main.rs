//! `GET /v1/admin/oauth-clients`: a page of the clients, oldest first.

use authority::Guard;
use kernel::Fault;
use oauth::Provider;
use oauth::wire::ClientView;
use platform::http::{self, Call, Listed};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Provider::new, list).await
}

async fn list(provider: &'static Provider, call: Call) -> Result<Listed<ClientView>, Fault> {
    let asked = call.page();
    Ok(Listed::new(provider.clients(asked.limit, asked.cursor).await?))
}
