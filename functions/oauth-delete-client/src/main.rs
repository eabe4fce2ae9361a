//! `DELETE /v1/admin/oauth-clients/{client_id}`: take a client away; what it has is over at once.

use authority::Guard;
use kernel::Fault;
use oauth::Provider;
use platform::http::{self, Call, NoContent};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Provider::new, delete).await
}

async fn delete(provider: &'static Provider, call: Call) -> Result<NoContent, Fault> {
    let (staff, client_id) = (call.staff()?, call.path("client_id")?);
    provider
        .remove(
            &client_id,
            call.if_match.version()?,
            (staff, &call.origin()),
            call.now(),
        )
        .await?;
    Ok(NoContent::new())
}
