//! `POST /v1/admin/oauth-clients/{client_id}/secrets`: another secret; shown this once.

use authority::Guard;
use kernel::Fault;
use oauth::Provider;
use oauth::wire::{RotateSecret, RotatedSecretView};
use platform::http::{self, Call, Created};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Provider::new, rotate).await
}

async fn rotate(
    provider: &'static Provider,
    call: Call<RotateSecret>,
) -> Result<Created<RotatedSecretView>, Fault> {
    let (staff, client_id) = (call.staff()?, call.path("client_id")?);
    let registered = provider
        .rotate_secret(
            &client_id,
            call.body.end_others,
            (staff, &call.origin()),
            call.now(),
        )
        .await?;
    Ok(Created::at(
        format!("/v1/admin/oauth-clients/{client_id}"),
        registered,
    ))
}
