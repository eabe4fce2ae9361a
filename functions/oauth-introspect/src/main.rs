//! `POST /oauth/introspect`: whether a token is good, for a client that may know (RFC 7662).

use kernel::Fault;
use oauth::wire::IntrospectionView;
use oauth::{Failure, Provider};
use platform::http::{self, Call, Json, OneOf, RawBody, Reply};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve(Provider::new, introspect).await
}

async fn introspect(
    provider: &'static Provider,
    call: Call<RawBody>,
) -> Result<OneOf<Json<IntrospectionView>, Reply>, Fault> {
    oauth::told(introspected(provider, &call).await)
}

async fn introspected(provider: &Provider, call: &Call<RawBody>) -> Result<IntrospectionView, Failure> {
    provider
        .introspect(call.header("authorization"), &oauth::form(call)?)
        .await
}
