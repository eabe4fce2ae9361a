//! `GET /v1/admin/oauth-clients/{client_id}`: one client; never its secrets' text.

use authority::Guard;
use kernel::Fault;
use oauth::Provider;
use oauth::wire::ClientView;
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Provider::new, get).await
}

async fn get(provider: &'static Provider, call: Call) -> Result<Json<ClientView>, Fault> {
    let client = provider.client(&call.path("client_id")?).await?;
    let version = client.version;
    Ok(Json::new(client).with_etag(version))
}
