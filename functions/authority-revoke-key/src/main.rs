//! `DELETE /v1/admin/keys/{key_id}`: end an API key now.

use authority::{Actor, Guard, KeyId, Keys};
use kernel::Fault;
use platform::http::{self, Call, NoContent};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Keys::new, revoke).await
}

async fn revoke(keys: &'static Keys, call: Call) -> Result<NoContent, Fault> {
    let key_id: KeyId = call.path("key_id")?;
    let by = Actor::of(call.staff()?, call.origin());
    keys.revoke(&key_id, &by).await?;
    Ok(NoContent::new())
}
