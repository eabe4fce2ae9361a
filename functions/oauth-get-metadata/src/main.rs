//! `GET /.well-known/openid-configuration`: what the provider can do, as OpenID Connect Discovery wants it.

use kernel::Fault;
use oauth::Documents;
use oauth::wire::MetadataView;
use platform::http::{self, Call, Json};

/// For how long a client may keep the document.
const KEPT_S: u32 = 300;

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve(Documents::new, get).await
}

async fn get(documents: &'static Documents, _: Call) -> Result<Json<MetadataView>, Fault> {
    Ok(Json::new(documents.metadata()).public_cache(KEPT_S))
}
