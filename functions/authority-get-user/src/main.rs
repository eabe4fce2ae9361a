//! `GET /v1/admin/users/{user_id}`: one user.

use authority::wire::UserView;
use authority::{Authority, Guard, UserId};
use kernel::Fault;
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Authority::new, get).await
}

async fn get(authority: &'static Authority, call: Call) -> Result<Json<UserView>, Fault> {
    let user_id: UserId = call.path("user_id")?;
    let user = authority.user(&user_id).await?;
    let user = user.ok_or_else(|| Fault::missing("user"))?;
    let version = user.version;
    Ok(Json::new(user).with_etag(version))
}
