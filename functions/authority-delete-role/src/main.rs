//! `DELETE /v1/admin/roles/{role}`: delete a role of the shop's own.

use authority::{Actor, Authority, Guard, RoleName};
use kernel::Fault;
use platform::http::{self, Call, NoContent};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Authority::new, delete).await
}

async fn delete(authority: &'static Authority, call: Call) -> Result<NoContent, Fault> {
    let (name, expected): (RoleName, _) = (call.path("role")?, call.if_match.version()?);
    let by = Actor::of(call.staff()?, call.origin());
    authority.delete_role(&name, expected, &by).await?;
    Ok(NoContent::new())
}
