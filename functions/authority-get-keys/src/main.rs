//! `GET /.well-known/jwks.json`: the keys that tokens are signed with.

use authority::Authority;
use authority::wire::JwksView;
use kernel::Fault;
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve(Authority::new, get).await
}

async fn get(authority: &'static Authority, _call: Call) -> Result<Json<JwksView>, Fault> {
    let keys = authority.public_keys().await?;
    Ok(Json::new(keys).public_cache(300))
}
