//! `POST /v1/admin/oauth-clients`: register a client; its secret is shown this once.

use authority::Guard;
use kernel::Fault;
use oauth::wire::{CreateClient, CreatedClientView};
use oauth::{Draft, Provider};
use platform::http::{self, Call, Created};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Provider::new, create).await
}

async fn create(
    provider: &'static Provider,
    call: Call<CreateClient>,
) -> Result<Created<CreatedClientView>, Fault> {
    let staff = call.staff()?;
    let draft = Draft::try_from(call.body.clone()).map_err(Fault::invalid_fields)?;
    let registered = provider
        .register(draft, (staff, &call.origin()), call.now())
        .await?;
    let (at, version) = (registered.client.client_id.to_string(), registered.client.version);
    Ok(Created::at(format!("/v1/admin/oauth-clients/{at}"), registered).with_etag(version))
}
