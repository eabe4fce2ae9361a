//! `POST /v1/webhooks/sandbox`: the provider says that something happened; its signature is the credential.

use kernel::Fault;
use payments::{Stamp, Webhooks};
use platform::http::{self, Call, NoContent, RawBody};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve(Webhooks::new, receive).await
}

async fn receive(webhooks: &'static Webhooks, call: Call<RawBody>) -> Result<NoContent, Fault> {
    let header = |name| call.header(name).unwrap_or_default();
    let stamp = Stamp {
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp"),
        signature: header("webhook-signature"),
    };
    webhooks.receive(stamp, &call.body.0).await?;
    Ok(NoContent::new())
}
