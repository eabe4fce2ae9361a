//! `PATCH /v1/admin/users/{user_id}`: change what a user may do.

use authority::wire::{UpdateUser, UserView};
use authority::{Actor, Authority, Guard, UserId};
use kernel::Fault;
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Authority::new, update).await
}

async fn update(authority: &'static Authority, call: Call<UpdateUser>) -> Result<Json<UserView>, Fault> {
    let (user_id, expected): (UserId, _) = (call.path("user_id")?, call.if_match.version()?);
    let by = Actor::of(call.staff()?, call.origin());
    let change = call.body.clone().into();
    let user = authority.update_user(&user_id, expected, change, &by).await?;
    let version = user.version;
    Ok(Json::new(user).with_etag(version))
}
