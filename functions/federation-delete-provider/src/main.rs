//! `DELETE /v1/admin/identity-providers/{provider}`: take a provider away.

use authority::Guard;
use federation::{Federation, ProviderName};
use kernel::Fault;
use platform::http::{self, Call, NoContent};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Federation::new, delete).await
}

async fn delete(federation: &'static Federation, call: Call) -> Result<NoContent, Fault> {
    let (name, expected): (ProviderName, _) = (call.path("provider")?, call.if_match.version()?);
    federation.delete_provider(&name, expected).await?;
    Ok(NoContent::new())
}
