//! `POST /v1/admin/keys`: mint an API key.

use authority::wire::{CreateKey, MintedKeyView};
use authority::{Actor, Guard, Keys};
use kernel::Fault;
use platform::http::{self, Call, Created};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Keys::new, create).await
}

async fn create(keys: &'static Keys, call: Call<CreateKey>) -> Result<Created<MintedKeyView>, Fault> {
    let by = Actor::of(call.staff()?, call.origin());
    let minted = keys.mint(call.body.clone().try_into()?, &by).await?;
    let location = format!("/v1/admin/keys/{}", minted.key.key_id);
    Ok(Created::at(location, minted))
}
