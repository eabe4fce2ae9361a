//! `PATCH /v1/admin/oauth-clients/{client_id}`: change a client, or stop it.

use authority::Guard;
use kernel::Fault;
use oauth::wire::{ClientView, UpdateClient};
use oauth::{Changes, Provider};
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Provider::new, update).await
}

async fn update(provider: &'static Provider, call: Call<UpdateClient>) -> Result<Json<ClientView>, Fault> {
    let (staff, client_id) = (call.staff()?, call.path("client_id")?);
    let (expected, now) = (call.if_match.version()?, call.now());
    let changes = Changes::try_from(call.body.clone()).map_err(Fault::invalid_fields)?;
    let client = provider
        .change(&client_id, expected, changes, (staff, &call.origin()), now)
        .await?;
    let version = client.version;
    Ok(Json::new(client).with_etag(version))
}
