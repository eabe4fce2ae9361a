//! `POST /oauth/par`: push an authorization request before a browser is moved (RFC 9126).

use http::StatusCode;
use kernel::Fault;
use oauth::wire::PushedView;
use oauth::{Failure, Provider};
use platform::http::{self as edge, Call, RawBody, Reply};

#[tokio::main(flavor = "current_thread")]
async fn main() -> edge::Exit {
    edge::serve(Provider::new, push).await
}

async fn push(provider: &'static Provider, call: Call<RawBody>) -> Result<Reply, Fault> {
    oauth::told_as(StatusCode::CREATED, pushed(provider, &call).await)
}

async fn pushed(provider: &Provider, call: &Call<RawBody>) -> Result<PushedView, Failure> {
    provider
        .push(call.header("authorization"), &oauth::form(call)?)
        .await
}
