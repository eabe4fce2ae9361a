//! `POST /oauth/token`: a code, a refresh token or a client's own credentials become tokens.

use kernel::Fault;
use oauth::wire::TokenView;
use oauth::{Failure, Provider};
use platform::http::{self, Call, Json, OneOf, RawBody, Reply};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve(Provider::new, token).await
}

async fn token(
    provider: &'static Provider,
    call: Call<RawBody>,
) -> Result<OneOf<Json<TokenView>, Reply>, Fault> {
    oauth::told(exchanged(provider, &call).await)
}

async fn exchanged(provider: &Provider, call: &Call<RawBody>) -> Result<TokenView, Failure> {
    let form = oauth::form(call)?;
    provider
        .exchange(call.header("authorization"), &form, &call.origin())
        .await
}
