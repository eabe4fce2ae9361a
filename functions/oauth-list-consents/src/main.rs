//! `GET /v1/account/consents`: which clients act in my name, and how far.

use authority::Guard;
use kernel::Fault;
use oauth::Provider;
use oauth::wire::ConsentView;
use platform::http::{self, Call, Listed};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Provider::new, list).await
}

async fn list(provider: &'static Provider, call: Call) -> Result<Listed<ConsentView>, Fault> {
    let (customer, asked) = (call.customer()?, call.page());
    Ok(Listed::new(
        provider
            .consents(&customer.user_id, asked.limit, asked.cursor)
            .await?,
    ))
}
