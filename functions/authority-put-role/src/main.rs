//! `PUT /v1/admin/roles/{role}`: make a role, or give it other permissions.

use authority::wire::{PutRole, RoleView};
use authority::{Actor, Authority, Guard, RoleName};
use kernel::Fault;
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Authority::new, put).await
}

async fn put(authority: &'static Authority, call: Call<PutRole>) -> Result<Json<RoleView>, Fault> {
    let (name, expected): (RoleName, _) = (call.path("role")?, call.if_match.version()?);
    let by = Actor::of(call.staff()?, call.origin());
    let role = authority
        .put_role(&name, expected, call.body.scopes()?, &by)
        .await?;
    let version = role.version;
    Ok(Json::new(role).with_etag(version))
}
