//! `GET /v1/admin/identity-providers`: every provider; never its secret.

use authority::Guard;
use federation::Federation;
use federation::wire::{ProviderView, ProvidersView};
use kernel::Fault;
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Federation::new, list).await
}

async fn list(federation: &'static Federation, _: Call) -> Result<Json<ProvidersView>, Fault> {
    let view = |provider: federation::Provider| {
        let address = federation.redirect_uri(&provider.name);
        ProviderView::new(provider, address)
    };
    let data = federation.providers().await?.into_iter().map(view).collect();
    Ok(Json::new(ProvidersView { data }))
}
