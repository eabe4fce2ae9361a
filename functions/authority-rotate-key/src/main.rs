//! `POST /v1/admin/keys/{key_id}/rotate`: mint a key in another's place.

use authority::wire::MintedKeyView;
use authority::{Actor, Guard, KeyId, Keys};
use kernel::Fault;
use platform::http::{self, Call, Created};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Keys::new, rotate).await
}

async fn rotate(keys: &'static Keys, call: Call) -> Result<Created<MintedKeyView>, Fault> {
    let key_id: KeyId = call.path("key_id")?;
    let by = Actor::of(call.staff()?, call.origin());
    let minted = keys.rotate(&key_id, &by).await?;
    let location = format!("/v1/admin/keys/{}", minted.key.key_id);
    Ok(Created::at(location, minted))
}
