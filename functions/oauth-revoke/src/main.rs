//! `POST /oauth/revoke`: a client ends its own token, and with it the grant (RFC 7009).

use kernel::Fault;
use oauth::{Failure, Provider};
use platform::http::{self, Call, RawBody, Reply};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve(Provider::new, revoke).await
}

async fn revoke(provider: &'static Provider, call: Call<RawBody>) -> Result<Reply, Fault> {
    oauth::done(revoked(provider, &call).await)
}

async fn revoked(provider: &Provider, call: &Call<RawBody>) -> Result<(), Failure> {
    let form = oauth::form(call)?;
    provider
        .revoke(call.header("authorization"), &form, &call.origin())
        .await
}
