//! `GET /oauth/authorize`: a client asks for access; a page asks the person, or the client is answered.

use kernel::Fault;
use oauth::Provider;
use platform::http::{self, Call, Html, OneOf, RawQuery, Redirect};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve(Provider::new, authorize).await
}

async fn authorize(
    provider: &'static Provider,
    call: Call<(), RawQuery>,
) -> Result<OneOf<Html, Redirect>, Fault> {
    let browser = call.cookie(provider.cookie_name());
    let answered = provider.authorize(call.query.0.clone(), browser).await?;
    Ok(answered.into())
}
