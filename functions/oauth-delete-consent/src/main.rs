//! `DELETE /v1/account/consents/{client_id}`: a client acts in my name no longer.

use authority::Guard;
use kernel::Fault;
use oauth::Provider;
use platform::http::{self, Call, NoContent};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Provider::new, delete).await
}

async fn delete(provider: &'static Provider, call: Call) -> Result<NoContent, Fault> {
    let (customer, client_id) = (call.customer()?, call.path("client_id")?);
    provider
        .withdraw(&customer.user_id, &client_id, &call.origin())
        .await?;
    Ok(NoContent::new())
}
