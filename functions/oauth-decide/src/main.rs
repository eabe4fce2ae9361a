//! `POST /oauth/authorize`: what a person typed or chose on one of the provider's pages.

use kernel::Fault;
use oauth::Forms;
use platform::http::{self, Call, Html, OneOf, RawBody, Redirect};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve(Forms::new, decide).await
}

async fn decide(forms: &'static Forms, call: Call<RawBody>) -> Result<OneOf<Html, Redirect>, Fault> {
    let browser = call.cookie(forms.provider().cookie_name());
    let answered = forms.decide(oauth::form(&call), browser, &call.origin()).await?;
    Ok(answered.into())
}
