//! `PUT /v1/admin/identity-providers/{provider}`: set a provider up, or replace how it is.

use authority::Guard;
use federation::wire::{ProviderView, PutProvider};
use federation::{Federation, ProviderName};
use kernel::Fault;
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Federation::new, put).await
}

async fn put(federation: &'static Federation, call: Call<PutProvider>) -> Result<Json<ProviderView>, Fault> {
    let (name, expected): (ProviderName, _) = (call.path("provider")?, call.if_match.version()?);
    let provider = federation
        .put_provider(&name, expected, call.body.clone().into())
        .await?;
    let version = provider.version;
    Ok(Json::new(ProviderView::new(provider, federation.redirect_uri(&name))).with_etag(version))
}
